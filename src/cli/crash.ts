import { readConfigFile } from "../collector/config-file.ts";
import { homeAt } from "../collector/home.ts";
import { readConfig } from "../config.ts";
import { AppError } from "../errors.ts";
import { withoutSecrets } from "../log.ts";
import { harmless, plain, writeErr } from "./screen/terminal.ts";

/** Tells what ended the program. */
export function tellError(error: unknown): void {
	if (!(error instanceof AppError)) writeErr(harmless(crashText(error)));
	else writeErr([error.message, ...(error.hint ? [error.hint] : [])].map(plain).join("\n"));
}

/** What people are told of an error that nobody foresaw. Whatever it quotes, no key and no password is told. */
export function crashText(error: unknown): string {
	const what = String(error instanceof Error ? (error.stack ?? error) : error);
	const hidden = listSecrets().reduce((text, secret) => text.replaceAll(secret, "***"), what);
	return `promptpulse has met an error that it did not expect.\n${withoutSecrets(hidden)}`;
}

/** What this machine has to hide. Shorter texts are nobody's secret, and stand in any sentence. */
function listSecrets(): string[] {
	const { home, apiKey, databaseUrl } = readConfig();
	return [apiKey, databaseUrl, ...listKept(home)].filter(
		(text): text is string => typeof text === "string" && text.length >= SHORTEST,
	);
}

const SHORTEST = 8;

function listKept(path: string): unknown[] {
	try {
		const fields = readConfigFile(homeAt(path));
		return SECRET_FIELDS.map((name) => fields[name]);
	} catch {
		// A file that is not understood was not read by anyone.
		return [];
	}
}

/** The last three are the earlier program's. */
const SECRET_FIELDS = ["apiKey", "access_token", "refresh_token", "id_token"];

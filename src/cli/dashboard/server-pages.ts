import { kindOfKey } from "../../account/api-key.ts";
import { readCredentials } from "../../collector/credentials.ts";
import { homeAt } from "../../collector/home.ts";
import { Server, type ServerAccess } from "../../collector/server.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { serverTrouble } from "../login/server-trouble.ts";
import { tellExposed } from "../own-home.ts";
import { openBrowser } from "./browser.ts";

export type PagesFlags = { open: boolean; insecure?: boolean };

/**
 * What opens the pages at the server; undefined where the machine is not logged in, or its key may not do that, which is
 * told.
 *
 * @throws AppError `no_key`, `invalid_config`
 */
export function findPages(context: Context, { insecure = false }: PagesFlags): ServerAccess | undefined {
	const { config, terminal } = context;
	const { access, exposed } = readCredentials(homeAt(config.home), config, insecure);
	if (!access) return undefined;
	tellExposed(context, exposed);
	const { host } = new URL(access.address);
	const kind = kindOfKey(access.key);
	if (kind !== "ingest" && kind !== "read") return access;
	const what = kind === "ingest" ? "only sends usage to" : "only reads at";
	terminal.err(
		`The key of this machine ${what} ${host}: to see your pages there, log in there in a browser. These are the machine's own.`,
	);
	return undefined;
}

/**
 * Shows the pages at the server by a link that logs the browser in once: the key goes into no address.
 *
 * @throws AppError `no_key`, `server_unreachable`
 */
export async function openPages(
	context: Context,
	access: ServerAccess,
	{ open }: PagesFlags,
): Promise<number> {
	const { terminal } = context;
	const answer = await new Server(access).createLink();
	if (answer.kind !== "ok") {
		const hint = "promptpulse dashboard --local shows what this machine knows.";
		throw serverTrouble(access.address, answer, hint);
	}
	terminal.out(answer.body);
	terminal.err(`This link opens your pages at ${new URL(access.address).host}, once and within a minute.`);
	if (open) await openBrowser(context, answer.body);
	return DONE;
}

import { homeAt } from "../collector/home.ts";
import { type KeptLogin, readLogin } from "../collector/kept-login.ts";
import { listSettings, type Setting } from "../config.ts";
import { jsonText } from "../usage/usage-json.ts";
import type { Context } from "./context.ts";
import { DONE } from "./exit-code.ts";
import { maskedKey } from "./masked-key.ts";
import { table } from "./table.ts";
import { plain } from "./terminal.ts";

export type UserConfigFlags = { json?: boolean };

/** `value`: null where the setting has none; of secrets and addresses only what tells them from others. */
type Row = { name: string; value: string | null; source: string };

/** `promptpulse user config show`: every setting in force, and where it comes from. */
export async function showUserConfig(
	{ config, terminal }: Context,
	{ json }: UserConfigFlags,
): Promise<number> {
	const { config: path } = homeAt(config.home);
	const { login } = readLogin(homeAt(config.home));
	const rows = [
		...listSettings().map((setting) => rowOf(setting, login)),
		...(["userId", "username", "email"] as const).map((name) => keptRow(name, login[name])),
		keptRow("insecure", login.insecure ? "true" : undefined),
		keptRow("since", login.since === undefined ? undefined : new Date(login.since).toISOString()),
	];
	if (json) terminal.out(jsonText({ path, settings: rows }));
	else {
		const columns = [
			{ title: "Setting", cell: ({ name }: Row) => name },
			{ title: "Value", cell: ({ value }: Row) => plain(value ?? ""), mayBeCut: true },
			{ title: "From", cell: ({ source }: Row) => source },
		];
		terminal.out(table(terminal, columns, rows));
		terminal.err(`Of a login ${plain(path)} is kept.`);
	}
	return DONE;
}

/** What the environment says goes before what is kept. */
function rowOf({ name, variable, value, isSet }: Setting, login: KeptLogin): Row {
	if (name === "apiKey" || name === "server") {
		const text = value ?? login[name];
		const shown = text === undefined ? null : name === "apiKey" ? maskedKey(text) : withoutSecrets(text);
		return { name, value: shown, source: isSet ? variable : sourceOf(login[name]) };
	}
	const shown = value !== undefined && isAddress(value) ? withoutSecrets(value) : value;
	return { name, value: shown ?? null, source: isSet ? variable : "default" };
}

function keptRow(name: string, value: string | undefined): Row {
	return { name, value: value ?? null, source: sourceOf(value) };
}

function sourceOf(kept: string | undefined): string {
	return kept === undefined ? "default" : "config.json";
}

function isAddress(text: string): boolean {
	return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** An address may hold a password, and a key among its parameters. */
function withoutSecrets(text: string): string {
	const url = URL.parse(text);
	if (!url) return "not an address";
	url.username = "";
	url.password = "";
	url.search = "";
	url.hash = "";
	return url.href;
}

import type { Home } from "../../collector/home.ts";
import type { KeptLogin } from "../../collector/kept-login.ts";
import { FROM_FILE, listSettings, type Setting } from "../../config.ts";
import { maskedKey } from "../login/masked-key.ts";
import { keptSettings } from "./kept-settings.ts";
import { LOGIN_NAMES } from "./setting-names.ts";

/** `value`: undefined where the setting has none; of secrets and addresses only what tells them from others. */
export type SettingRow = { name: string; value: string | undefined; source: string };

/**
 * Every setting in force, and where it comes from: its variable, `config.json`, or nothing but the default.
 *
 * @throws AppError `invalid_config`
 */
export function listSettingRows(home: Home, login: KeptLogin): SettingRow[] {
	return [
		...listSettings(keptSettings(home.path)).map((setting) => rowOf(setting, login)),
		...LOGIN_NAMES.map((name) => loginRow(name, loginText(name, login))),
	];
}

function rowOf({ name, value, source }: Setting, login: KeptLogin): SettingRow {
	if (name === "resendApiKey") return { name, value: value && maskedKey(value), source };
	if (name !== "apiKey" && name !== "server") {
		const mayHide =
			value !== undefined && (isAddress(value) || (name === "databaseUrl" && HIDES.test(value)));
		return { name, value: mayHide ? withoutSecrets(value) : value, source };
	}
	const text = value ?? login[name];
	const shown = text === undefined ? undefined : name === "apiKey" ? maskedKey(text) : withoutSecrets(text);
	return value === undefined ? loginRow(name, shown) : { name, value: shown, source };
}

function loginText(name: (typeof LOGIN_NAMES)[number], login: KeptLogin): string | undefined {
	const { insecure, since } = login;
	if (name === "insecure") return insecure ? "true" : undefined;
	if (name === "since") return since === undefined ? undefined : new Date(since).toISOString();
	return login[name];
}

function loginRow(name: string, value: string | undefined): SettingRow {
	return { name, value, source: value === undefined ? "default" : FROM_FILE };
}

function isAddress(text: string): boolean {
	return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** What a path does not have, and an address that is written wrongly does where there is a secret in it. */
const HIDES = /\?|:[^/\\]*@/;

/** An address may hold a password, and a key among its parameters. */
function withoutSecrets(text: string): string {
	const url = isAddress(text) ? URL.parse(text) : null;
	if (!url) return "not an address";
	url.username = "";
	url.password = "";
	url.search = "";
	url.hash = "";
	// As a server's address is written everywhere.
	return /^https?:$/.test(url.protocol) ? url.href.replace(/\/+$/, "") : url.href;
}

import { AppError } from "../errors.ts";
import { changeConfigFile } from "./change-config.ts";
import { type ConfigFields, closeConfigFile, readConfigFile, textIn } from "./config-file.ts";
import type { Home } from "./home.ts";
import type { Exposure } from "./own-files.ts";

/** What `config.json` keeps of a login. The first four names are older than this program. */
export type KeptLogin = {
	apiKey?: string | undefined;
	/** The account's id at the server. */
	userId?: string | undefined;
	username?: string | undefined;
	email?: string | undefined;
	/** The server's address. */
	server?: string | undefined;
	/** The person allowed http for this server, wherever it is. */
	insecure?: boolean | undefined;
	/** Older responses stay on the machine: epoch ms; in the file ISO 8601 with `Z`. */
	since?: number | undefined;
};

const FIELDS = ["apiKey", "userId", "username", "email", "server", "insecure", "since"] as const;

export type ReadLogin = {
	login: KeptLogin;
	/** Of the file, if it has a key in it: others could read it or change it. */
	exposed: Exposure;
	/** What the program that PromptPulse replaces kept of a person who logged in in the browser: there is no key in it. */
	hasOldSession: boolean;
};

/**
 * Reads what is kept of a login. A file that others may read or write is made its owner's alone.
 *
 * @throws AppError `invalid_config` for a file that cannot be trusted or understood
 */
export function readLogin(home: Home): ReadLogin {
	const fields = readConfigFile(home);
	return readFields(home, fields, closeConfigFile(home));
}

/**
 * The same, and who may read the file stays as it is.
 *
 * @throws AppError `invalid_config`
 */
export function lookAtLogin(home: Home): ReadLogin {
	return readFields(home, readConfigFile(home), "no");
}

function readFields(home: Home, fields: ConfigFields, exposure: Exposure): ReadLogin {
	const login = loginIn(home, fields);
	const hasOldSession = login.apiKey === undefined && textIn(home, fields, "access_token") !== undefined;
	const hasSecret = login.apiKey !== undefined || hasOldSession;
	return { login, exposed: hasSecret ? exposure : "no", hasOldSession };
}

/** @throws AppError `invalid_config` */
export function loginIn(home: Home, fields: ConfigFields): KeptLogin {
	const text = (name: keyof KeptLogin & string) => textIn(home, fields, name);
	const since = text("since");
	return {
		apiKey: text("apiKey"),
		// The number of an account was one in earlier files.
		userId: typeof fields.userId === "number" ? String(fields.userId) : text("userId"),
		username: text("username"),
		email: text("email"),
		server: text("server"),
		insecure: fields.insecure === true ? true : undefined,
		since: since === undefined ? undefined : readMoment(home.config, since),
	};
}

/**
 * Keeps a login, for the machine's owner alone. What else stands in the file stays.
 *
 * @throws AppError `invalid_config`, `ledger_unwritable`, `locked`
 */
export function saveLogin(home: Home, login: KeptLogin): void {
	const since = login.since === undefined ? undefined : new Date(login.since).toISOString();
	changeConfigFile(home, (fields) => ({ ...withoutLogin(fields), ...login, since }));
}

/**
 * Forgets what is kept of a login. What else stands in the file stays.
 *
 * @returns whether there was one
 * @throws AppError `invalid_config`, `ledger_unwritable`, `locked`
 */
export function forgetLogin(home: Home): boolean {
	const { login } = readLogin(home);
	// Without a key the server is a setting of its own, of somebody who keeps the key elsewhere.
	if (login.apiKey === undefined) return false;
	changeConfigFile(home, withoutLogin);
	return true;
}

function withoutLogin(fields: ConfigFields): Record<string, unknown> {
	const rest = { ...fields };
	for (const name of FIELDS) delete rest[name];
	return rest;
}

function readMoment(path: string, text: string): number {
	const at = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
	if (!Number.isNaN(at)) return at;
	throw new AppError(
		"invalid_config",
		`In ${path} "since" is not a moment.`,
		"Run promptpulse login again with --since, or take it out to send everything.",
	);
}

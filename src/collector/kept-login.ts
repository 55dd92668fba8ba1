import { chmodSync, lstatSync, rmSync, type Stats } from "node:fs";
import { AppError } from "../errors.ts";
import { type Home, makeHome, readJson, writeAside, writing } from "./home.ts";

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

/** `exposed`: others could read the file or change it until now, or still can. */
export type ReadLogin = { login: KeptLogin; exposed: "no" | "repaired" | "still" };

/**
 * Reads what is kept of a login. A file that others may read is made its owner's alone.
 *
 * @throws AppError `invalid_config` for a file that cannot be trusted or understood
 */
export function readLogin({ config }: Home): ReadLogin {
	const stats = lookAt(config);
	if (!stats) return { login: {}, exposed: "no" };
	refuseForeign(config, stats);
	const fields = fieldsOf(config, readJson(config));
	const text = (name: keyof KeptLogin & string) => readText(config, name, fields[name]);
	const since = text("since");
	const login: KeptLogin = {
		apiKey: text("apiKey"),
		userId: text("userId"),
		username: text("username"),
		email: text("email"),
		server: text("server"),
		insecure: fields.insecure === true ? true : undefined,
		since: since === undefined ? undefined : readMoment(config, since),
	};
	return { login, exposed: login.apiKey === undefined ? "no" : repair(config, stats) };
}

/**
 * Keeps a login, for the machine's owner alone. What else stands in the file stays.
 *
 * @throws AppError `invalid_config`, `ledger_unwritable`
 */
export function saveLogin(home: Home, login: KeptLogin): void {
	makeHome(home);
	const since = login.since === undefined ? undefined : new Date(login.since).toISOString();
	write(home, { ...otherFields(home), ...login, since });
}

/**
 * Forgets what is kept of a login. What else stands in the file stays.
 *
 * @returns whether there was one
 * @throws AppError `invalid_config`, `ledger_unwritable`
 */
export function forgetLogin(home: Home): boolean {
	const { login } = readLogin(home);
	if (Object.values(login).every((value) => value === undefined)) return false;
	const rest = otherFields(home);
	if (Object.keys(rest).length > 0) write(home, rest);
	else writing(home, () => rmSync(home.config));
	return login.apiKey !== undefined;
}

function write(home: Home, fields: object): void {
	writing(home, () => writeAside(home.config, `${JSON.stringify(fields, null, "\t")}\n`));
}

function otherFields(home: Home): Record<string, unknown> {
	const stats = lookAt(home.config);
	if (!stats) return {};
	refuseForeign(home.config, stats);
	const fields = { ...fieldsOf(home.config, readJson(home.config)) };
	for (const name of FIELDS) delete fields[name];
	return fields;
}

/** @throws AppError `invalid_config` */
function lookAt(path: string): Stats | undefined {
	try {
		return lstatSync(path, { throwIfNoEntry: false });
	} catch (error) {
		throw new AppError(
			"invalid_config",
			`${path} cannot be read: ${error instanceof Error ? error.message : error}.`,
			"Check that the folder is yours, or name another one in PROMPTPULSE_HOME.",
			{ cause: error },
		);
	}
}

/** Who can put a file of their own in its place decides where usage goes to. */
function refuseForeign(path: string, stats: Stats): void {
	if (!stats.isFile()) {
		throw new AppError(
			"invalid_config",
			`${path} is ${stats.isSymbolicLink() ? "a link to another file" : "no ordinary file"}, which is not followed: whoever can change that would decide where usage goes to.`,
			"Put the file itself there, or move it away and run promptpulse login.",
		);
	}
	const own = process.getuid?.();
	if (own === undefined || stats.uid === own) return;
	throw new AppError(
		"invalid_config",
		`${path} belongs to another user of this machine (number ${stats.uid}).`,
		"Move it away and run promptpulse login, or name a folder of your own in PROMPTPULSE_HOME.",
	);
}

/** Windows has no such bits. */
function repair(path: string, { mode }: Stats): ReadLogin["exposed"] {
	if (process.platform === "win32" || (mode & 0o077) === 0) return "no";
	try {
		chmodSync(path, 0o600);
		return "repaired";
	} catch {
		// Where nothing can be changed people are told to do it.
		return "still";
	}
}

function fieldsOf(path: string, value: unknown): Record<string, unknown> {
	if (typeof value === "object" && value !== null && !Array.isArray(value))
		return value as Record<string, unknown>;
	throw new AppError("invalid_config", `${path} holds no object.`, "Correct the file or move it away.");
}

function readText(path: string, field: string, value: unknown): string | undefined {
	if (value === undefined || value === null || value === "") return undefined;
	if (typeof value === "string") return value;
	// The number of an account was one in earlier files.
	if (field === "userId" && typeof value === "number") return String(value);
	throw new AppError(
		"invalid_config",
		`In ${path} "${field}" is not a text.`,
		"Correct the file or move it away.",
	);
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

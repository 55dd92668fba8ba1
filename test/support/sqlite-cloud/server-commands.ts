import { Database } from "bun:sqlite";
import { createHash } from "node:crypto";
import type { CloudState } from "./cloud-state.ts";
import { makeError, OK, type Reply } from "./replies.ts";
import type { SqlValue } from "./requests.ts";
import type { Statement } from "./statements.ts";
import { answerTest } from "./test-commands.ts";

/** What the server knows of a client besides its transaction. */
export type Client = { authenticated: boolean; database: string | undefined; keys: Map<string, string> };

export const NOT_FOUND = 10_001;
const UNKNOWN_COMMAND = 10_002;
const NOT_AUTHENTICATED = 10_004;
export const GENERIC_ERROR = 10_005;

type Command = {
	/** Of the whole command; what it captures is handed to `run`. */
	form: RegExp;
	run: (words: string[], client: Client, cloud: CloudState) => Reply | Promise<Reply>;
};

const BEFORE_LOG_IN: Command[] = [
	{ form: /^SET CLIENT KEY (\S+) TO (\S+)$/i, run: setClientKey },
	{ form: /^AUTH (APIKEY|TOKEN) (\S*)$/i, run: logInWithSecret },
	{ form: /^AUTH USER (\S+) (PASSWORD|HASH) (\S*)$/i, run: logInWithPassword },
	{ form: /^PING$/i, run: () => ({ type: "text", text: "PONG" }) },
];

const AFTER_LOG_IN: Command[] = [
	{ form: /^CREATE DATABASE (\S+)( IF NOT EXISTS)?$/i, run: createDatabase },
	{ form: /^USE DATABASE (\S+)$/i, run: useDatabase },
	{ form: /^UNUSE DATABASE$/i, run: unuseDatabase },
	{ form: /^LIST DATABASES$/i, run: (_, _client, cloud) => listRows(["name"], cloud.databases.map(toRow)) },
	{ form: /^LIST INFO$/i, run: () => listRows(["key", "value"], Object.entries(readInfo())) },
	{ form: /^GET INFO (\S+)$/i, run: getInfo },
	{ form: /^SLEEP (\d+)$/i, run: sleep },
	{ form: /^TEST (\S+)$/i, run: ([what = ""]) => answerTest(what.toUpperCase()) },
];

/** The words that SQL begins with. */
const SQL =
	/^(?:ALTER|ANALYZE|ATTACH|BEGIN|COMMIT|CREATE|DELETE|DETACH|DROP|END|EXPLAIN|INSERT|PRAGMA|REINDEX|RELEASE|REPLACE|ROLLBACK|SAVEPOINT|SELECT|UPDATE|VACUUM|VALUES|WITH)$/;

/** Whether SQLite is to have a statement; the rest are commands of the server. */
export function isSql({ words: [first = "", second = ""] }: Statement): boolean {
	return SQL.test(first) && !(/^(?:CREATE|DROP)$/.test(first) && second === "DATABASE");
}

/** Runs a command of the server; every `?` in it stands for the next parameter. */
export async function runCommand(
	{ text, words }: Statement,
	parameters: SqlValue[],
	client: Client,
	cloud: CloudState,
): Promise<{ reply: Reply; used: number }> {
	let used = 0;
	const whole = text.replace(/\s+/g, " ").replace(/\?/g, () => String(parameters[used++] ?? ""));
	for (const commands of [BEFORE_LOG_IN, AFTER_LOG_IN]) {
		for (const { form, run } of commands) {
			const match = form.exec(whole);
			if (!match) continue;
			if (commands === AFTER_LOG_IN && !client.authenticated) return { reply: refuseStranger(), used };
			return { reply: await run(match.slice(1), client, cloud), used };
		}
	}
	return { reply: makeError(UNKNOWN_COMMAND, `Unable to find command ${words[0] ?? ""}.`), used };
}

export function refuseStranger(): Reply {
	return makeError(NOT_AUTHENTICATED, "Authentication is required before this command.");
}

function setClientKey([key = "", value = ""]: string[], client: Client): Reply {
	client.keys.set(key.toUpperCase(), value);
	return OK;
}

function logInWithSecret(
	[kind = "", secret = ""]: string[],
	client: Client,
	{ settings }: CloudState,
): Reply {
	return logIn(client, secret === (/^apikey$/i.test(kind) ? settings.apiKey : settings.token));
}

function logInWithPassword(
	[user, kind = "", secret]: string[],
	client: Client,
	{ settings }: CloudState,
): Reply {
	const hash = createHash("sha256").update(settings.password).digest("base64");
	return logIn(
		client,
		user === settings.user && secret === (/^hash$/i.test(kind) ? hash : settings.password),
	);
}

function logIn(client: Client, right: boolean): Reply {
	client.authenticated = right;
	return right ? OK : makeError(NOT_AUTHENTICATED, "Authentication failed: the credentials are wrong.");
}

function createDatabase([name = "", ifNotExists]: string[], _client: Client, cloud: CloudState): Reply {
	if (cloud.createDatabase(name) || ifNotExists) return OK;
	return makeError(GENERIC_ERROR, `Database ${name} already exists.`);
}

function useDatabase([name = ""]: string[], client: Client, cloud: CloudState): Reply {
	if (cloud.findDatabase(name) === undefined) return makeError(NOT_FOUND, `Database ${name} does not exist.`);
	client.database = name;
	return OK;
}

function unuseDatabase(_: string[], client: Client): Reply {
	client.database = undefined;
	return OK;
}

function getInfo([key = ""]: string[]): Reply {
	const value = readInfo()[key.toLowerCase()];
	return value === undefined
		? makeError(NOT_FOUND, `There is no info ${key}.`)
		: { type: "text", text: value };
}

async function sleep([ms]: string[]): Promise<Reply> {
	await Bun.sleep(Number(ms));
	return OK;
}

function readInfo(): Record<string, string> {
	using db = new Database(":memory:");
	const row = db.query<{ version: string }, []>("select sqlite_version() as version").get();
	return { sqlitecloud_version: "0.0.0-test", sqlite_version: row?.version ?? "", os: process.platform };
}

function toRow(value: string): [string] {
	return [value];
}

function listRows(names: string[], rows: string[][]): Reply {
	return { type: "rowset", columns: names.map((name) => ({ name, declared: "TEXT" })), rows };
}

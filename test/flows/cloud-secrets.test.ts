import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { runCli } from "../support/run-cli.ts";
import { inFolder } from "../support/scan.ts";
import { partsShown } from "../support/shown-secret.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";

setDefaultTimeout(120_000);

/** What has to be percent-encoded in an address is in it, and a plus, which forms take for a space. */
const KEY = "zq-secret-7Hq+Wd/4x=Rv%9k&Tz~p2:Mb@Ly";
const ENCODED = encodeURIComponent(KEY);

/** Commands that want the database, and one that only looks at its address. */
const COMMANDS = [["serve"], ["serve", "--check"], ["user", "list"]] as const;

type Case = {
	what: string;
	url: string;
	/** Exit codes of the commands. */
	codes: readonly [number, number, number];
	/** What is said. */
	says: RegExp;
};

const WRONG_ADDRESS = [7, 7, 7] as const;
const REFUSED = [7, 0, 7] as const;
const UNREACHABLE = [4, 0, 4] as const;

/** Two whole sentences or more: what is wrong, and what to do next. */
const SENTENCES = /^[A-Z][^\n]*[^.\n]\.\n[A-Z][^\n]*[^.\n]\.\n$/;

async function expectNoSecret({ what, url, codes, says }: Case): Promise<void> {
	await inFolder(async (home) => {
		const env = { DATABASE_URL: url, DB_RETRY_ATTEMPTS: "1", DB_RETRY_DELAY: "10", LOG_LEVEL: "debug", PORT: "0" };
		await Promise.all(
			COMMANDS.map(async (words, i) => {
				const { code, out, err } = await runCli(words, { home, env });
				const told = { what, command: words.join(" "), code, err };
				expect({ ...told, parts: partsShown(out + err, KEY) }).toEqual({ ...told, parts: [] });
				expect(told).toEqual({ ...told, code: codes[i] ?? -1 });
				if (code === 0) return;
				expect(told).toEqual({ ...told, err: expect.stringMatching(SENTENCES) });
				expect(told).toEqual({ ...told, err: expect.stringMatching(says) });
			}),
		);
	});
}

describe("an address that is wrong is told without the key that is in it:", () => {
	const there = "localhost:8860/promptpulse.sqlite";
	const cases: [string, string, RegExp][] = [
		["a host that is none", `sqlitecloud://bad host/db?apikey=${ENCODED}`, /host name/],
		["an IP address", `sqlitecloud://127.0.0.1/db?apikey=${ENCODED}`, /IP address/],
		["no host", `sqlitecloud:///db?apikey=${ENCODED}`, /no host/],
		["no database", `sqlitecloud://localhost?apikey=${ENCODED}`, /names no database/],
		["a port that is none", `sqlitecloud://localhost:99999/db?apikey=${ENCODED}`, /port/],
		["the key as it is, & and % in it", `sqlitecloud://${there}?apikey=${KEY}`, /%|parameter/],
		["no key", `sqlitecloud://${there}`, /nothing to get in with/],
		["a user alone", `sqlitecloud://${ENCODED}@${there}`, /only one of user and password/],
		["key and password", `sqlitecloud://admin:${ENCODED}@${there}?apikey=${ENCODED}`, /more than one way/],
		["key and token", `sqlitecloud://${there}?token=${ENCODED}&apikey=${ENCODED}`, /more than one way/],
		["a key twice", `sqlitecloud://${there}?apikey=${ENCODED}&apikey=${ENCODED}`, /twice/],
		["a parameter of another name", `sqlitecloud://${there}?key=${ENCODED}`, /parameter/],
		["the key in the place of a parameter", `sqlitecloud://${there}?${ENCODED}`, /parameter/],
		["a space in the key", `sqlitecloud://${there}?apikey=${ENCODED}%20x`, /space/],
		["a semicolon in the key", `sqlitecloud://${there}?apikey=${ENCODED};x`, /semicolon/],
		["a fragment", `sqlitecloud://${there}?apikey=x#${ENCODED}`, /cannot be read/],
		["another kind of database", `postgres://admin:${ENCODED}@localhost/db`, /kind postgres/],
		["a kind that nobody knows", `sqlitecloud+tls://${there}?apikey=${ENCODED}`, /kind sqlitecloud\+tls/],
		["one slash", `sqlitecloud:/${there}?apikey=${ENCODED}`, /begins with sqlitecloud:\/\//],
		["no kind", `${there}?apikey=${ENCODED}`, /begins with sqlitecloud:\/\//],
		["no kind and no port", `localhost.sqlite.cloud/db?apikey=${ENCODED}`, /sqlitecloud:\/\//],
	];

	test.each(cases)("%s", async (what, url, says) => {
		await expectNoSecret({ what, url, codes: WRONG_ADDRESS, says });
	});
});

/** Answers of a service that repeats what it is told, as it should not: the log-in with its key among it. */
function repeatLogIn(sql: string): string | undefined {
	return /\bAUTH\b/.test(sql) ? `${sql} ${ENCODED}` : undefined;
}

/** What a database does, and what is said of it. */
const TROUBLES: [string, Trouble][] = [
	["a wrong key", { key: "zq-another-key", codes: REFUSED, says: /does not accept the API key/ }],
	["a wrong password", { over: asUser, codes: REFUSED, says: /does not accept the user and password/ }],
	["an unknown database", { over: { database: "other.db" }, codes: REFUSED, says: /no database other\.db/ }],
	["a host that nobody knows", { over: { host: "zq.invalid" }, codes: UNREACHABLE, says: /zq\.invalid/ }],
];

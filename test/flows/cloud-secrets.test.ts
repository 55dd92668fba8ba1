import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { cookieOf, form } from "../support/forms.ts";
import { saidBy } from "../support/isolation.ts";
import { runCli } from "../support/run-cli.ts";
import { inFolder } from "../support/scan.ts";
import { freePort, ServeProcess } from "../support/serve-process.ts";
import { setupLinkOf } from "../support/server-pair.ts";
import { partsShown } from "../support/shown-secret.ts";
import type { Faults } from "../support/sqlite-cloud/faults.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";
import { until } from "../support/until.ts";

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
		const env = {
			DATABASE_URL: url,
			DB_RETRY_ATTEMPTS: "0",
			DB_RETRY_DELAY: "10",
			LOG_LEVEL: "debug",
			PORT: "0",
		};
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

/** Makes a service do wrong what it is asked, and says how it is reached then. */
type Trouble = {
	/** Of the service, where it is not the key that clients come with. */
	apiKey?: string;
	faults?: Faults;
	urlOf?: (cloud: CloudServer) => string;
	codes: Case["codes"];
	says: RegExp;
};

/** Of a log-in, which has the key in it. */
function isLogIn(sql: string): boolean {
	return /\bAUTH\b/.test(sql);
}

function failingLogIn(code: number): Faults {
	const repeat = (sql: string) => {
		const piece = KEY.slice(0, KEY.length / 2);
		return { code, message: `near "${piece}": cannot run ${sql}, that is ${ENCODED}.` };
	};
	return { errorFor: (sql) => (isLogIn(sql) ? repeat(sql) : undefined) };
}

const TROUBLES: Record<string, Trouble> = {
	"a service that is silent": { faults: { silent: true }, codes: UNREACHABLE, says: /within 10 s/ },
	"a wrong key": { apiKey: "another", codes: REFUSED, says: /does not accept the API key/ },
	"a wrong token": {
		urlOf: (cloud) => cloud.url().replace("apikey=", "token="),
		codes: REFUSED,
		says: /does not accept the token/,
	},
	"a wrong password": {
		urlOf: ({ port }) => `sqlitecloud://admin:${ENCODED}@localhost:${port}/promptpulse.sqlite`,
		codes: REFUSED,
		says: /does not accept the user and password/,
	},
	"a database that is not there": {
		urlOf: (cloud) => cloud.url({ database: "other.sqlite" }),
		codes: REFUSED,
		says: /no database other\.sqlite/,
	},
	"a host that nobody knows": {
		urlOf: (cloud) => cloud.url({ host: "zq.invalid" }),
		codes: UNREACHABLE,
		says: /zq\.invalid/,
	},
	"a port where nobody listens": {
		urlOf: () => `sqlitecloud://localhost:${freePort()}/db?apikey=${ENCODED}`,
		codes: UNREACHABLE,
		says: /Nothing answers at port/,
	},
	"a connection that is closed before TLS": {
		faults: { refuse: "handshake" },
		codes: UNREACHABLE,
		says: /ended the connection/,
	},
	"a connection that is closed before the log-in": {
		faults: { refuse: "login" },
		codes: UNREACHABLE,
		says: /ended the connection|was lost/,
	},
	"too many connections": { faults: { mostConnections: 0 }, codes: UNREACHABLE, says: /DB_MAX_CONNECTIONS/ },
	"an answer that is no protocol and repeats the key": {
		faults: { garbage: `?${KEY} ${ENCODED}` },
		codes: UNREACHABLE,
		says: /no database of SQLite Cloud/,
	},
	"a refusal that repeats the key": {
		faults: failingLogIn(10_004),
		codes: REFUSED,
		says: /does not accept the API key/,
	},
	"an unknown error that repeats the key": {
		faults: failingLogIn(10_005),
		codes: UNREACHABLE,
		says: /takes no log-in/,
	},
	"a key that may make no tables": {
		faults: {
			errorFor: (sql) =>
				/create table/.test(sql) ? { code: 10_004, message: `${KEY} may not do that` } : undefined,
		},
		codes: REFUSED,
		says: /DATABASE_URL/,
	},
};

test("whatever a database answers, nothing of the key is told", async () => {
	await Promise.all(
		Object.entries(TROUBLES).map(async ([what, { apiKey = KEY, faults = {}, urlOf, codes, says }]) => {
			await using cloud = await CloudServer.start({ apiKey });
			Object.assign(cloud.faults, faults);
			await expectNoSecret({ what, url: urlOf?.(cloud) ?? cloud.url({ apiKey: KEY }), codes, says });
			expect(cloud.violations).toEqual([]);
		}),
	);
});

test("a plus in the key is a plus, percent-encoded or not", async () => {
	await using cloud = await CloudServer.start({ apiKey: KEY });
	await inFolder(async (home) => {
		for (const url of [
			cloud.url(),
			cloud.url().replaceAll("%2B", "+"),
			cloud.url().replaceAll("%2B", "%2b"),
		]) {
			const { code, err } = await runCli(["user", "list"], { home, env: { DATABASE_URL: url } });
			expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("Nobody has an account yet.") });
		}
	});
});

/** What a running server is asked. Only the first of these needs no database. */
const ASKED = [
	"/livez",
	"/readyz",
	"/health",
	"/",
	"/login",
	"/setup",
	"/events",
	"/api/health/db",
	"/api/machines",
	"/api/usage/aggregate",
	"/api/views/overview/series",
	"/api/metrics",
];

/** Asks one address after the other, and gives the statuses and all that was said. */
async function askAll(
	{ address }: ServeProcess,
	headers: Record<string, string>,
): Promise<{ statuses: number[]; said: string }> {
	const statuses: number[] = [];
	let said = "";
	for (const path of ASKED) {
		const response = await fetch(`${address}${path}`, { headers, redirect: "manual" });
		statuses.push(response.status);
		said += await saidBy(response);
	}
	return { statuses, said };
}

type Later = { what: string; faults: Faults; status: number; logged: RegExp };

const LATER: Later[] = [
	{
		what: "goes away",
		faults: { refuse: "handshake" },
		status: 503,
		logged: /"database not reached"[^\n]+ended the connection/,
	},
	{
		what: "takes the key no more",
		faults: failingLogIn(10_004),
		status: 503,
		logged: /does not accept the API key/,
	},
	{
		what: "answers with errors that repeat the key",
		faults: {
			errorFor: (sql) =>
				isLogIn(sql) ? undefined : { code: 1, message: `no such key: ${KEY} or apikey=${ENCODED}` },
		},
		status: 500,
		logged: /no such key: \*\*\*/,
	},
];

test.each(LATER)(
	"a server whose database $what tells nothing of the key, and is well again when the database is",
	async ({ faults, status, logged }) => {
		await inFolder(async (folder) => {
			await using cloud = await CloudServer.start({ apiKey: KEY });
			const env = { LOG_LEVEL: "debug", DB_RETRY_ATTEMPTS: "1", DB_RETRY_DELAY: "10" };
			const serve = ServeProcess.in(folder, { databaseUrl: cloud.url(), env });
			await serve.start();
			const isReady = async () => (await fetch(`${serve.address}/readyz`)).ok;
			const made = await fetch(await setupLinkOf(serve), form({ username: "ada" }));
			const key = /pk_f[0-9A-Za-z]{38}/.exec(await made.text())?.[0] ?? "";
			const headers = { cookie: cookieOf(made), "x-api-key": key };
			const before = await askAll(serve, headers);
			expect(before.statuses).toEqual(ASKED.map((path) => (path === "/login" ? 303 : 200)));

			Object.assign(cloud.faults, faults);
			cloud.dropAll();
			await until("it is noticed", async () => !(await isReady()));
			const { statuses: bad, said } = await askAll(serve, headers);
			// What looks whether the database answers says that it does not, whatever else went wrong.
			const isLook = (path: string) => /health|readyz/.test(path);
			expect(bad).toEqual(ASKED.map((path, i) => (i === 0 ? 200 : isLook(path) ? 503 : status)));
			expect(said).toContain("Try again");

			for (const name of Object.keys(faults)) cloud.faults[name as "refuse"] = undefined;
			await until("it is well again", isReady);
			const after = await askAll(serve, headers);
			expect(after.statuses).toEqual(before.statuses);
			expect(await serve.end("SIGTERM")).toBe(0);
			const told = await serve.told();
			expect(told).toMatch(logged);
			expect(partsShown(before.said + said + after.said + told, KEY)).toEqual([]);
			expect(cloud.violations).toEqual([]);
		});
	},
);

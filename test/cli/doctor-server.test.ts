import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { type Examined, examine, logIn } from "../support/doctor.ts";
import { inHome } from "../support/run-cli.ts";
import { SELF_SIGNED } from "../support/self-signed.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import type { Person } from "../support/server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const TODAY = new Date().toISOString();
const TRANSCRIPTS = { [MAIN]: [answer(1, { timestamp: TODAY }), answer(2, { timestamp: TODAY })] };

let served: ServedServer;
let ada: Person;

beforeAll(async () => {
	served = await serveServer();
	ada = await served.server.join("ada", "owner");
});
beforeEach(() => {
	served.server.now = Date.now();
});
afterAll(() => served.stop());

/** What the doctor says of a machine with this login, that has collected nothing. */
async function withLogin(login: object, env?: Record<string, string>): Promise<Examined> {
	const told: Examined[] = [];
	await inHome({}, async (home) => {
		logIn(home, login);
		told.push(await examine(home, [], { env }));
	});
	const [examined] = told;
	if (!examined) throw new Error("nothing was examined");
	return examined;
}

/** What the doctor says of a server that answers like this. */
async function withAnswers(
	fetch: (request: Request) => Response | Promise<Response>,
	tls?: Bun.TLSOptions,
): Promise<Examined> {
	const server = Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		idleTimeout: 0,
		fetch,
		...(tls ? { tls } : {}),
	});
	try {
		const address = `${tls ? "https://localhost" : "http://127.0.0.1"}:${server.port}`;
		return await withLogin({ apiKey: ada.keys.full, server: address });
	} finally {
		await server.stop(true);
	}
}

/** A server that is well, but for what is said otherwise. */
function answersOf(over: { health?: object; user?: object }): (request: Request) => Response {
	const health = { status: "healthy", timestamp: new Date().toISOString(), version: "0.1.0", ...over.health };
	const user = { id: "u1", username: "ada", email: null, ...over.user };
	return (request) => Response.json(new URL(request.url).pathname === "/health" ? health : { user });
}

describe("the doctor, of a server", () => {
	test("finds nothing wrong where it is reached and has all that it was sent", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			const { full } = ada.keys;
			logIn(home, { apiKey: full, server: served.origin, userId: ada.account.id });
			expect(await home.cli(["collect", "--quiet"])).toMatchObject({ code: 0 });
			const told = await examine(home);
			const host = `127.0.0.1:${served.port}`;
			expect(told.failing).toEqual([]);
			expect(told.of("key").found).toBe(`…${full.slice(-8)}, of the kind full, opens ada at ${host}`);
			expect(told.of("server").found).toBe(`${host} answers`);
			expect(told.of("version").found).toMatch(/^\S+ here, \S+ there$/);
			expect(told.of("clock").found).toBe("It agrees with the server's, within 5 minutes.");
			expect(told.of("connection").found).toBe(`http to ${host}, which is this machine`);
			expect(told.of("unsent usage").found).toBe(`${host} has everything.`);
			expect(told.of("server's copy").found).toBe(`${host} has all it was sent: 2 responses of 1 day`);
		});
	});

	test("tells days that are another there, and what waits here", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			logIn(home, { apiKey: ada.keys.ingest, server: served.origin });
			await home.cli(["collect", "--quiet"]);
			await served.server.db.run("delete from events");
			const told = await examine(home);
			expect({ code: told.code, failing: told.failing }).toEqual({ code: 1, failing: ["server's copy"] });
			expect(told.of("server's copy")).toMatchObject({
				found: `127.0.0.1:${served.port} does not have what it was sent on ${TODAY.slice(0, 10)} (UTC).`,
				mend: "Run promptpulse verify, which says what is missing and what to do.",
			});
			appendFileSync(join(home.projects, MAIN), `${answer(3, { timestamp: TODAY })}\n`);
			await home.cli(["collect", "--quiet", "--no-push"]);
			const waiting = await examine(home);
			expect(waiting.of("unsent usage").found).toMatch(/^1 response for 127\S+, the oldest of .* ago\.$/);
			expect(waiting.of("server's copy").found).toBe("It is compared when everything was sent.");
		});
	});

	test("tells that the last push failed, why, and what to do", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			logIn(home, { apiKey: ada.keys.full, server: "http://127.0.0.1:1" });
			await home.cli(["collect", "--quiet", "--no-push"]);
			const path = join(home.kept, "last-run.json");
			const error = "The server 127.0.0.1:1 could not be reached (ENOTFOUND).";
			const run = { ...JSON.parse(readFileSync(path, "utf8")), exitCode: 4, error, lastSuccessAt: undefined };
			writeFileSync(path, JSON.stringify(run), { mode: 0o600 });
			const told = await examine(home);
			expect(told.failing).toEqual(["server", "unsent usage"]);
			expect(told.of("unsent usage").found).toContain(`The last push failed: ${error}`);
			expect(told.of("server")).toMatchObject({
				found: expect.stringMatching(/^The server 127\.0\.0\.1:1 could not be reached \(\w+\)\.$/),
				mend: expect.stringContaining("Check its address and the network."),
			});
			for (const name of ["version", "clock", "server's copy"]) {
				expect(told.of(name)).toMatchObject({ state: "warning", mend: "See the check of the server." });
			}
			expect(told.of("key").found).toBe(
				`…${ada.keys.full.slice(-8)}, of the kind full, could not be shown to 127.0.0.1:1.`,
			);
		});
	});

	test("tells a key that cannot send from one that is refused, and from one that is mistyped", async () => {
		const { full, read } = ada.keys;
		const reading = await withLogin({ apiKey: read, server: served.origin });
		expect(reading.failing).toEqual(["key"]);
		expect(reading.of("key").found).toContain("of the kind read, opens ada at 127.0.0.1");
		expect(reading.of("key").found).toContain("it cannot send");
		const mistyped = await withLogin({ apiKey: `${full.slice(0, -1)}!`, server: served.origin });
		expect(mistyped.failing).toEqual(["key"]);
		expect(mistyped.of("key").found).toContain("does not accept the key");
		expect(mistyped.of("key").found).toContain(
			"It has not the form of one: it may be cut short or mistyped.",
		);
		const other = await withLogin({ apiKey: full, server: served.origin, userId: "somebody-else" });
		expect(other.of("key")).toMatchObject({
			state: "warning",
			found: expect.stringContaining("another account than that of the login"),
		});
	});

	test.each<[string, object, Record<string, string>, string, string]>([
		[
			"a key of the older program",
			{ apiKey: `pk_${"a".repeat(64)}`, server: "https://usage.example.com" },
			{},
			"failed",
			"The API key is one of an earlier PromptPulse, which no server takes any more.",
		],
		[
			"a login of the older program",
			{ access_token: "x", username: "ada" },
			{},
			"warning",
			"The login is one of an earlier PromptPulse, which no server takes any more.",
		],
		[
			"no server",
			{},
			{ PROMPTPULSE_API_KEY: "key-of-ada" },
			"warning",
			"There is a key, and no server is named.",
		],
		[
			"an address that is none",
			{},
			{ PROMPTPULSE_SERVER: "usage", PROMPTPULSE_API_KEY: "key-of-ada" },
			"failed",
			"The server's address is not one.",
		],
	])("tells %s, and asks nobody", async (_what, login, env, state, found) => {
		const told = await withLogin(login, env);
		expect(told.of("key")).toMatchObject({ state, found });
		for (const name of ["server", "version", "clock", "connection"])
			expect(told.of(name).state).not.toBe("failed");
	});

	test("tells that there is no key", async () => {
		const told = await withLogin({ server: served.origin });
		expect(told.failing).toEqual(["key"]);
		expect(told.of("key")).toMatchObject({
			found: `There is no key for 127.0.0.1:${served.port}.`,
			mend: `Run promptpulse login --server ${served.origin}`,
		});
	});

	test("does not show a key to a server whose connection others can read", async () => {
		const login = { apiKey: ada.keys.full, server: "http://usage.example.com" };
		const told = await withLogin(login);
		expect(told.failing).toEqual(["connection"]);
		expect(told.of("connection").found).toContain("is not https: others in the network could read the key");
		expect(told.of("key").found).toContain("was not shown to usage.example.com");
		expect(told.of("server").found).toBe("Not asked: its connection is not to be trusted.");
	});

	test("warns of http that was allowed", async () => {
		// An address that no network leads to.
		const told = await withLogin({ apiKey: ada.keys.full, server: "http://0.0.0.1:1", insecure: true });
		expect(told.of("connection")).toMatchObject({
			state: "warning",
			found: "http to 0.0.0.1:1, which was allowed with --insecure.",
		});
	});

	test("does not take a certificate that nobody vouches for", async () => {
		const told = await withAnswers(answersOf({}), SELF_SIGNED);
		expect(told.failing).toEqual(["server"]);
		expect(told.of("server").found).toContain("could not prove who it is");
		expect(told.of("connection").state).toBe("passed");
	});

	test.each<[string, (request: Request) => Response, string]>([
		["a network that wants a log-in", () => new Response("<html>"), "an answer that is not PromptPulse's"],
		[
			"one whose database is gone",
			() => Response.json({ status: "unhealthy" }, { status: 503 }),
			"answered 503",
		],
		["one that sends elsewhere", () => Response.redirect("http://127.0.0.1:1/"), "sends to another address"],
	])("tells %s", async (_what, fetch, sentence) => {
		const told = await withAnswers(fetch);
		expect(told.failing).toContain("server");
		expect(told.of("server").found).toContain(sentence);
	});

	test("does not wait for a server that never answers", async () => {
		const told = await withAnswers(() => new Promise<Response>(() => {}));
		expect(told.of("server").found).toContain("gave no whole answer within 5 seconds");
		expect(told.of("key").state).toBe("warning");
	});

	test("tells a clock that is wrong, and a program that is too old", async () => {
		const timestamp = new Date(Date.now() + 3_630_000).toISOString();
		const told = await withAnswers(
			answersOf({ health: { timestamp, oldestClient: "99.0.0", version: "99.1.0" } }),
		);
		expect(told.failing).toEqual(["version", "clock"]);
		expect(told.of("clock").found).toBe("This machine's clock is 1 h 00 min behind the server's.");
		expect(told.of("version").found).toMatch(
			/^\S+ here, 99\.1\.0 there, which accepts 99\.0\.0 and newer\.$/,
		);
	});

	test("takes the time from Date where the answer has none", async () => {
		const told = await withAnswers((request) => {
			if (new URL(request.url).pathname !== "/health") return answersOf({})(request);
			const date = new Date(Date.now() - 3_600_000).toUTCString();
			return Response.json({ status: "healthy", timestamp: "soon" }, { headers: { date } });
		});
		expect(told.of("clock").found).toMatch(
			/^This machine's clock is (1 h 00|59) min ahead of the server's\.$/,
		);
		expect(told.of("version").state).toBe("passed");
	});
});

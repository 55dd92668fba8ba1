import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { AppError } from "../../src/errors.ts";
import { type CloudDatabase, type CloudOptions, openCloud } from "../../src/ledger/cloud/cloud-database.ts";
import { openCloudLedger } from "../../src/ledger/cloud-ledger.ts";
import { clearFaults } from "../support/cloud-trouble.ts";
import { WITHOUT_LIMITS } from "../support/insisting.ts";
import { NOW } from "../support/ledger.ts";
import { type Person, TestServer } from "../support/server.ts";
import type { Faults } from "../support/sqlite-cloud/faults.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(600_000);

const LOG_IN = /\bAUTH\b/;
const BEGIN = /^begin immediate/;
const COMMIT = /\bcommit$/;
const LOOK = / as kept$/;
const ASK = /^select\b/;

let cloud: CloudServer;

beforeEach(async () => {
	cloud = await CloudServer.start();
});

afterEach(async () => {
	clearFaults(cloud);
	expect(cloud.violations).toEqual([]);
	await cloud.stop();
});

/** So long (ms) is waited where only a fault ends it, and where nothing else than the deadline does. */
const LONG_MS = 20_000;
const SHORT_MS = 300;

/** No connection is kept, so that each try needs one of its own. */
function settings(attempts: number, times: Partial<CloudOptions> = {}): CloudOptions {
	const long = { queryMs: LONG_MS, connectMs: LONG_MS, acquireMs: LONG_MS };
	const retry = { attempts, delayMs: 1 };
	return { maxConnections: 4, idleMs: 0, ...long, ...times, retry, note: () => undefined };
}

/** What becomes of requests of which the text fits, and where that is counted. */
const REFUSALS: [keyof Faults, (pattern: RegExp) => Faults][] = [
	...[5, 6, 10_006].map((code): [keyof Faults, (pattern: RegExp) => Faults] => [
		"errorFor",
		(pattern) => ({ errorFor: (sql) => (pattern.test(sql) ? { code, message: "not now" } : undefined) }),
	]),
	["dropBefore", (pattern) => ({ dropBefore: (sql) => pattern.test(sql) })],
	["dropAfterRunning", (pattern) => ({ dropAfterRunning: (sql) => pattern.test(sql) })],
	["dropMidReply", (pattern) => ({ dropMidReply: (sql) => pattern.test(sql) })],
	["garbage", (pattern) => ({ garbage: (sql) => pattern.test(sql) && "oh dear" })],
];

/** What becomes of those who want a connection. */
const CLOSED_DOORS: [string, keyof Faults, Faults][] = [
	["ends them at the handshake", "refuse", { refuse: "handshake" }],
	["ends them before the log-in", "refuse", { refuse: "login" }],
	["has too many", "mostConnections", { mostConnections: 0 }],
	["drops the log-in", "dropBefore", { dropBefore: (sql) => LOG_IN.test(sql) }],
	[
		"has no leader for the log-in",
		"errorFor",
		{ errorFor: (sql) => (LOG_IN.test(sql) ? { code: 10_006, message: "no leader" } : undefined) },
	],
];

async function unreachable(work: Promise<unknown>): Promise<void> {
	const error = await work.then(
		() => "it went well",
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(AppError);
	expect(error).toMatchObject({ code: "database_unreachable", hint: expect.stringMatching(/\.$/) });
}

describe.each([0, 3])("with %p further tries", (attempts) => {
	let db: CloudDatabase;

	beforeEach(async () => {
		db = await openCloud(cloud.url(), settings(attempts));
		await db.run("create table things (name text) strict");
		await until("no connection is left", () => cloud.connections === 0);
	});
	afterEach(async () => {
		clearFaults(cloud);
		expect(db.figures).toMatchObject({ waiting: 0, opening: 0 });
		await db.close();
	});

	test.each(REFUSALS)("%s is met so often by a question and by a transaction", async (fault, refuse) => {
		Object.assign(cloud.faults, refuse(ASK));
		await unreachable(db.get("select 1 as one"));
		expect(cloud.injected[fault]).toBe(1 + attempts);
		clearFaults(cloud);
		Object.assign(cloud.faults, refuse(BEGIN));
		let worked = 0;
		const work = db.transaction(async (tx) => {
			worked++;
			return tx.all("select name from things");
		});
		await unreachable(work);
		expect(cloud.injected[fault]).toBe(2 * (1 + attempts));
		expect(worked).toBe(1 + attempts);
	});

	test.each(CLOSED_DOORS)("a server that %s is asked so often", async (_what, fault, faults) => {
		Object.assign(cloud.faults, faults);
		await unreachable(db.get("select 1 as one"));
		expect(cloud.injected[fault]).toBe(1 + attempts);
		await unreachable(db.run("insert into things values ('a')"));
		expect(cloud.injected[fault]).toBe(2 * (1 + attempts));
		await unreachable(openCloud(cloud.url(), settings(attempts)));
		expect(cloud.injected[fault]).toBe(3 * (1 + attempts));
	});

	test.each([
		["a question", (hasty: CloudDatabase) => hasty.get("select 1 as one"), ASK],
		["a change", (hasty: CloudDatabase) => hasty.run("insert into things values ('a')"), BEGIN],
	])("a deadline ends %s so often", async (_what, ask, pattern) => {
		const hasty = await openCloud(cloud.url(), settings(attempts, { queryMs: SHORT_MS }));
		cloud.faults.silent = (sql) => pattern.test(sql);
		await unreachable(ask(hasty));
		expect(cloud.injected.silent).toBe(1 + attempts);
		await hasty.close();
	});

	test("a deadline ends a log-in so often", async () => {
		const hasty = await openCloud(cloud.url(), settings(attempts, { connectMs: SHORT_MS }));
		await until("no connection is left", () => cloud.connections === 0);
		cloud.faults.silent = (sql) => LOG_IN.test(sql);
		await unreachable(hasty.get("select 1 as one"));
		expect(cloud.injected.silent).toBe(1 + attempts);
		await hasty.close();
	});

	test("a change of which the end is lost each time, and which is not there, is made so often", async () => {
		cloud.faults.dropBefore = (sql) => COMMIT.test(sql);
		await unreachable(db.run("insert into things values ('a')"));
		expect(cloud.injected.dropBefore).toBe(1 + attempts);
		clearFaults(cloud);
		expect(await db.all("select name from things")).toEqual([]);
	});

	test("a change of which nothing can be found out is made once, and looked for so often", async () => {
		Object.assign(cloud.faults, {
			dropAfterRunning: (sql) => COMMIT.test(sql),
			dropBefore: (sql) => LOOK.test(sql),
		} satisfies Faults);
		await unreachable(db.run("insert into things values ('a')"));
		expect(cloud.injected).toMatchObject({ dropAfterRunning: 1, dropBefore: 1 + attempts });
		clearFaults(cloud);
		expect(await db.all<object>("select name from things")).toEqual([{ name: "a" }]);
	});

	describe("who asks the server", () => {
		let server: TestServer;
		let ada: Person;

		beforeEach(async () => {
			const ledger = await openCloudLedger(cloud.url(), settings(attempts), NOW);
			server = await TestServer.start({ db: ledger, limits: WITHOUT_LIMITS });
			ada = await server.join("ada", "owner");
			// The use of the key is noted by now, which would be a change beside those that are counted.
			await ada.ask("/api/auth/validate");
			await until("all is at rest", () => cloud.connections === 0);
		});
		afterEach(async () => {
			await server.db.close();
			expect(server.reported).toEqual([]);
		});

		async function expectPutOff(response: Response): Promise<void> {
			expect(response.status).toBe(503);
			expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
			expect(await response.json()).toMatchObject({ code: "unavailable" });
		}

		test.each(REFUSALS)("%s: is put off after so many tries", async (fault, refuse) => {
			Object.assign(cloud.faults, refuse(ASK));
			await expectPutOff(await ada.ask("/api/auth/validate"));
			expect(cloud.injected[fault]).toBe(1 + attempts);
			clearFaults(cloud);
			Object.assign(cloud.faults, refuse(BEGIN));
			await expectPutOff(await ada.send("POST", "/api/invites", {}));
			expect(cloud.injected[fault]).toBe(2 * (1 + attempts));
			clearFaults(cloud);
			expect(await (await ada.ask("/api/invites")).json()).toMatchObject([]);
		});

		test.each(CLOSED_DOORS)(
			"a database that %s: is put off after so many tries",
			async (_what, fault, faults) => {
				Object.assign(cloud.faults, faults);
				await expectPutOff(await ada.ask("/api/auth/validate"));
				expect(cloud.injected[fault]).toBe(1 + attempts);
			},
		);
	});
});

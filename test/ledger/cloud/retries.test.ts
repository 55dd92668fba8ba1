import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { AppError } from "../../../src/errors.ts";
import { afterLogin, CloudCounter, first } from "../../support/cloud-counter.ts";
import { Random } from "../../support/random.ts";
import { until } from "../../support/until.ts";

const CODES = [5, 6, 10_006];

let cloud: CloudCounter;

beforeEach(async () => {
	cloud = await CloudCounter.start();
});

afterEach(() => cloud.stop());

describe("what did not run is tried again:", () => {
	test.each(CODES)("a question that is answered with %p", async (code) => {
		cloud.setFaults({ errorFor: first(2, /select n/, { code, message: "not now" }) });
		expect(await cloud.db.get<object>("select n from counter")).toEqual({ n: 0 });
		expect(cloud.server.injected.errorFor).toBe(2);
	});

	test.each(CODES.flatMap((code) => ["begin", "update", "commit"].map((where) => [code, where] as const)))(
		"a transaction of which %p answers its %s",
		async (code, where) => {
			cloud.setFaults({ errorFor: first(2, new RegExp(`\\b${where}\\b`), { code, message: "not now" }) });
			expect(await cloud.db.transaction(cloud.count)).toBe(1);
			expect(cloud.server.injected.errorFor).toBe(2);
			expect(cloud.runs).toBe(3);
			expect(cloud.stored()).toEqual({ n: 1, things: 1 });
		},
	);

	test.each(["handshake", "login"] as const)("what finds no connection at the %s", async (refuse) => {
		const patient = await cloud.open({ retry: { attempts: 10, delayMs: 10 } });
		cloud.setFaults({ refuse });
		cloud.server.dropAll();
		const waiting = Promise.all([
			patient.get<object>("select n from counter"),
			patient.transaction(cloud.count),
		]);
		await until("a connection is refused", () => cloud.server.injected.refuse > 1);
		cloud.setFaults({});
		await waiting;
		await patient.close();
		expect(cloud.stored()).toEqual({ n: 1, things: 1 });
	});

	test("what waited too long for a connection", async () => {
		const single = await cloud.open({
			...{ maxConnections: 1, acquireMs: 200 },
			retry: { attempts: 10, delayMs: 10 },
		});
		cloud.setFaults({ delayMs: first(1, /select n/, 500) });
		const slow = single.get<object>("select n from counter");
		const other = single.get<object>("select 7 as seven");
		const written = single.transaction(cloud.count);
		expect(await Promise.all([slow, other, written])).toEqual([{ n: 0 }, { seven: 7 }, 1]);
		await single.close();
		expect(cloud.stored()).toEqual({ n: 1, things: 1 });
	});

	test("what waited too long for its turn to write", async () => {
		const hasty = await cloud.open({ acquireMs: 200, retry: { attempts: 1, delayMs: 1 } });
		const go = Promise.withResolvers<void>();
		const held = hasty.transaction(async (tx) => {
			await cloud.count(tx);
			await go.promise;
		});
		const told = await hasty.transaction(cloud.count).catch((error) => error);
		expect(told).toMatchObject({ code: "database_unreachable", hint: expect.stringContaining("again") });
		go.resolve();
		await held;
		expect(await hasty.transaction(cloud.count)).toBe(2);
		await hasty.close();
		expect(cloud.stored()).toEqual({ n: 2, things: 2 });
	});

	test("but not for ever, and people are told what to do", async () => {
		cloud.setFaults({ errorFor: afterLogin({ code: 5, message: "database is locked" }) });
		for (const ask of [
			() => cloud.db.get("select n from counter"),
			() => cloud.db.transaction(cloud.count),
			() => cloud.db.run("delete from things"),
		]) {
			const error = await ask().catch((reason) => reason);
			expect(error).toBeInstanceOf(AppError);
			expect(error).toMatchObject({ code: "database_unreachable", hint: expect.stringContaining("again") });
		}
		expect(cloud.runs).toBe(4);
	});
});

describe("what would fail again is not tried again:", () => {
	test("a wrong statement, a constraint, an error of the work itself", async () => {
		await cloud.db.run("create unique index one_name on things (name)");
		cloud.server.resetCounts();
		const errors = [
			await cloud.db
				.transaction(cloud.count)
				.then(() => cloud.db.transaction(cloud.count))
				.catch((error) => error),
			await cloud.db.run("insert into nowhere values (1)").catch((error) => error),
			await cloud.db.all("select nope from counter").catch((error) => error),
		];
		expect(errors.map((error) => error.message)).toEqual([
			"UNIQUE constraint failed: things.name",
			"no such table: nowhere",
			"no such column: nope",
		]);
		expect(cloud.runs).toBe(2);
	});

	test("what is not allowed", async () => {
		cloud.setFaults({ errorFor: afterLogin({ code: 10_004, message: "no right to it" }) });
		const error = await cloud.db.transaction(cloud.count).catch((reason) => reason);
		expect(error).toMatchObject({ name: "AppError", code: "database_refused" });
		expect(cloud.runs).toBe(1);
	});

	test("a lost connection of which the work makes an error of its own is one nevertheless", async () => {
		cloud.setFaults({ dropBefore: first(1, /update/, true) });
		const work = cloud.db.transaction(async (tx) => {
			try {
				return await cloud.count(tx);
			} catch {
				throw new Error("something went wrong");
			}
		});
		expect(await work).toBe(1);
		expect(cloud.stored()).toEqual({ n: 1, things: 1 });
	});
});

describe("under drops everywhere", () => {
	test("200 increments of 8 callers come to 200", async () => {
		const patient = await cloud.open({ retry: { attempts: 30, delayMs: 1 } });
		const random = new Random(20);
		const sometimes = (sql: string) => !/AUTH/.test(sql) && random.next() < 0.05;
		cloud.setFaults({ dropBefore: sometimes, dropAfterRunning: sometimes, dropMidReply: sometimes });
		const results: number[] = [];
		const caller = async () => {
			for (let i = 0; i < 25; i++) {
				results.push(await patient.transaction(cloud.count));
				await patient.all("select name from things where id = ?", [i]);
			}
		};
		await Promise.all(Array.from({ length: 8 }, caller));
		cloud.setFaults({});
		expect(cloud.stored()).toEqual({ n: 200, things: 200 });
		expect(results.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
		const { dropBefore, dropAfterRunning, dropMidReply } = cloud.server.injected;
		expect(Math.min(dropBefore, dropAfterRunning, dropMidReply)).toBeGreaterThan(10);
		expect(patient.figures.waiting).toBe(0);
		await patient.close();
	}, 60_000);
});

describe("opening", () => {
	test("says what is wrong", async () => {
		const error = (url: string) => cloud.open({ connectMs: 500 }, url).catch((reason) => reason);
		expect(await error("sqlitecloud://localhost/x?apikey=")).toMatchObject({ code: "invalid_config" });
		expect(await error(cloud.server.url({ apiKey: "wrong" }))).toMatchObject({ code: "database_refused" });
		cloud.setFaults({ errorFor: afterLogin({ code: 23, message: "not authorized" }) });
		expect(await error(cloud.server.url())).toMatchObject({ code: "database_refused" });
		cloud.setFaults({ refuse: "login" });
		expect(await error(cloud.server.url())).toMatchObject({ code: "database_unreachable" });
	});
});

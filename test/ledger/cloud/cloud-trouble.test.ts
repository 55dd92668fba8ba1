import { Database as Sqlite } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { AppError } from "../../../src/errors.ts";
import { type CloudDatabase, type CloudOptions, openCloud } from "../../../src/ledger/cloud/cloud-database.ts";
import { endingOf, lookFor } from "../../../src/ledger/cloud/commits.ts";
import type { Transaction } from "../../../src/ledger/database.ts";
import { Random } from "../../support/random.ts";
import type { Faults } from "../../support/sqlite-cloud/faults.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";
import { until } from "../../support/until.ts";

const OPTIONS: CloudOptions = {
	maxConnections: 4,
	idleMs: 30_000,
	retry: { attempts: 3, delayMs: 1 },
	note: () => undefined,
};
const COMMIT = /\bcommit$/i;
const LOOK = /as kept$/;
const CODES = [5, 6, 10_006];

let server: CloudServer;
let db: CloudDatabase;

beforeEach(async () => {
	server = await CloudServer.start({ busyMs: 1_000 });
	db = await openCloud(server.url(), OPTIONS);
	await db.batch([
		{ sql: "create table things (id integer primary key, name text) strict", rows: [[]] },
		{ sql: "create table counter (n integer) strict", rows: [[]] },
		{ sql: "insert into counter values (?)", rows: [[0]] },
	]);
	server.resetCounts();
});

afterEach(async () => {
	setFaults({});
	await db.close();
	expect(server.violations).toEqual([]);
	await until("connections close", () => server.connections === 0);
	await server.stop();
});

/** From now on only these. */
function setFaults(faults: Faults): void {
	for (const name of Object.keys(server.faults) as (keyof Faults)[]) delete server.faults[name];
	Object.assign(server.faults, faults);
}

/** Chosen for the first so many requests of which the text fits. */
function first<Value>(times: number, pattern: RegExp, value: Value): (sql: string) => Value | undefined {
	let left = times;
	return (sql) => (pattern.test(sql) && left-- > 0 ? value : undefined);
}

function afterLogin<Value>(value: Value): (sql: string) => Value | undefined {
	return (sql) => (/\bAUTH\b/.test(sql) ? undefined : value);
}

function stored(): { n: number; things: number; open: number } {
	using file = new Sqlite(server.path, { readonly: true });
	const sql = "select n, (select count(*) from things) as things, (select count(*) from commits where at < 0) as open";
	return file.query<{ n: number; things: number; open: number }, []>(`${sql} from counter`).get() as never;
}

let runs = 0;

/** Two trips, and one for the end: what it changes is not the same when it is done twice. */
async function count(tx: Transaction): Promise<number> {
	runs++;
	await tx.batch([{ sql: "insert into things (name) values (?)", rows: [["a"]] }]);
	const row = await tx.get<{ n: number }>("select n from counter");
	await tx.run("update counter set n = ?", [(row?.n ?? 0) + 1]);
	return (row?.n ?? 0) + 1;
}

beforeEach(() => {
	runs = 0;
});

describe("what did not run is tried again:", () => {
	test.each(CODES)("a question that is answered with %p", async (code) => {
		setFaults({ errorFor: first(2, /select n/, { code, message: "not now" }) });
		expect(await db.get<object>("select n from counter")).toEqual({ n: 0 });
		expect(server.injected.errorFor).toBe(2);
	});

	test.each(CODES.flatMap((code) => ["begin", "update", "commit"].map((where) => [code, where] as const)))(
		"a transaction of which %p answers its %s",
		async (code, where) => {
			setFaults({ errorFor: first(2, new RegExp(`\\b${where}\\b`), { code, message: "not now" }) });
			expect(await db.transaction(count)).toBe(1);
			expect(server.injected.errorFor).toBe(2);
			expect(runs).toBe(3);
			expect(stored()).toMatchObject({ n: 1, things: 1 });
		},
	);

	test.each(["handshake", "login"] as const)("what finds no connection at the %s", async (refuse) => {
		const patient = await openCloud(server.url(), { ...OPTIONS, retry: { attempts: 10, delayMs: 10 } });
		setFaults({ refuse });
		server.dropAll();
		const waiting = Promise.all([patient.get<object>("select n from counter"), patient.transaction(count)]);
		await until("a connection is refused", () => server.injected.refuse > 1);
		setFaults({});
		await waiting;
		await patient.close();
		expect(stored()).toMatchObject({ n: 1, things: 1 });
	});

	test("what waited too long for a connection", async () => {
		const single = await openCloud(server.url(), {
			...{ ...OPTIONS, maxConnections: 1, acquireMs: 20 },
			retry: { attempts: 10, delayMs: 10 },
		});
		setFaults({ delayMs: first(1, /select n/, 60) });
		const slow = single.get<object>("select n from counter");
		const other = single.get<object>("select count(*) as things from things");
		const written = single.transaction(count);
		expect(await Promise.all([slow, other, written])).toEqual([{ n: 0 }, { things: 0 }, 1]);
		await single.close();
		expect(stored()).toMatchObject({ n: 1, things: 1 });
	});

	test("but not for ever, and people are told what to do", async () => {
		setFaults({ errorFor: afterLogin({ code: 5, message: "database is locked" }) });
		for (const ask of [() => db.get("select n from counter"), () => db.transaction(count), () => db.run("delete from things")]) {
			const error = await ask().catch((reason) => reason);
			expect(error).toBeInstanceOf(AppError);
			expect(error).toMatchObject({ code: "database_unreachable", hint: expect.stringContaining("again") });
		}
		expect(runs).toBe(4);
	});
});

/** Those that only a deadline ends have a short one. */
const LOSSES: [string, (pattern: RegExp) => Faults, number?][] = [
	["the connection is lost before it runs", (pattern) => ({ dropBefore: first(1, pattern, true) })],
	["the connection is lost after it ran", (pattern) => ({ dropAfterRunning: first(1, pattern, true) })],
	["the connection is lost in the middle of the answer", (pattern) => ({ dropMidReply: first(1, pattern, true) })],
	["there is no answer", (pattern) => ({ silent: first(1, pattern, true) }), 300],
	["the answer is nonsense", (pattern) => ({ garbage: first(1, pattern, true) }), 300],
	["the answer belongs to something else", (pattern) => ({ garbage: first(1, pattern, ":7 ") })],
];

describe.each(LOSSES)("where %s,", (_what, faults, queryMs) => {
	beforeEach(async () => {
		await db.close();
		db = await openCloud(server.url(), queryMs === undefined ? OPTIONS : { ...OPTIONS, queryMs });
		server.resetCounts();
	});

	test("a question is asked again", async () => {
		setFaults(faults(/select n/));
		expect(await db.get<object>("select n from counter")).toEqual({ n: 0 });
	});

	test.each([["its first trip", /begin/], ["its second one", /update/]])(
		"a transaction that loses %s runs again as a whole",
		async (_where, pattern) => {
			setFaults(faults(pattern));
			expect(await db.transaction(count)).toBe(1);
			expect(runs).toBe(2);
			expect(stored()).toMatchObject({ n: 1, things: 1 });
		},
	);

	test("a transaction that loses its commit is there once", async () => {
		setFaults(faults(COMMIT));
		expect(await db.transaction(count)).toBe(1);
		expect(stored()).toMatchObject({ n: 1, things: 1 });
		expect(server.commands.filter((sql) => LOOK.test(sql))).toHaveLength(1);
		// What ran is not run again, though its answer never came.
		expect(runs).toBe(server.faults.dropAfterRunning || server.faults.dropMidReply ? 1 : 2);
	});

	test("a transaction of a single request is there once", async () => {
		setFaults(faults(COMMIT));
		const add = "update counter set n = n + ?";
		await db.batch([{ sql: add, rows: [[1], [10]] }]);
		expect(stored()).toMatchObject({ n: 11 });
		setFaults(faults(COMMIT));
		expect(await db.run(add, [100])).toBe(1);
		expect(stored()).toMatchObject({ n: 111 });
	});

	test("looking for a commit is tried again", async () => {
		for (const dropped of [{ dropBefore: first(1, COMMIT, true) }, { dropAfterRunning: first(1, COMMIT, true) }]) {
			const { n } = stored();
			const look = faults(LOOK);
			const both = (sql: string) =>
				[dropped, look].some((one) => Object.values(one).some((choose) => choose(sql) !== undefined));
			setFaults(Object.keys(look)[0] === Object.keys(dropped)[0] ? { [Object.keys(look)[0] as string]: both } : { ...dropped, ...look });
			expect(await db.transaction(count)).toBe(n + 1);
			expect(stored()).toMatchObject({ n: n + 1, things: n + 1 });
		}
	});

	test("nobody else has to wait for the connection that rolls back", async () => {
		setFaults(faults(/^rollback$/));
		const trouble = new Error("trouble");
		const failing = db.transaction(async (tx) => {
			await count(tx);
			throw trouble;
		});
		expect(await failing.catch((error) => error)).toBe(trouble);
		expect(await db.transaction(count)).toBe(1);
		expect(runs).toBe(2);
		expect(stored()).toMatchObject({ n: 1, things: 1 });
	});
});

describe("a commit of which nothing can be found out", () => {
	test("is told so, and is not tried again by itself", async () => {
		setFaults({ dropAfterRunning: (sql) => COMMIT.test(sql), dropBefore: (sql) => LOOK.test(sql) });
		const error = await db.transaction(count).catch((reason) => reason);
		expect(error).toBeInstanceOf(AppError);
		expect(error).toMatchObject({ code: "database_unreachable", message: expect.stringContaining("whether") });
		expect(runs).toBe(1);
		expect(server.injected.dropBefore).toBe(4);
	});

	test("is kept by no late arrival once it was looked for in vain", () => {
		using file = new Sqlite(":memory:", { safeIntegers: false });
		file.run("create table commits (id text primary key, at integer not null)");
		const look = (id: string) => {
			const { sql, parameters } = lookFor(id);
			return file.query<{ kept: number }, string[]>(sql).get(...(parameters as string[]));
		};
		const end = (id: string) => {
			for (const { sql, parameters } of endingOf(id)) {
				if (sql !== "commit") file.query(sql).run(...(parameters as string[]));
			}
		};
		end("kept");
		expect([look("kept"), look("lost"), look("lost"), look("kept")]).toEqual([1, 0, 0, 1].map((kept) => ({ kept })));
		expect(() => end("lost")).toThrow("UNIQUE");
	});

	test("leaves its id for an hour", () => {
		using file = new Sqlite(":memory:");
		file.run("create table commits (id text primary key, at integer not null)");
		file.run("insert into commits select 'old ' || value, iif(value % 2, 1, -1) * (unixepoch() - 4000) from json_each('[1,2,3,4,5]')");
		file.run("insert into commits values ('young', unixepoch() - 3000), ('sought', 3000 - unixepoch())");
		for (let i = 0; i < 9; i++) {
			for (const { sql, parameters } of endingOf(`new ${i}`)) {
				if (sql !== "commit") file.query(sql).run(...(parameters as string[]));
			}
		}
		const left = file.query<{ id: string }, []>("select id from commits where id not like 'new%' order by id").all();
		expect(left).toEqual([{ id: "sought" }, { id: "young" }]);
	});
});

describe("what would fail again is not tried again:", () => {
	test("a wrong statement, a constraint, an error of the work itself", async () => {
		await db.run("create unique index one_name on things (name)");
		server.resetCounts();
		const errors = [
			await db.transaction(count).then(() => db.transaction(count)).catch((error) => error),
			await db.run("insert into nowhere values (1)").catch((error) => error),
			await db.all("select nope from counter").catch((error) => error),
		];
		expect(errors.map((error) => error.message)).toEqual([
			"UNIQUE constraint failed: things.name",
			"no such table: nowhere",
			"no such column: nope",
		]);
		expect(runs).toBe(2);
	});

	test("what is not allowed", async () => {
		setFaults({ errorFor: afterLogin({ code: 10_004, message: "no right to it" }) });
		const error = await db.transaction(count).catch((reason) => reason);
		expect(error).toMatchObject({ name: "AppError", code: "database_refused" });
		expect(runs).toBe(1);
	});

	test("a lost connection of which the work makes an error of its own is one nevertheless", async () => {
		setFaults({ dropBefore: first(1, /update/, true) });
		const work = db.transaction(async (tx) => {
			try {
				return await count(tx);
			} catch {
				throw new Error("something went wrong");
			}
		});
		expect(await work).toBe(1);
		expect(stored()).toMatchObject({ n: 1, things: 1 });
	});
});

describe("under drops everywhere", () => {
	test("200 increments of 8 callers come to 200", async () => {
		const patient = await openCloud(server.url(), { ...OPTIONS, retry: { attempts: 30, delayMs: 1 } });
		const random = new Random(20);
		const sometimes = (sql: string) => !/AUTH/.test(sql) && random.next() < 0.05;
		setFaults({ dropBefore: sometimes, dropAfterRunning: sometimes, dropMidReply: sometimes });
		const results: number[] = [];
		const caller = async () => {
			for (let i = 0; i < 25; i++) {
				results.push(await patient.transaction(count));
				await patient.all("select name from things where id = ?", [i]);
			}
		};
		await Promise.all(Array.from({ length: 8 }, caller));
		setFaults({});
		expect(stored()).toMatchObject({ n: 200, things: 200 });
		expect(results.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
		const { dropBefore, dropAfterRunning, dropMidReply } = server.injected;
		expect(Math.min(dropBefore, dropAfterRunning, dropMidReply)).toBeGreaterThan(10);
		expect(patient.figures.waiting).toBe(0);
		await patient.close();
	}, 60_000);
});

describe("opening", () => {
	test("makes the table of commits once, and says what is wrong", async () => {
		const error = async (url: string) => openCloud(url, { ...OPTIONS, connectMs: 500 }).catch((reason) => reason);
		expect(await error("sqlitecloud://localhost/x?apikey=")).toMatchObject({ code: "invalid_config" });
		expect(await error(server.url({ apiKey: "wrong" }))).toMatchObject({ code: "database_refused" });
		setFaults({ errorFor: afterLogin({ code: 23, message: "not authorized" }) });
		expect(await error(server.url())).toMatchObject({ code: "database_refused" });
		setFaults({ refuse: "login" });
		expect(await error(server.url())).toMatchObject({ code: "database_unreachable" });
	});
});

import { Database as Sqlite } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { AppError } from "../../../src/errors.ts";
import { endingOf, lookFor } from "../../../src/ledger/cloud/commits.ts";
import { CloudCounter, first } from "../../support/cloud-counter.ts";
import type { Faults } from "../../support/sqlite-cloud/faults.ts";

const COMMIT = /\bcommit$/i;
const LOOK = /as kept$/;

let cloud: CloudCounter;

beforeEach(async () => {
	cloud = await CloudCounter.start();
});

afterEach(() => cloud.stop());

/** What gets lost, by which fault, and how long an answer is waited for where nothing else ends the waiting, in ms. */
const LOSSES: [string, keyof Faults, boolean | string, number?][] = [
	["the connection is lost before it runs", "dropBefore", true],
	["the connection is lost after it ran", "dropAfterRunning", true],
	["the connection is lost in the middle of the answer", "dropMidReply", true],
	["there is no answer", "silent", true, 300],
	["the answer is nonsense", "garbage", true, 300],
	["the answer belongs to something else", "garbage", ":7 "],
];

describe.each(LOSSES)("where %s,", (_what, fault, value, queryMs) => {
	const hasRun = fault === "dropAfterRunning" || fault === "dropMidReply";

	beforeEach(() => (queryMs === undefined ? undefined : cloud.reopen({ queryMs })));

	/** Of the first so many requests whose text fits. */
	function lose(pattern: RegExp, times = 1): void {
		cloud.setFaults({ [fault]: first(times, pattern, value) });
	}

	test("a question is asked again", async () => {
		lose(/select n/);
		expect(await cloud.db.get<object>("select n from counter")).toEqual({ n: 0 });
	});

	test.each([
		["its first trip", /begin/],
		["its second one", /update/],
	])("a transaction that loses %s runs again as a whole", async (_where, pattern) => {
		lose(pattern);
		expect(await cloud.db.transaction(cloud.count)).toBe(1);
		expect(cloud.runs).toBe(2);
		expect(cloud.stored()).toEqual({ n: 1, things: 1 });
	});

	test("a transaction that loses its commit is there once", async () => {
		lose(COMMIT);
		expect(await cloud.db.transaction(cloud.count)).toBe(1);
		expect(cloud.stored()).toEqual({ n: 1, things: 1 });
		expect(cloud.server.commands.filter((sql) => LOOK.test(sql))).toHaveLength(1);
		// What ran is not run again, though its answer never came.
		expect(cloud.runs).toBe(hasRun ? 1 : 2);
	});

	test("a transaction of a single request is there once", async () => {
		lose(COMMIT);
		const add = "update counter set n = n + ?";
		await cloud.db.batch([{ sql: add, rows: [[1], [10]] }]);
		expect(cloud.stored()).toMatchObject({ n: 11 });
		lose(COMMIT);
		expect(await cloud.db.run(add, [100])).toBe(1);
		expect(cloud.stored()).toMatchObject({ n: 111 });
	});

	test("looking for a commit is tried again", async () => {
		lose(/\bcommit$|as kept$/, 2);
		expect(await cloud.db.transaction(cloud.count)).toBe(1);
		expect(cloud.runs).toBe(hasRun ? 1 : 2);
		expect(cloud.stored()).toEqual({ n: 1, things: 1 });
		expect(cloud.server.injected[fault]).toBe(2);
	});

	test("nobody else has to wait for the connection that rolls back", async () => {
		lose(/^rollback$/);
		const trouble = new Error("trouble");
		const failing = cloud.db.transaction(async (tx) => {
			await cloud.count(tx);
			throw trouble;
		});
		expect(await failing.catch((error) => error)).toBe(trouble);
		expect(await cloud.db.transaction(cloud.count)).toBe(1);
		expect(cloud.runs).toBe(2);
		expect(cloud.stored()).toEqual({ n: 1, things: 1 });
	});
});

describe("a commit of which nothing can be found out", () => {
	test("is told so, and is not tried again by itself", async () => {
		cloud.setFaults({ dropAfterRunning: (sql) => COMMIT.test(sql), dropBefore: (sql) => LOOK.test(sql) });
		const error = await cloud.db.transaction(cloud.count).catch((reason) => reason);
		expect(error).toBeInstanceOf(AppError);
		expect(error).toMatchObject({
			code: "database_unreachable",
			message: expect.stringContaining("whether"),
		});
		expect(cloud.runs).toBe(1);
		expect(cloud.server.injected.dropBefore).toBe(4);
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
		expect([look("kept"), look("lost"), look("lost"), look("kept")]).toEqual(
			[1, 0, 0, 1].map((kept) => ({ kept })),
		);
		expect(() => end("lost")).toThrow("UNIQUE");
	});

	test("leaves its id for an hour", () => {
		using file = new Sqlite(":memory:");
		file.run("create table commits (id text primary key, at integer not null)");
		file.run(
			"insert into commits select 'old ' || value, iif(value % 2, 1, -1) * (unixepoch() - 4000) from json_each('[1,2,3,4,5]')",
		);
		file.run("insert into commits values ('young', unixepoch() - 3000), ('sought', 3000 - unixepoch())");
		for (let i = 0; i < 9; i++) {
			for (const { sql, parameters } of endingOf(`new ${i}`)) {
				if (sql !== "commit") file.query(sql).run(...(parameters as string[]));
			}
		}
		const left = file
			.query<{ id: string }, []>("select id from commits where id not like 'new%' order by id")
			.all();
		expect(left).toEqual([{ id: "sought" }, { id: "young" }]);
	});
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type CloudDatabase, openCloud } from "../../../src/ledger/cloud/cloud-database.ts";
import type { Reader, Value } from "../../../src/ledger/database.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";

let server: CloudServer;
let db: CloudDatabase;

beforeAll(async () => {
	server = await CloudServer.start();
	db = await openCloud(server.url(), {
		maxConnections: 4,
		idleMs: 30_000,
		retry: { attempts: 2, delayMs: 1 },
		note: () => undefined,
	});
	await db.run("create table things (id integer primary key, name text, size integer, weight real) strict");
	await db.batch([
		{
			sql: "insert into things (name, size, weight) values (?, ?, ?)",
			rows: Array.from({ length: 300 }, (_, i) => [`thing ${(i * 7919) % 300}`, (i * 31) % 97, null]),
		},
	]);
});

afterAll(async () => {
	await db.close();
	expect(server.violations).toEqual([]);
	await server.stop();
});

beforeEach(() => server.resetCounts());

const NAMED = "select name, size from things where size > ? order by size, id limit ?";

/** Asks once, so that the text is known, and then counts anew. */
async function warm(...texts: [string, Value[]][]): Promise<void> {
	for (const [sql, parameters] of texts) await db.all(sql, parameters);
	server.resetCounts();
}

describe("questions of one turn", () => {
	test("are one trip once their texts are known, and each gets its own rows", async () => {
		await warm([NAMED, [0, 1]]);
		const asked = Array.from({ length: 10 }, (_, i) => db.all<{ size: number }>(NAMED, [i * 5, i]));
		const answers = await Promise.all(asked);
		expect(server.roundTrips).toBe(1);
		expect(answers.map((rows) => rows.length)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
		for (const [i, rows] of answers.entries()) expect(rows.every(({ size }) => size > i * 5)).toBe(true);
	});

	test("are one trip also when functions lie between who asks and who needs the answers", async () => {
		await warm([NAMED, [0, 1]], ["select count(*) as n from things", []]);
		const report = async (depth: number): Promise<unknown> => {
			if (depth > 0) return report(depth - 1);
			await undefined;
			return db.all(NAMED, [1, 1]);
		};
		const twice = async () => [await report(7), await report(3)];
		const count = async () => {
			await db.get("select count(*) as n from things");
			return db.get("select count(*) as n from things");
		};
		await Promise.all([twice(), report(0), count()]);
		expect(server.roundTrips).toBe(2);
	});

	test("go alone while their columns are not known, beside those that are", async () => {
		await warm([NAMED, [0, 1]]);
		const fresh = "select id as fresh from things order by id limit 1";
		const answers = await Promise.all([
			db.all(NAMED, [96, 1]),
			db.get<object>(fresh),
			db.all(NAMED, [96, 1]),
		]);
		expect(answers).toEqual([[], { fresh: 1 }, []]);
		expect(server.roundTrips).toBe(2);
	});

	test("are several trips where one would hold too much", async () => {
		await warm([NAMED, [0, 1]], ["select length(?) as n", [""]]);
		await Promise.all(Array.from({ length: 120 }, () => db.all(NAMED, [1, 1])));
		expect(server.roundTrips).toBe(3);
		server.resetCounts();
		const long = "x".repeat(400_000);
		const lengths = await Promise.all([1, 2, 3].map(() => db.get<object>("select length(?) as n", [long])));
		expect(lengths).toEqual([{ n: 400_000 }, { n: 400_000 }, { n: 400_000 }]);
		expect(server.roundTrips).toBe(2);
	});

	test("fail alone: who asked something else gets an answer", async () => {
		const wrong = "select cast(1 as integer) as one where ? = json_extract('{', ?)";
		const one = "select 1 as one where ? = ?";
		await warm([NAMED, [0, 1]], [one, [1, 1]]);
		await db.all(wrong, [1, "$"]).catch(() => undefined);
		const answers = await Promise.allSettled([
			db.all(NAMED, [96, 1]),
			db.all(wrong, [1, "$"]),
			db.all(one, [1, 1]),
		]);
		expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
	});

	test("of which one fails only now and then leave the others their answers", async () => {
		// Fine for an object, wrong for anything that is no JSON.
		const delicate = "select json_extract(?, '$.a') as a";
		await warm([NAMED, [0, 1]], [delicate, ['{"a":1}']]);
		const [rows, failed, found] = await Promise.all([
			db.all(NAMED, [96, 1]),
			db.all(delicate, ["{"]).catch((error: Error) => error.message),
			db.get<object>(delicate, ['{"a":"b"}']),
		]);
		expect(rows).toEqual([]);
		expect(failed).toContain("malformed JSON");
		expect(found).toEqual({ a: "b" });
	});
});

describe("an answer is the same together as alone:", () => {
	/** What is not known yet is asked plainly; asked again, it is a value among others. */
	async function expectSame(sql: string, parameters: Value[] = []): Promise<void> {
		const plainly = await db.all<object>(sql, parameters);
		const [together, first] = await Promise.all([
			db.all<object>(sql, parameters),
			db.get<object>(sql, parameters),
			db.all(NAMED, [0, 1]),
		]);
		expect(together).toEqual(plainly);
		expect(first).toEqual(plainly[0]);
		expect(together.map((row) => Object.keys(row))).toEqual(plainly.map((row) => Object.keys(row)));
	}

	test.each<[string, string, Value[]]>([
		["rows in their order", "select id, name from things order by size desc, name limit 250", []],
		[
			"rows in their order without a limit",
			"select name, id from things order by weight is null, size, id desc",
			[],
		],
		["rows of a union", "select 2 as n union all select 1 union all select 3 order by n desc", []],
		[
			"rows of a with clause",
			"with few as (select id from things limit 3) select id as few from few order by id",
			[],
		],
		["no rows", "select id, name from things where id < ?", [0]],
		["a comment at the end and a semicolon", "select 1 as one -- the first; and only", []],
		["a comment before", "-- a question\n/* of two */ select 7 as seven;", []],
		["names that need quoting", `select 1 as "a b", 2 as "c""d", 3 as "select", 4 as "e'f"`, []],
		["columns without a name of their own", "select count(*), max(size), 'x' || ? from things", ["y"]],
		[
			"NUL, quotes and characters of every plane",
			"select ? as a, ? as b",
			["a\0b\u0001'\"\\", "é日本😀\u{10ffff}\u2028"],
		],
		["nothing beside an empty text", "select null as none, '' as empty", []],
		["large integers", "select ? as large, ? as small, 1 as one", [2n ** 63n - 1n, -(2n ** 53n) - 1n]],
		["the largest safe integer", "select ? as large", [Number.MAX_SAFE_INTEGER]],
		["fractions", "select 0.1 + 0.2 as a, 1.0 / 3 as b, 5.0 as c, 1e300 as d", []],
		[
			"JSON, which is a text",
			"select json_array(1, 'a') as list, json_quote('x') as quoted, json('1') as one",
			[],
		],
		[
			"JSON of a subquery",
			"select (select json_group_array(id) from (select id from things limit 3)) as ids",
			[],
		],
		["all columns", "select * from things order by id limit 2", []],
		["a text that only seems to change something", "select 'insert into things' as warning", []],
	])("%s", (_what, sql, parameters) => expectSame(sql, parameters));

	test("a text that JSON tells wrongly is asked plainly from then on", async () => {
		const sql = "select 1.5 as half";
		await warm([sql, []]);
		await db.all(sql);
		expect(server.roundTrips).toBe(2);
		await db.all(sql);
		expect(server.roundTrips).toBe(3);
	});

	test("the columns of a table that has got another one since", async () => {
		await db.run("create table growing (a integer)");
		await db.run("insert into growing values (1)");
		const sql = "select g.* from growing as g";
		expect(await db.all<object>(sql)).toEqual([{ a: 1 }]);
		const nested = "with g as (select * from growing) select * from g";
		expect(await db.all<object>(nested)).toEqual([{ a: 1 }]);
		await db.run("alter table growing add column b integer");
		expect(await Promise.all([db.all<object>(sql), db.all<object>(nested)])).toEqual([
			[{ a: 1, b: null }],
			[{ a: 1, b: null }],
		]);
	});
});

describe("what is no question keeps its place:", () => {
	test("a statement that changes and gives rows, between two that ask", async () => {
		const size = "select size from things where id = 1";
		await warm([size, []]);
		const sizes = await db.transaction((tx: Reader) =>
			Promise.all([
				tx.get<object>(size),
				tx.get<object>("update things set size = size + 1000 where id = 1 returning size"),
				tx.get<object>(size),
			]),
		);
		const [before, changed, after] = sizes as { size: number }[];
		expect(changed?.size).toBe((before?.size ?? 0) + 1000);
		expect(after).toEqual(changed);
		const returning = "with one as (select 1 as id) update things set size = 0 where id = 1 returning size";
		expect(await db.get<object>(returning)).toEqual({ size: 0 });
		expect(await db.all<object>("pragma user_version")).toEqual([{ user_version: 0 }]);
	});
});

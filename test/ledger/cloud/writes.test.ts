import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { CloudDatabase } from "../../../src/ledger/cloud/cloud-database.ts";
import type { Value } from "../../../src/ledger/database.ts";
import { insertRows } from "../../../src/ledger/row-batches.ts";
import { closeThings, INSERT, inserting, openThings, storedAt } from "../../support/cloud-things.ts";
import type { CloudServer } from "../../support/sqlite-cloud/server.ts";

let server: CloudServer;
let db: CloudDatabase;

beforeEach(async () => {
	({ server, db } = await openThings());
});

afterEach(() => closeThings({ server, db }));

function stored<Row>(sql: string): Row[] {
	return storedAt<Row>(server, sql);
}

describe("a list", () => {
	test("holds what rows hold, large integers, fractions and halves of characters among it", async () => {
		await db.run("create table kept (text text, whole integer, part real) strict");
		const rows: Value[][] = [
			["é日本😀'\"\\\n", 2n ** 63n - 1n, 0.1],
			[null, -(2n ** 63n), 1e-300],
			["", 2n ** 53n + 1n, -2],
			["half \ud83d of two", 0, -0.0],
		];
		const columns = ["text", "whole", "part"];
		await db.batch([insertRows("kept", columns, rows)]);
		expect(server.commands.at(-1)).toContain("json_each");
		const listed = await db.all<object>("select text, whole, part from kept order by rowid");
		await db.run("delete from kept");
		for (const row of rows) await db.batch([insertRows("kept", columns, [row])]);
		expect(listed).toEqual(await db.all<object>("select text, whole, part from kept order by rowid"));
		expect(listed).toHaveLength(4);
	});

	test("goes row by row where a text holds NUL, which ends a text in SQLite's JSON", async () => {
		await db.batch([
			inserting([
				["a\0b", 1],
				["c", 2],
			]),
		]);
		expect(server.roundTrips).toBe(1);
		expect(await db.all<object>("select name from things order by id")).toEqual([
			{ name: "a\0b" },
			{ name: "c" },
		]);
	});

	test("may be made of one array, used again for each row", async () => {
		function* rows() {
			const row: Value[] = ["", 0];
			for (let i = 0; i < 3; i++) {
				row[0] = `thing ${i}`;
				row[1] = i;
				yield row;
			}
		}
		await db.batch([{ ...inserting([]), rows: rows() }]);
		await db.batch([{ sql: "update things set name = name || ? where size = ?", rows: rows() }]);
		expect(stored("select name from things order by id")).toEqual(
			[0, 1, 2].map((i) => ({ name: `thing ${i}thing ${i}` })),
		);
	});

	test("that is long is split so that no request is too large", async () => {
		const name = "x".repeat(1_000);
		const rows = Array.from({ length: 2_000 }, (_, i): Value[] => [`${name}${i}`, i]);
		await db.batch([inserting(rows)]);
		// Of 512 KB each: two do not fit into one request.
		expect(server.roundTrips).toBe(4);
		expect(stored("select count(*) as n, sum(size) as size from things")).toEqual([
			{ n: 2_000, size: 1_999_000 },
		]);
	});

	test("without a form for lists goes in requests of at most 500 parameters", async () => {
		const rows = Array.from({ length: 600 }, (_, i): Value[] => [`thing ${i}`, i]);
		await db.transaction(async (tx) => {
			await tx.batch([{ sql: INSERT, rows }]);
			expect(await tx.get<object>("select count(*) as n from things")).toEqual({ n: 600 });
		});
		expect(server.roundTrips).toBe(4);
		for (const sql of server.commands) expect(sql.split("?").length - 1).toBeLessThanOrEqual(500);
	});

	test.each<[string, unknown]>([
		["not a number", Number.NaN],
		["an infinite number", Number.POSITIVE_INFINITY],
		["a truth value", true],
		["nothing at all", undefined],
		["an integer that is not exact", 2 ** 60],
		["an integer of more than 64 bits", 2n ** 64n],
	])("with %s is refused before anything is sent", async (_what, value) => {
		const rows = [
			["a", 1],
			["b", value],
		] as Value[][];
		expect(await db.batch([inserting(rows)]).catch((error) => error)).toBeInstanceOf(TypeError);
		expect(await db.run(INSERT, ["a", value as Value]).catch((error) => error)).toBeInstanceOf(TypeError);
		expect(await db.all("select ? as it", [value as Value]).catch((error) => error)).toBeInstanceOf(
			TypeError,
		);
		expect(server.roundTrips).toBe(0);
	});
});

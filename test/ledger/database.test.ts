import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database, Value } from "../../src/ledger/database.ts";
import { DRIVERS, stopServers } from "../support/ledger-drivers.ts";

afterAll(stopServers);

/**
 * What a work fails with, as a text; empty if it does not. It is waited for outside of `expect`, which runs the event
 * loop inside of itself, and a server with it that may be in this process.
 */
function failureOf(work: Promise<unknown>): Promise<string> {
	return work.then(() => "", String);
}

describe.each(Object.entries(DRIVERS))("a database in %s", (_name, open) => {
	let folder: string;
	let db: Database;

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "promptpulse-"));
		db = await open(folder);
	});

	afterAll(async () => {
		await db.close();
		rmSync(folder, { recursive: true, force: true });
	});

	beforeEach(async () => {
		await db.run("drop table if exists things");
		await db.run("create table things (id integer primary key, name text, size integer) strict");
	});

	function names(): Promise<string[]> {
		return db
			.all<{ name: string }>("select name from things order by id")
			.then((rows) => rows.map((row) => row.name));
	}

	const INSERT = "insert into things (name, size) values (?, ?)";

	describe("answers", () => {
		beforeEach(async () => {
			await db.run(`${INSERT}, (?, ?), (?, ?)`, ["a", 1, "b", 2, "c", 3]);
		});

		test("all with every row in order, columns by their names", async () => {
			expect(await db.all<object>("select name, size * 2 as twice from things order by id desc")).toEqual([
				{ name: "c", twice: 6 },
				{ name: "b", twice: 4 },
				{ name: "a", twice: 2 },
			]);
			expect(await db.all("select name from things where size > ?", [3])).toEqual([]);
		});

		test("get with the first row, or undefined", async () => {
			expect(await db.get<object>("select name from things order by id")).toEqual({ name: "a" });
			expect(await db.get("select name from things where size > ?", [3])).toBeUndefined();
		});

		test("by parameters in their order", async () => {
			const sql = "select name from things where size between ? and ? order by id";
			expect(await db.all<object>(sql, [2, 3])).toEqual([{ name: "b" }, { name: "c" }]);
			expect(await db.all(sql, [3, 2])).toEqual([]);
		});

		test("run with the number of rows changed", async () => {
			expect(await db.run("update things set size = 0 where size > ?", [1])).toBe(2);
			expect(await db.run("update things set size = 0 where size > ?", [1])).toBe(0);
			expect(await db.run("delete from things")).toBe(3);
		});

		test("with an error that names what is wrong in the statement", async () => {
			expect(await failureOf(db.all("select * from nothing"))).toContain("nothing");
			expect(await failureOf(db.run("insert into things (nope) values (1)"))).toContain("nope");
		});
	});

	describe("keeps", () => {
		test.each<[string, Value]>([
			["nothing", null],
			["an empty text, which is not nothing", ""],
			["NUL in a text", "a\0b"],
			["characters of every plane", "é 日本 😀 \u{10ffff}"],
			["quotes, semicolons and line breaks", `'"; drop table things; --\r\n\u2028`],
		])("%s", async (_what, name) => {
			await db.run(INSERT, [name, 0]);
			expect(await db.get<object>("select name from things")).toEqual({ name });
			expect(await db.all<object>("select size from things where name is ?", [name])).toEqual([{ size: 0 }]);
		});

		test.each<[Value, Value]>([
			[0, 0],
			[-1, -1],
			[2 ** 31, 2 ** 31],
			[5n, 5],
			[Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
			[Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
			[2n ** 53n, 2n ** 53n],
			[2n ** 53n + 1n, 2n ** 53n + 1n],
			[-(2n ** 53n) - 1n, -(2n ** 53n) - 1n],
			[2n ** 63n - 1n, 2n ** 63n - 1n],
			[-(2n ** 63n), -(2n ** 63n)],
		])("the integer %p as %p, exactly", async (size, expected) => {
			await db.run(INSERT, ["a", size]);
			expect((await db.get<{ size: Value }>("select size from things"))?.size).toBe(expected);
			expect((await db.all<{ size: Value }>("select size from things where size = ?", [size]))[0]?.size).toBe(
				expected,
			);
		});

		test("a sum beyond 2^53 exact", async () => {
			await db.batch([
				{
					sql: INSERT,
					rows: [
						["a", Number.MAX_SAFE_INTEGER],
						["b", 2],
					],
				},
			]);
			expect(await db.get<object>("select sum(size) as sum from things")).toEqual({ sum: 2n ** 53n + 1n });
		});

		test("nothing that does not fit its column", async () => {
			expect(await failureOf(db.run(INSERT, ["a", "many"]))).not.toBe("");
			expect(await failureOf(db.run(INSERT, ["a", 1.5]))).not.toBe("");
			expect(await names()).toEqual([]);
		});
	});

	describe("a batch", () => {
		test("runs each statement for each of its rows, in order", async () => {
			await db.batch([
				{
					sql: INSERT,
					rows: [
						["a", 1],
						["b", 2],
					],
				},
				{ sql: "update things set name = name || ?", rows: [["x"], ["y"]] },
				{ sql: "delete from things", rows: [] },
			]);
			expect(await names()).toEqual(["axy", "bxy"]);
		});

		test("is written as a whole or not at all", async () => {
			const rows = [
				["a", 1],
				["b", "many"],
			];
			const writing = db.batch([
				{ sql: INSERT, rows: [["z", 0]] },
				{ sql: INSERT, rows },
			]);
			expect(await failureOf(writing)).not.toBe("");
			expect(await names()).toEqual([]);
		});

		test("may hold nothing", async () => {
			await db.batch([]);
			expect(await names()).toEqual([]);
		});
	});

	describe("a transaction", () => {
		test("gives what its work gives, and sees what it wrote", async () => {
			const seen = await db.transaction(async (tx) => {
				await tx.run(INSERT, ["a", 1]);
				await tx.batch([{ sql: INSERT, rows: [["b", 2]] }]);
				const raised = await tx.get<object>("update things set size = size + 10 where id = 1 returning size");
				expect(raised).toEqual({ size: 11 });
				return tx.all<object>("select name, size from things order by id");
			});
			expect(seen).toEqual([
				{ name: "a", size: 11 },
				{ name: "b", size: 2 },
			]);
			expect(await names()).toEqual(["a", "b"]);
		});

		test("leaves nothing behind when its work fails, and hands on the very error", async () => {
			const trouble = new Error("trouble");
			const work = db.transaction(async (tx) => {
				await tx.run(INSERT, ["a", 1]);
				await tx.run("create table more (id integer)");
				throw trouble;
			});
			expect(await work.catch((error) => error)).toBe(trouble);
			expect(await names()).toEqual([]);
			expect(await failureOf(db.all("select * from more"))).toContain("more");
		});

		test("leaves nothing behind when a statement fails", async () => {
			const work = db.transaction(async (tx) => {
				await tx.run(INSERT, ["a", 1]);
				await tx.run(INSERT, ["b", "many"]);
			});
			expect(await failureOf(work)).not.toBe("");
			expect(await names()).toEqual([]);
		});

		test("can be had again after one that failed", async () => {
			await db.transaction((tx) => tx.run("nonsense")).catch(() => undefined);
			await db.transaction((tx) => tx.run(INSERT, ["a", 1]));
			expect(await names()).toEqual(["a"]);
		});

		test("never has another one's work between its own", async () => {
			await db.run(INSERT, ["counter", 0]);
			const increment = () =>
				db.transaction(async (tx) => {
					const row = await tx.get<{ size: number }>("select size from things");
					await Bun.sleep(0);
					await tx.run("update things set size = ?", [(row?.size ?? 0) + 1]);
				});
			await Promise.all(Array.from({ length: 20 }, increment));
			expect(await db.get<object>("select size from things")).toEqual({ size: 20 });
		});

		test("does not take others' writes back with its own", async () => {
			const { started, finish, done } = heldTransaction();
			await started;
			const beside = db.run(INSERT, ["beside", 1]);
			finish(new Error("trouble"));
			expect(await done.catch((error) => error)).toEqual(new Error("trouble"));
			expect(await beside).toBe(1);
			expect(await names()).toEqual(["beside"]);
		});

		test("is seen by readers beside it as a whole or not at all", async () => {
			const { started, finish, done } = heldTransaction();
			await started;
			const beside = names();
			await Bun.sleep(0);
			finish();
			await done;
			expect([[], ["first", "second"]]).toContainEqual(await beside);
			expect(await names()).toEqual(["first", "second"]);
		});

		/** A transaction that has written once and writes again when it is told to go on. */
		function heldTransaction() {
			const half = Promise.withResolvers<void>();
			const go = Promise.withResolvers<void>();
			const done = db.transaction(async (tx) => {
				await tx.run(INSERT, ["first", 1]);
				half.resolve();
				await go.promise;
				await tx.run(INSERT, ["second", 2]);
			});
			const finish = (error?: Error) => (error ? go.reject(error) : go.resolve());
			return { started: half.promise, finish, done };
		}
	});

	describe("inside a transaction, the database itself", () => {
		test.each<[string, (db: Database) => Promise<unknown>]>([
			["another transaction", (inner) => inner.transaction(async () => undefined)],
			["a write", (inner) => inner.run("delete from things")],
			["a batch", (inner) => inner.batch([{ sql: "delete from things", rows: [[]] }])],
			["a question", (inner) => inner.all("select name from things")],
			["closing", (inner) => inner.close()],
		])("refuses %s at once, for it would wait for itself", async (_what, use) => {
			const outer = db.transaction(async (tx) => {
				await tx.run(INSERT, ["a", 1]);
				await use(db);
			});
			expect(await failureOf(outer)).toContain("inside a transaction");
			expect(await names()).toEqual([]);
		});

		test("is there again for what was begun inside and goes on after it", async () => {
			const ended = Promise.withResolvers<void>();
			const later = await db.transaction(async (tx) => {
				await tx.run(INSERT, ["a", 1]);
				return { names: ended.promise.then(names) };
			});
			ended.resolve();
			expect(await later.names).toEqual(["a"]);
		});
	});

	test("closing waits for the work before it, and then there is nothing to ask", async () => {
		const other = await open(mkdtempSync(join(folder, "other-")));
		const writing = other.transaction(async (tx) => {
			await tx.run("create table things (id integer)");
			await Bun.sleep(0);
			return tx.run("insert into things values (1), (2)");
		});
		await other.close();
		expect(await writing).toBe(2);
		expect(await failureOf(other.all("select 1"))).not.toBe("");
		expect(await failureOf(other.run("delete from things"))).not.toBe("");
	});
});

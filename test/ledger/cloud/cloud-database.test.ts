import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type CloudDatabase, openCloud } from "../../../src/ledger/cloud/cloud-database.ts";
import { closeThings, INSERT, inserting, OPTIONS, openThings, storedAt } from "../../support/cloud-things.ts";
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

describe("a transaction", () => {
	test("is two trips for three batches, two questions of one turn, and its end", async () => {
		await db.all("select count(*) as n from things");
		await db.all("select sum(size) as size from things");
		server.resetCounts();
		const found = await db.transaction(async (tx) => {
			await tx.batch([{ sql: INSERT, rows: [["a", 1]] }]);
			await tx.batch([
				inserting([
					["b", 2],
					["c", 3],
				]),
			]);
			await tx.batch([{ sql: "update things set size = size * ?", rows: [[2], [5]] }]);
			return Promise.all([
				tx.get<object>("select count(*) as n from things"),
				tx.get<object>("select sum(size) as size from things"),
			]);
		});
		expect(found).toEqual([{ n: 3 }, { size: 60 }]);
		expect(server.roundTrips).toBe(2);
	});

	test("is one trip where it only writes, and none where it does nothing", async () => {
		await db.batch([
			inserting([
				["a", 1],
				["b", 2],
			]),
		]);
		expect(server.roundTrips).toBe(1);
		expect(await db.transaction(async () => "done")).toBe("done");
		await db.batch([]);
		expect(server.roundTrips).toBe(1);
		expect(stored("select name, size from things order by id")).toEqual([
			{ name: "a", size: 1 },
			{ name: "b", size: 2 },
		]);
	});

	test("leaves no id where it only asked", async () => {
		const before = stored("select id from commits");
		await db.transaction((tx) => tx.all("select name from things"));
		expect(stored("select id from commits")).toEqual(before);
	});

	test("asks and writes in the order it was told to", async () => {
		const seen = await db.transaction(async (tx) => {
			const counts: Promise<{ n: number } | undefined>[] = [];
			for (const name of ["a", "b", "c"]) {
				void tx.batch([{ sql: INSERT, rows: [[name, 1]] }]);
				counts.push(tx.get<{ n: number }>("select count(*) as n from things"));
				counts.push(tx.get<{ n: number }>("select count(*) as n from things where name = ?", [name]));
			}
			const last = tx.run("update things set size = 2");
			return [...(await Promise.all(counts)).map((row) => row?.n), await last];
		});
		expect(seen).toEqual([1, 1, 2, 1, 3, 1, 3]);
	});

	test("keeps what was asked and never waited for", async () => {
		await db.transaction(async (tx) => {
			void tx.run(INSERT, ["a", 1]);
			void tx.all("select name from things");
		});
		expect(stored("select name from things")).toEqual([{ name: "a" }]);
	});

	test("goes on after a statement that failed and was expected to", async () => {
		await db.run(INSERT, ["a", 1]);
		const attempts: number[] = [];
		const failed = await db.transaction(async (tx) => {
			attempts.push(attempts.length);
			await tx.batch([{ sql: INSERT, rows: [["b", 1]] }]);
			const error = await tx.run(INSERT, ["a", 1]).catch((reason: Error) => reason);
			await tx.run(INSERT, ["c", 1]);
			return error;
		});
		expect(String(failed)).toContain("UNIQUE constraint failed");
		expect(stored("select name from things order by id")).toEqual([
			{ name: "a" },
			{ name: "b" },
			{ name: "c" },
		]);
		// Sent together first, and once more one by one, when the work had gone on after the error.
		expect(attempts).toEqual([0, 1]);
	});

	test("is not kept where a batch failed, whatever its work makes of it", async () => {
		const work = db.transaction(async (tx) => {
			await tx.batch([
				inserting([
					["a", 1],
					["a", 2],
				]),
			]);
			await tx.all("select name from things").catch(() => undefined);
			return "fine";
		});
		expect(String(await work.catch((error: Error) => error.message))).toContain("UNIQUE constraint failed");
		expect(stored("select name from things")).toEqual([]);
	});

	test("gives questions their answer where they only fail together", async () => {
		await db.run("create table growing (a integer)");
		const sql = "with g as (select * from growing) select * from g";
		await db.all(sql);
		await db.run("alter table growing add column b integer");
		const rows = await db.transaction(async (tx) => {
			await tx.batch([{ sql: "insert into growing values (?, ?)", rows: [[1, 2]] }]);
			return tx.all<object>(sql);
		});
		expect(rows).toEqual([{ a: 1, b: 2 }]);
		expect(stored("select a, b from growing")).toEqual([{ a: 1, b: 2 }]);
	});

	test("asks one by one what together is too much for the server", async () => {
		const count = "select count(*) as n from things";
		await db.all(count);
		server.faults.errorFor = (sql) =>
			sql.includes("json_array") ? { code: 10_003, message: "RowSet too big to be sent" } : undefined;
		const found = await db.transaction(async (tx) => {
			await tx.run(INSERT, ["a", 1]);
			return Promise.all([tx.get<object>(count), tx.get<object>(count)]);
		});
		expect(found).toEqual([{ n: 1 }, { n: 1 }]);
		expect(await Promise.all([db.get<object>(count), db.get<object>(count)])).toEqual(found);
		expect(stored("select name from things")).toEqual([{ name: "a" }]);
	});

	test("refuses what comes after its end", async () => {
		const tx = await db.transaction(async (inside) => ({ inside }));
		const uses = [
			tx.inside.all("select 1"),
			tx.inside.get("select 1"),
			tx.inside.run(INSERT, ["a", 1]),
			tx.inside.batch([inserting([["a", 1]])]),
		];
		for (const { reason } of (await Promise.allSettled(uses)) as PromiseRejectedResult[]) {
			expect(reason.message).toContain("after its end");
		}
		expect(stored("select name from things")).toEqual([]);
	});
});

describe("connections", () => {
	test("of readers are other ones than the writer's", async () => {
		const count = await db.transaction(async (tx) => {
			await tx.run(INSERT, ["a", 1]);
			return { beside: await outside(() => db.get<object>("select count(*) as n from things")) };
		});
		expect(count.beside).toEqual({ n: 0 });
	});

	test("are left to readers by those who wait to write", async () => {
		const go = Promise.withResolvers<void>();
		const held = db.transaction(async (tx) => {
			await tx.run(INSERT, ["a", 1]);
			await go.promise;
		});
		const waiting = Array.from({ length: 20 }, (_, i) => db.run(INSERT, [`b ${i}`, 1]));
		await Bun.sleep(20);
		expect(db.figures).toMatchObject({ open: 1, waiting: 0 });
		expect(await db.get<object>("select count(*) as n from things")).toEqual({ n: 0 });
		go.resolve();
		await Promise.all([held, ...waiting]);
		expect(await db.get<object>("select count(*) as n from things")).toEqual({ n: 21 });
	});

	test("may be a single one: readers wait, and nobody waits for ever", async () => {
		const single = await openCloud(server.url(), { ...OPTIONS, maxConnections: 1 });
		const adding = Array.from({ length: 10 }, (_, i) =>
			single.transaction(async (tx) => {
				await tx.run(INSERT, [`thing ${i}`, i]);
				return tx.all("select name from things");
			}),
		);
		const reading = Array.from({ length: 10 }, () => single.all("select name from things"));
		await Promise.all([...adding, ...reading]);
		expect(await single.get<object>("select count(*) as n from things")).toEqual({ n: 10 });
		expect(single.figures).toMatchObject({ open: 1, opened: 1 });
		await single.close();
	});
});

describe("closing", () => {
	test("under load lets all that was begun end, and refuses the rest", async () => {
		server.faults.delayMs = 5;
		const writing = Array.from({ length: 10 }, (_, i) => db.run(INSERT, [`thing ${i}`, i]));
		const reading = Array.from({ length: 10 }, (_, i) => db.all(`select ${i} as n from things`));
		const closing = db.close();
		const late = db.all("select 1").catch((error) => error);
		expect(await Promise.all(writing)).toEqual(Array.from({ length: 10 }, () => 1));
		await Promise.all([...reading, closing, db.close()]);
		expect(await late).toMatchObject({ code: "database_unreachable" });
		expect(stored("select count(*) as n from things")).toEqual([{ n: 10 }]);
	});
});

/** Runs something as if nothing around it had begun it. */
function outside<Result>(work: () => Promise<Result>): Promise<Result> {
	const { promise, resolve, reject } = Promise.withResolvers<Result>();
	queue.push(() => work().then(resolve, reject));
	return promise;
}

const queue: (() => void)[] = [];
setInterval(() => queue.shift()?.(), 1).unref();

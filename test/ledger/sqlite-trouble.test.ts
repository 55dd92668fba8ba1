import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLedger, openLedgerReadOnly } from "../../src/ledger/open.ts";
import { holdLock, openSqlite } from "../../src/ledger/sqlite.ts";
import { expectAppError, ledgerFolder, withDatabase } from "../support/database-files.ts";
import { NOW } from "../support/ledger.ts";
import { inOtherProcess } from "../support/other-process.ts";

const place = ledgerFolder();

describe("a file that another process is writing", () => {
	test("is waited for", async () => {
		await withDatabase(
			() => openSqlite(place.path),
			async (db) => {
				await db.run("create table things (name text)");
				await inOtherProcess("write", place.path, async (other) => {
					await db.run("insert into things (name) values ('own')");
					await other.exited;
				});
				expect(await db.all<object>("select name from things order by rowid")).toEqual([
					{ name: "other" },
					{ name: "own" },
				]);
			},
		);
	});

	test("and goes on writing is named as such in the end", async () => {
		const other = openSqlite(place.path);
		await other.run("create table things (name text)");
		const started = Promise.withResolvers<void>();
		const end = Promise.withResolvers<void>();
		const writing = other.transaction(async () => {
			started.resolve();
			await end.promise;
		});
		await started.promise;
		await withDatabase(
			() => openSqlite(place.path, 50),
			async (db) => {
				const refused = expectAppError("locked", () => db.run("delete from things"), place.path);
				// Nobody waits for who waits.
				expect(await db.all("select name from things")).toEqual([]);
				await refused;
				await expectAppError("locked", () => db.transaction(async () => undefined), place.path);
				end.resolve();
				await writing;
				expect(await db.run("insert into things values ('own')")).toBe(1);
			},
		);
		await other.close();
	});
});

test("a disk that is full takes nothing of a transaction, and what comes when there is room", async () => {
	await withDatabase(
		() => openSqlite(place.path),
		async (db) => {
			const sql = "insert into things values (?)";
			const rows = Array.from({ length: 100 }, () => ["x".repeat(9_999)]);
			await db.run("create table things (name text)");
			await db.run("pragma max_page_count = 20");
			await expectAppError("ledger_unwritable", () => db.batch([{ sql, rows }]), place.path);
			await expectAppError(
				"ledger_unwritable",
				() =>
					db.transaction(async (tx) => {
						for (const row of rows) await tx.run(sql, row);
					}),
				place.path,
			);
			expect(await db.all("select * from things")).toEqual([]);
			await db.run("pragma max_page_count = 100000");
			await db.batch([{ sql, rows }]);
			expect(await db.get<object>("select count(*) as count from things")).toEqual({ count: 100 });
		},
	);
});

describe("a damaged file is named as such and left as it was", () => {
	const whole = async () => {
		await withDatabase(
			() => openLedger(place.path, NOW),
			(db) => db.run("insert into users (id, zone) values (1, 'UTC')"),
		);
		return readFileSync(place.path);
	};
	test.each<[string, () => Promise<Buffer>]>([
		["text", async () => Buffer.from("This is no database, however long it may be. ".repeat(200))],
		["a few bytes", async () => Buffer.from("nine bytes")],
		["zeros", async () => Buffer.alloc(8192)],
		[
			"a ledger with another head",
			async () => Buffer.concat([Buffer.alloc(16, 7), (await whole()).subarray(16)]),
		],
		["a ledger that was cut", async () => (await whole()).subarray(0, 5000)],
		["a ledger with noise in it", async () => (await whole()).fill(0xa5, 100)],
	])("%s", async (_what, make) => {
		writeFileSync(place.path, await make());
		const before = readFileSync(place.path);
		await expectAppError("ledger_damaged", () => openLedger(place.path, NOW), place.path);
		expect(readFileSync(place.path)).toEqual(before);
		await expectAppError("ledger_damaged", () => openLedgerReadOnly(place.path), place.path);
		expect(readFileSync(place.path)).toEqual(before);
		expect(readdirSync(place.folder)).toEqual(["ledger.db"]);
	});
});

test("damage that is met later is named as such too", async () => {
	await withDatabase(
		() => openSqlite(place.path),
		async (db) => {
			await db.run("create table things (name text)");
			await db.batch([
				{ sql: "insert into things values (?)", rows: Array.from({ length: 100 }, () => ["x".repeat(999)]) },
			]);
		},
	);
	const bytes = readFileSync(place.path);
	writeFileSync(place.path, bytes.fill(0xa5, bytes.length / 2));
	await withDatabase(
		() => openSqlite(place.path),
		async (db) => {
			await expectAppError("ledger_damaged", () => db.all("select * from things"), place.path);
			await expectAppError("ledger_damaged", () =>
				db.transaction((tx) => tx.run("update things set name = ''")),
			);
		},
	);
});

describe("a path that cannot be written is named as such", () => {
	test.each<[string, () => string]>([
		["in no folder", () => join(place.folder, "missing", "ledger.db")],
		[
			"below a file",
			() => {
				writeFileSync(join(place.folder, "file"), "");
				return join(place.folder, "file", "ledger.db");
			},
		],
		[
			"that is a folder",
			() => {
				mkdirSync(place.path);
				return place.path;
			},
		],
	])("%s", async (_what, find) => {
		const path = find();
		await expectAppError("ledger_unwritable", () => openLedger(path, NOW), path);
		await expectAppError("ledger_unwritable", () => openLedgerReadOnly(path), path);
		await expectAppError("ledger_unwritable", () => holdLock(path), path);
	});
});

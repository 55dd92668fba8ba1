import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openLedger, openLedgerReadOnly } from "../../src/ledger/open.ts";
import { holdLock, openSqlite } from "../../src/ledger/sqlite.ts";
import { expectAppError, ledgerFolder, withDatabase } from "../support/database-files.ts";
import { NOW } from "../support/ledger.ts";
import { inOtherProcess } from "../support/other-process.ts";

const place = ledgerFolder();

describe("a file", () => {
	test("is written by a SQLite without the error that damages files in WAL mode", async () => {
		const version = await withDatabase(
			() => openSqlite(place.path),
			(db) => db.get<{ version: string }>("select sqlite_version() as version"),
		);
		expect(Bun.semver.satisfies(version?.version ?? "", ">=3.51.3")).toBe(true);
	});

	if (process.platform !== "win32") {
		test("is its owner's alone, and so is what lies beside it", async () => {
			await withDatabase(
				() => openSqlite(place.path),
				async (db) => {
					await db.run("create table t (x)");
					const folder = dirname(place.path);
					const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
					expect(modes).toEqual([0o600, 0o600, 0o600]);
				},
			);
		});
	}

	test.each([
		["journal_mode", "wal"],
		["synchronous", 2],
		["foreign_keys", 1],
		// Where it waited by itself, everything else in the process would wait too.
		["busy_timeout", 0],
	])("is written with %s %p", async (pragma, value) => {
		const row = await withDatabase(
			() => openSqlite(place.path),
			(db) => db.transaction((tx) => tx.get<Record<string, unknown>>(`pragma ${pragma}`)),
		);
		expect(Object.values(row ?? {})).toEqual([value]);
	});

	test("does not keep the log of a large transaction on the disk when that is over", async () => {
		await withDatabase(
			() => openSqlite(place.path),
			async (db) => {
				await db.run("create table t (x)");
				const sizeOfLog = () => statSync(`${place.path}-wal`).size / 1_024 ** 2;
				await db.transaction(async (tx) => {
					for (let i = 0; i < 5; i++) await tx.run("insert into t values (zeroblob(4 * 1024 * 1024))");
				});
				expect(sizeOfLog()).toBeGreaterThan(20);
				for (let i = 0; i < 2; i++) await db.run("insert into t values (1)");
				expect(sizeOfLog()).toBeLessThanOrEqual(16);
			},
		);
	});

	test("refuses what breaks a foreign key, as a whole", async () => {
		await withDatabase(
			() => openSqlite(place.path),
			async (db) => {
				await db.run("create table parents (id integer primary key)");
				await db.run(
					"create table children (parent integer references parents (id) deferrable initially deferred)",
				);
				const work = db.transaction((tx) => tx.run("insert into children values (1)"));
				await expect(work).rejects.toThrow("FOREIGN KEY");
				expect(await db.all("select * from children")).toEqual([]);
				expect(await db.run("insert into parents values (1)")).toBe(1);
			},
		);
	});

	test("answers beside a running transaction at once, as it was before", async () => {
		await withDatabase(
			() => openSqlite(place.path),
			async (db) => {
				await db.run("create table things (name text)");
				const started = Promise.withResolvers<void>();
				const end = Promise.withResolvers<void>();
				const writing = db.transaction(async (tx) => {
					await tx.run("insert into things values ('a')");
					started.resolve();
					await end.promise;
				});
				await started.promise;
				expect(await db.all("select name from things")).toEqual([]);
				end.resolve();
				await writing;
				expect(await db.all<object>("select name from things")).toEqual([{ name: "a" }]);
			},
		);
	});

	test("stands alone once it is closed, and keeps what was written", async () => {
		await withDatabase(
			() => openSqlite(place.path),
			(db) => db.run("create table things as select 1 as name"),
		);
		expect(readdirSync(place.folder)).toEqual(["ledger.db"]);
		const rows = await withDatabase(
			() => openSqlite(place.path),
			(db) => db.all<object>("select name from things"),
		);
		expect(rows).toEqual([{ name: 1 }]);
	});
});

describe("a ledger opened for reading alone", () => {
	test.each(["ledger.db", "a b%20ü?x=1#y 😀.db"])(
		"is read as it stands, though it is called %s",
		async (name) => {
			place.path = join(place.folder, name);
			await withDatabase(
				() => openLedger(place.path, NOW),
				(db) => db.run("insert into users (id, zone) values (7, 'UTC')"),
			);
			const before = readFileSync(place.path);
			await withDatabase(
				() => openLedgerReadOnly(place.path),
				async (db) => {
					expect(await db.all<object>("select id, zone from users")).toEqual([{ id: 7, zone: "UTC" }]);
					await expectAppError("ledger_unwritable", () => db.run("delete from users"));
					await expectAppError("ledger_unwritable", () =>
						db.transaction((tx) => tx.run("delete from users")),
					);
					expect(await db.all<object>("select id from users")).toEqual([{ id: 7 }]);
				},
			);
			expect(readFileSync(place.path)).toEqual(before);
			expect(readdirSync(place.folder)).toEqual([name]);
		},
	);

	test("is refused where its schema would have to change", async () => {
		writeFileSync(place.path, "");
		await expectAppError("ledger_unwritable", () => openLedgerReadOnly(place.path), place.path);
		expect(statSync(place.path).size).toBe(0);
	});

	test("is not made where there is none", async () => {
		await expectAppError("ledger_unwritable", () => openLedgerReadOnly(place.path), place.path);
		expect(readdirSync(place.folder)).toEqual([]);
	});
});

describe("a lock", () => {
	test("has one holder at a time, and is there for the next when it is let go", () => {
		const release = holdLock(place.path);
		expect(release).toBeFunction();
		expect(holdLock(place.path)).toBeUndefined();
		expect(holdLock(join(place.folder, "another"))).toBeFunction();
		release?.();
		const next = holdLock(place.path);
		expect(next).toBeFunction();
		next?.();
	});

	test("is held against other processes, and freed by the death of its holder", async () => {
		await inOtherProcess("lock", place.path, async (other) => {
			expect(holdLock(place.path)).toBeUndefined();
			other.kill("SIGKILL");
			await other.exited;
			const release = holdLock(place.path);
			expect(release).toBeFunction();
			release?.();
		});
	});
});

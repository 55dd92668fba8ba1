import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, type ErrorCode } from "../../src/errors.ts";
import type { Database } from "../../src/ledger/database.ts";
import { openLedger, openLedgerReadOnly } from "../../src/ledger/open.ts";
import { holdLock, openSqlite } from "../../src/ledger/sqlite.ts";
import { NOW } from "../support/ledger.ts";
import { inOtherProcess } from "../support/other-process.ts";

let folder: string;
let path: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "promptpulse-"));
	path = join(folder, "ledger.db");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Opens a file for the time of `use`. */
async function withDatabase<Result>(
	open: () => Database | Promise<Database>,
	use: (db: Database) => Promise<Result>,
): Promise<Result> {
	const db = await open();
	try {
		return await use(db);
	} finally {
		await db.close();
	}
}

async function errorOf(work: () => unknown): Promise<unknown> {
	try {
		await work();
	} catch (error) {
		return error;
	}
	return undefined;
}

async function expectAppError(code: ErrorCode, work: () => unknown): Promise<void> {
	const error = await errorOf(work);
	expect(error).toBeInstanceOf(AppError);
	expect(error).toMatchObject({
		code,
		message: expect.stringContaining(path),
		hint: expect.stringMatching(/\.$/),
	});
}

describe("a file", () => {
	test("is written by a SQLite without the error that damages files in WAL mode", async () => {
		const version = await withDatabase(
			() => openSqlite(path),
			(db) => db.get<{ version: string }>("select sqlite_version() as version"),
		);
		expect(Bun.semver.satisfies(version?.version ?? "", ">=3.51.3")).toBe(true);
	});

	test.each([
		["journal_mode", "wal"],
		["synchronous", 2],
		["foreign_keys", 1],
		["busy_timeout", 10_000],
	])("is written with %s %p", async (pragma, value) => {
		const row = await withDatabase(
			() => openSqlite(path),
			(db) => db.transaction((tx) => tx.get<Record<string, unknown>>(`pragma ${pragma}`)),
		);
		expect(Object.values(row ?? {})).toEqual([value]);
	});

	test("refuses what breaks a foreign key, as a whole", async () => {
		await withDatabase(
			() => openSqlite(path),
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
			() => openSqlite(path),
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

	test("that another process is writing is waited for", async () => {
		await withDatabase(
			() => openSqlite(path),
			async (db) => {
				await db.run("create table things (name text)");
				await inOtherProcess("write", path, async (other) => {
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

	test("stands alone once it is closed, and keeps what was written", async () => {
		await withDatabase(
			() => openSqlite(path),
			(db) => db.run("create table things as select 1 as name"),
		);
		expect(readdirSync(folder)).toEqual(["ledger.db"]);
		const rows = await withDatabase(
			() => openSqlite(path),
			(db) => db.all<object>("select name from things"),
		);
		expect(rows).toEqual([{ name: 1 }]);
	});
});

describe("a damaged file is named as such and left as it was", () => {
	const whole = async () => {
		await withDatabase(
			() => openLedger(path, NOW),
			(db) => db.run("insert into users (id, zone) values (1, 'UTC')"),
		);
		return readFileSync(path);
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
		writeFileSync(path, await make());
		const before = readFileSync(path);
		await expectAppError("ledger_damaged", () => openLedger(path, NOW));
		expect(readFileSync(path)).toEqual(before);
		await expectAppError("ledger_damaged", () => openLedgerReadOnly(path));
		expect(readFileSync(path)).toEqual(before);
		expect(readdirSync(folder)).toEqual(["ledger.db"]);
	});
});

test("damage that is met later is named as such too", async () => {
	await withDatabase(
		() => openSqlite(path),
		async (db) => {
			await db.run("create table things (name text)");
			await db.batch([
				{ sql: "insert into things values (?)", rows: Array.from({ length: 100 }, () => ["x".repeat(999)]) },
			]);
		},
	);
	const bytes = readFileSync(path);
	writeFileSync(path, bytes.fill(0xa5, bytes.length / 2));
	await withDatabase(
		() => openSqlite(path),
		async (db) => {
			await expectAppError("ledger_damaged", () => db.all("select * from things"));
			await expectAppError("ledger_damaged", () =>
				db.transaction((tx) => tx.run("update things set name = ''")),
			);
		},
	);
});

describe("a place that cannot be written is named as such", () => {
	test.each<[string, () => string]>([
		["in no folder", () => join(folder, "missing", "ledger.db")],
		[
			"below a file",
			() => {
				writeFileSync(join(folder, "file"), "");
				return join(folder, "file", "ledger.db");
			},
		],
		[
			"a folder itself",
			() => {
				mkdirSync(path);
				return path;
			},
		],
	])("%s", async (_what, place) => {
		path = place();
		await expectAppError("ledger_unwritable", () => openLedger(path, NOW));
		await expectAppError("ledger_unwritable", () => openLedgerReadOnly(path));
		await expectAppError("ledger_unwritable", () => holdLock(path));
	});
});

describe("a ledger opened for reading alone", () => {
	test.each(["ledger.db", "a b%20ü?x=1#y 😀.db"])(
		"is read as it stands, though it is called %s",
		async (name) => {
			path = join(folder, name);
			await withDatabase(
				() => openLedger(path, NOW),
				(db) => db.run("insert into users (id, zone) values (7, 'UTC')"),
			);
			const before = readFileSync(path);
			await withDatabase(
				() => openLedgerReadOnly(path),
				async (db) => {
					expect(await db.all<object>("select id, zone from users")).toEqual([{ id: 7, zone: "UTC" }]);
					await expectAppError("ledger_unwritable", () => db.run("delete from users"));
					await expectAppError("ledger_unwritable", () =>
						db.transaction((tx) => tx.run("delete from users")),
					);
					expect(await db.all<object>("select id from users")).toEqual([{ id: 7 }]);
				},
			);
			expect(readFileSync(path)).toEqual(before);
			expect(readdirSync(folder)).toEqual([name]);
		},
	);

	test("is refused where its schema would have to change", async () => {
		writeFileSync(path, "");
		await expectAppError("ledger_unwritable", () => openLedgerReadOnly(path));
		expect(statSync(path).size).toBe(0);
	});

	test("is not made where there is none", async () => {
		await expectAppError("ledger_unwritable", () => openLedgerReadOnly(path));
		expect(readdirSync(folder)).toEqual([]);
	});
});

describe("a lock", () => {
	test("has one holder at a time, and is there for the next when it is let go", () => {
		const release = holdLock(path);
		expect(release).toBeFunction();
		expect(holdLock(path)).toBeUndefined();
		expect(holdLock(join(folder, "another"))).toBeFunction();
		release?.();
		const next = holdLock(path);
		expect(next).toBeFunction();
		next?.();
	});

	test("is held against other processes, and freed by the death of its holder", async () => {
		await inOtherProcess("lock", path, async (other) => {
			expect(holdLock(path)).toBeUndefined();
			other.kill("SIGKILL");
			await other.exited;
			const release = holdLock(path);
			expect(release).toBeFunction();
			release?.();
		});
	});
});

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { migrations } from "../../src/embedded.ts";
import type { Database } from "../../src/ledger/database.ts";
import { migrate } from "../../src/ledger/migrate.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { expectAppError } from "../support/database-files.ts";
import { contentsOf } from "../support/full-ledger.ts";
import { NOW, openTestLedger } from "../support/ledger.ts";
import { copy, emptyLedger, twoLedgers } from "../support/transfers.ts";

/** In a database far away pages take their time. */
setDefaultTimeout(60_000);

describe("nothing is copied into", () => {
	test.each([
		["users", "insert into users (id, zone) values (1, 'UTC')"],
		[
			"accounts",
			"insert into accounts (user, id, username, role, zone_set, created_at) values (1, 'a', 'a', 'a', 0, 0)",
		],
	])("a ledger that has %s", async (_, sql) => {
		const { source, target } = await twoLedgers(10);
		await target.run(sql);
		const before = await contentsOf(target);
		await expectAppError("usage", () => copy(source, target), "the new one", "already", "the old one");
		expect(await contentsOf(target)).toEqual(before);
	});

	test("a copy that was used since", async () => {
		const { source, target } = await twoLedgers(10);
		await copy(source, target);
		await target.run("update accounts set disabled_at = 5");
		await expectAppError("usage", () => copy(source, target), "Nothing was changed");
	});

	test("itself", async () => {
		const { source } = await twoLedgers(10);
		await expectAppError("usage", () => copy(source, source), "are the same ledger");
		const empty = await emptyLedger();
		await expectAppError("usage", () => copy(empty, empty), "are the same ledger");
	});

	test("a ledger of an older program, which keeps its schema", async () => {
		const { source } = await twoLedgers(10);
		const target = await oldLedger();
		await expectAppError("usage", () => copy(source, target), "made by an older promptpulse");
		expect(await target.all<object>("select version from migrations")).toEqual([{ version: 1 }]);
		await target.close();
	});
});

describe("nothing is copied from", () => {
	test("a ledger of an older program, which keeps its schema", async () => {
		const source = await oldLedger();
		const target = await emptyLedger();
		await expectAppError("usage", () => copy(source, target), "made by an older promptpulse");
		expect(await source.all<object>("select version from migrations")).toEqual([{ version: 1 }]);
		await source.close();
	});

	test("a ledger of a newer one", async () => {
		const { db: source } = await openTestLedger();
		await source.run("insert into migrations values (99, '0099_later.sql', 'x', 0)");
		await expectAppError("schema_newer", async () => copy(source, await emptyLedger()), "99");
	});

	test("what is no ledger", async () => {
		const source = openSqlite(":memory:");
		await source.run("create table notes (text)");
		await expectAppError("usage", async () => copy(source, await emptyLedger()), "no ledger");
		await source.close();
	});
});

/** A ledger with the first step of the schema alone, and one person. */
async function oldLedger(): Promise<Database> {
	const db = openSqlite(":memory:");
	await migrate(db, NOW, migrations.slice(0, 1));
	await db.run("insert into users (id, zone) values (1, 'UTC')");
	return db;
}

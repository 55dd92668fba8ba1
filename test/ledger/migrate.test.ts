import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Migration, migrations } from "../../src/embedded.ts";
import type { Database } from "../../src/ledger/database.ts";
import { migrate, missingSteps } from "../../src/ledger/migrate.ts";
import { openLedger, openLedgerReadOnly } from "../../src/ledger/open.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { expectAppError, ledgerFolder } from "../support/database-files.ts";
import { NOW } from "../support/ledger.ts";
import { inOtherProcess } from "../support/other-process.ts";

const FIRST: Migration = { version: 1, name: "0001_first.sql", sql: "create table a (id integer);\n" };
const SECOND: Migration = {
	version: 2,
	name: "0002_second.sql",
	sql: "alter table a add column name text;\ncreate table b (id integer);\ninsert into a values (1, 'one');\n",
};

let db: Database;

beforeEach(() => {
	db = openSqlite(":memory:");
});

afterEach(() => db.close());

/** The whole schema, and what the table of steps says. */
async function schemaOf(of = db): Promise<unknown> {
	const schema = await of.all("select type, name, sql from sqlite_master order by type, name");
	const steps = await of.all("select * from migrations order by version").catch(() => undefined);
	return { schema, steps };
}

async function tables(): Promise<string[]> {
	const rows = await db.all<{ name: string }>(
		"select name from sqlite_master where type = 'table' order by name",
	);
	return rows.map((row) => row.name);
}

describe("the steps of this program", () => {
	const folder = join(import.meta.dir, "../../migrations");

	test("are the files of the folder, in order", () => {
		expect(migrations.map((step) => step.name)).toEqual(readdirSync(folder).sort());
		for (const { version, name, sql } of migrations) {
			expect(Number(name.slice(0, 4))).toBe(version);
			expect(sql).toBe(readFileSync(join(folder, name), "utf8"));
		}
	});

	test("make a schema of strict tables that has no step left to do", async () => {
		await migrate(db, NOW);
		expect(await missingSteps(db)).toEqual([]);
		expect(
			await db.all(
				"select name from pragma_table_list where type = 'table' and strict = 0 and name not like 'sqlite%'",
			),
		).toEqual([]);
	});

	test("leave a number for every event to come, beginning at 0", async () => {
		await migrate(db, NOW);
		expect(await db.all<object>("select name, value from counters")).toEqual([{ name: "events", value: 0 }]);
	});
});

describe("a ledger", () => {
	test("gets each step in its order, and a note of when", async () => {
		await migrate(db, 1000, [FIRST]);
		await migrate(db, 2000, [FIRST, SECOND]);
		expect(await tables()).toEqual(["a", "b", "migrations"]);
		expect(await db.all<object>("select id, name from a")).toEqual([{ id: 1, name: "one" }]);
		expect(await db.all<object>("select version, name, applied_at from migrations order by version")).toEqual(
			[
				{ version: 1, name: "0001_first.sql", applied_at: 1000 },
				{ version: 2, name: "0002_second.sql", applied_at: 2000 },
			],
		);
	});

	test("is not written when it has all steps", async () => {
		await migrate(db, NOW);
		const before = await schemaOf();
		const changes = await db.get("select total_changes() as changes");
		await migrate(db, NOW + 1);
		expect(await db.get("select total_changes() as changes")).toEqual(changes);
		expect(await schemaOf()).toEqual(before);
	});

	test("gets each step once when it is opened twice at once", async () => {
		await Promise.all([migrate(db, NOW, [FIRST, SECOND]), migrate(db, NOW, [FIRST, SECOND])]);
		expect(await db.all<object>("select id, name from a")).toEqual([{ id: 1, name: "one" }]);
	});

	test("with a step that this program does not know is refused and not touched", async () => {
		await migrate(db, NOW, [FIRST, SECOND]);
		const before = await schemaOf();
		const work = () => migrate(db, NOW, [FIRST]);
		await expectAppError("schema_newer", work, "schema 2 (0002_second.sql)", "no further than 1");
		expect(await schemaOf()).toEqual(before);
	});

	test("with a newer step is refused even where a known one is missing", async () => {
		await migrate(db, NOW, [FIRST, { ...SECOND, version: 3 }]).catch(() => undefined);
		const before = await schemaOf();
		await expectAppError("schema_newer", () => migrate(db, NOW, [FIRST, SECOND]));
		expect(await schemaOf()).toEqual(before);
	});

	test("made by a step that reads otherwise today is refused and not touched", async () => {
		await migrate(db, NOW, [FIRST]);
		const before = await schemaOf();
		const edited = { ...FIRST, sql: `${FIRST.sql}create table c (id integer);\n` };
		await expectAppError("schema_edited", () => migrate(db, NOW, [edited, SECOND]));
		expect(await schemaOf()).toEqual(before);
	});

	test("is the same to a program whose files have Windows line ends", async () => {
		const steps = [FIRST, SECOND].map((step) => ({ ...step, sql: step.sql.replaceAll("\n", "\r\n") }));
		await migrate(db, NOW, steps);
		expect(await tables()).toEqual(["a", "b", "migrations"]);
		expect(await missingSteps(db, [FIRST, SECOND])).toEqual([]);
	});
});

describe("a step that fails", () => {
	const failing = { ...SECOND, sql: `${SECOND.sql}create table a (id integer);\n` };

	test("leaves the schema of the step before", async () => {
		await migrate(db, NOW, [FIRST]);
		const before = await schemaOf();
		await expect(migrate(db, NOW, [FIRST, failing])).rejects.toThrow("table a already exists");
		expect(await schemaOf()).toEqual(before);
	});

	test("leaves nothing at all when it is the first", async () => {
		await expect(migrate(db, NOW, [failing])).rejects.toThrow();
		expect(await tables()).toEqual([]);
	});

	test("is done once it has been mended", async () => {
		await migrate(db, NOW, [FIRST, failing]).catch(() => undefined);
		await migrate(db, NOW, [FIRST, SECOND]);
		expect(await db.all<object>("select id, name from a")).toEqual([{ id: 1, name: "one" }]);
	});
});

describe("the statements of a step", () => {
	test("end with a semicolon at a line's end or before a comment, and only there", async () => {
		const sql = `-- A comment; it says nothing.
create table a (name text, -- the name;)
	size integer);

insert into a values ('x;y', 1); -- One.
insert into a values ('--', 3); -- Two;
insert into a values ('z', 2);   
-- The end.
`;
		await migrate(db, NOW, [{ ...FIRST, sql }]);
		expect(await db.all<object>("select name, size from a order by size")).toEqual([
			{ name: "x;y", size: 1 },
			{ name: "z", size: 2 },
			{ name: "--", size: 3 },
		]);
	});
});

describe("a file", () => {
	const place = ledgerFolder();

	test("made by a newer program is left as it was, to the byte", async () => {
		const newer = await openLedger(place.path, NOW);
		await newer.run(
			"insert into migrations (version, name, checksum, applied_at) values (99, '0099_far.sql', '', 0)",
		);
		await newer.close();
		const before = readFileSync(place.path);
		await expectAppError("schema_newer", () => openLedger(place.path, NOW));
		await expectAppError("schema_newer", () => openLedgerReadOnly(place.path));
		expect(readFileSync(place.path)).toEqual(before);
		expect(readdirSync(place.folder)).toEqual(["ledger.db"]);
	});

	test("that several processes open at once comes to one schema", async () => {
		const migrateElsewhere = () =>
			inOtherProcess("migrate", place.path, async (other) => {
				expect(await other.exited).toBe(0);
			});
		await Promise.all([1, 2, 3].map(migrateElsewhere));
		await migrate(db, NOW);
		const opened = await openLedger(place.path, NOW);
		const names = "select type, name, sql from sqlite_master order by type, name";
		expect(await opened.all<object>(names)).toEqual(await db.all<object>(names));
		expect(await opened.all<object>("select version from migrations")).toEqual(
			migrations.map(({ version }) => ({ version })),
		);
		await opened.close();
	});
});

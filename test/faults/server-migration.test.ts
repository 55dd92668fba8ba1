import { expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { migrations } from "../../src/embedded.ts";
import { isUnfinishedCopy } from "../../src/ledger/copy.ts";
import type { Database } from "../../src/ledger/database.ts";
import { migrate } from "../../src/ledger/migrate.ts";
import { openServerLedger } from "../../src/ledger/server-ledger.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { withDatabase } from "../support/database-files.ts";
import { killWhile } from "../support/dying-process.ts";
import { Random } from "../support/random.ts";
import { runs } from "../support/runs.ts";
import { inFolder } from "../support/scan.ts";

setDefaultTimeout(1_800_000);

const OLD_STEPS = 2;
/** What an older program kept; enough for a copy to take some time. */
const PEOPLE = 30_000;
/** Longer than it takes on a busy machine to copy that and to change the schema, in ms. */
const LONGEST = 120;

/** A ledger as a program left it that knew the first steps of the schema alone. */
async function makeOld(path: string): Promise<void> {
	for (const name of readdirSync(dirname(path))) rmSync(join(dirname(path), name));
	await withDatabase(
		() => openSqlite(path),
		async (db) => {
			await migrate(db, 0, migrations.slice(0, OLD_STEPS));
			const rows = Array.from({ length: PEOPLE }, (_, i) => [i + 1]);
			await db.batch([{ sql: "insert into users (id, zone) values (?, 'Europe/Berlin')", rows }]);
		},
	);
}

/** Everything that a schema consists of. */
function schemaOf(db: Database): Promise<object[]> {
	return db.all<object>("select type, name, sql from sqlite_master order by type, name");
}

const schemas = await Promise.all(
	migrations.map((_, i) =>
		withDatabase(
			() => openSqlite(":memory:"),
			async (db) => {
				await migrate(db, 0, migrations.slice(0, i + 1));
				return schemaOf(db);
			},
		),
	),
);

/**
 * A file that is whole, with everybody, and with the schema of some step and nothing of the next one.
 *
 * @returns how many steps it has
 */
function expectWhole(path: string): Promise<number> {
	return withDatabase(
		() => openSqlite(path),
		async (db) => {
			expect(await db.all<object>("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
			const done = await db.all<{ version: number }>("select version from migrations order by version");
			expect(await schemaOf(db)).toEqual(schemas[done.length - 1] ?? []);
			expect(await db.get<object>("select count(*) as people from users")).toEqual({ people: PEOPLE });
			return done.length;
		},
	);
}

/** Looks at what a killed start left, and starts once more. */
async function expectOldOrNew(path: string): Promise<void> {
	const steps = await expectWhole(path);
	const copies = () =>
		readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.before-`));
	const whole = copies().filter((name) => !isUnfinishedCopy(name));
	for (const name of whole) expect(await expectWhole(join(dirname(path), name))).toBe(OLD_STEPS);
	if (steps > OLD_STEPS) expect(whole).toHaveLength(1);
	const { db, release } = await openServerLedger(path, 0);
	await db.close();
	release();
	expect(await expectWhole(path)).toBe(migrations.length);
	expect(copies().filter(isUnfinishedCopy)).toEqual([]);
	expect(copies().length).toBeGreaterThan(0);
}

test("a server that is killed at any statement of a change of the schema has the old one or the new one, and a copy", async () => {
	await inFolder(async (folder) => {
		const path = join(folder, "server.db");
		let statement = 0;
		for (let wasKilled = true; wasKilled; ) {
			await makeOld(path);
			wasKilled = await killWhile("open", path, { statement: ++statement });
			await expectOldOrNew(path);
		}
		expect(statement).toBeGreaterThan(2 * (migrations.length - OLD_STEPS));
	});
});

test("so has one that is killed in the midst of them", async () => {
	const random = new Random(7);
	await inFolder(async (folder) => {
		const path = join(folder, "server.db");
		let killed = 0;
		for (let run = 0; run < runs(10, 300).numRuns; run++) {
			await makeOld(path);
			if (await killWhile("open", path, { ms: run === 0 ? 0 : random.integer(0, LONGEST) })) killed++;
			await expectOldOrNew(path);
		}
		expect(killed).toBeGreaterThan(0);
	});
});

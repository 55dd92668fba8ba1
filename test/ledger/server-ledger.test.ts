import { describe, expect, test } from "bun:test";
import { copyFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { migrations } from "../../src/embedded.ts";
import { migrate } from "../../src/ledger/migrate.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { lockServerLedger, openBesideServer, openServerLedger } from "../../src/ledger/server-ledger.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { withDatabase } from "../support/database-files.ts";
import { inFolder } from "../support/scan.ts";

const NOW = Date.UTC(2026, 10, 24);

/** A ledger as an older program left it: with the first steps of the schema alone. */
async function makeOld(path: string, steps: number): Promise<void> {
	const db = openSqlite(path);
	await migrate(db, NOW, migrations.slice(0, steps));
	await db.run("insert into users (id, zone) values (7, 'Europe/Berlin')");
	await db.close();
}

async function stepsOf(path: string): Promise<number[]> {
	const db = openSqlite(path);
	const rows = await db.all<{ version: number }>("select version from migrations order by version");
	await db.close();
	return rows.map(({ version }) => version);
}

describe("before its schema is changed a server's ledger is copied", () => {
	test("as it was, once", async () => {
		await inFolder(async (folder) => {
			const path = join(folder, "server.db");
			await makeOld(path, 1);
			const { db, copy = "", release } = await openServerLedger(path, NOW);
			expect(await db.get("select zone from users where id = 7")).toEqual({ zone: "Europe/Berlin" });
			await db.close();
			release();
			expect(await stepsOf(path)).toEqual(migrations.map(({ version }) => version));
			expect(await stepsOf(copy)).toEqual([1]);
			const again = await openServerLedger(path, NOW);
			expect(again.copy).toBeUndefined();
			await again.db.close();
			again.release();
		});
	});

	test("and of such copies the newest three stay", async () => {
		await inFolder(async (folder) => {
			const path = join(folder, "server.db");
			await makeOld(path, 2);
			const old = ["0001_a", "0002_b", "0002_c"].map((name) => `${path}.before-${name}`);
			for (const name of old) copyFileSync(path, name);
			const { db, copy, release } = await openServerLedger(path, NOW);
			await db.close();
			release();
			const left = readdirSync(folder).filter((name) => name.includes(".before-"));
			expect(left.sort()).toEqual(
				[...old.slice(1), copy ?? ""].map((name) => name.slice(folder.length + 1)).sort(),
			);
		});
	});

	test("anew where a copy is there from before a restore, and one that was not finished goes", async () => {
		await inFolder(async (folder) => {
			const path = join(folder, "server.db");
			await makeOld(path, 2);
			const first = await openServerLedger(path, NOW);
			await first.db.close();
			first.release();
			for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
			await makeOld(path, 2);
			await withDatabase(
				() => openSqlite(path),
				(db) => db.run("insert into users (id, zone) values (8, 'UTC')"),
			);
			writeFileSync(`${first.copy}.1.part`, "SQLite");
			const { db, copy = "", release } = await openServerLedger(path, NOW);
			await db.close();
			release();
			expect(copy).toBe(first.copy ?? "");
			const users = await withDatabase(
				() => openSqlite(copy),
				(copied) => copied.all<object>("select id from users order by id"),
			);
			expect(users).toEqual([{ id: 7 }, { id: 8 }]);
			expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
		});
	});

	test("and a new one needs no copy", async () => {
		await inFolder(async (folder) => {
			const { db, copy, release } = await openServerLedger(join(folder, "server.db"), NOW);
			expect(copy).toBeUndefined();
			await db.close();
			release();
		});
	});
});

test("a second server on the same ledger is told so, and takes nothing away from the first", async () => {
	await inFolder(async (folder) => {
		const path = join(folder, "server.db");
		const first = await openServerLedger(path, NOW);
		await expect(openServerLedger(path, NOW)).rejects.toThrow("A running server has");
		await first.db.run("update settings set value = value");
		await first.db.close();
		first.release();
		const second = await openServerLedger(path, NOW);
		await second.db.close();
		second.release();
	});
});

test("a ledger of a newer program is refused, untouched, and let go of", async () => {
	await inFolder(async (folder) => {
		const path = join(folder, "server.db");
		const db = await openLedger(path, NOW);
		await db.run("insert into migrations values (99, '0099_later.sql', 'x', 0)");
		await db.close();
		await expect(openServerLedger(path, NOW)).rejects.toThrow("schema 99");
		await expect(openServerLedger(path, NOW)).rejects.toThrow("schema 99");
		expect(readdirSync(folder).filter((name) => name.includes(".before-"))).toEqual([]);
	});
});

describe("beside a server", () => {
	test("its ledger is opened while it runs", async () => {
		await inFolder(async (folder) => {
			const path = join(folder, "server.db");
			const served = await openServerLedger(path, NOW);
			const db = await openBesideServer(path, NOW);
			await db.run("insert into users (id, zone) values (7, 'UTC')");
			await db.close();
			expect(await served.db.get<object>("select id from users")).toEqual({ id: 7 });
			await served.db.close();
			served.release();
		});
	});

	test("a schema is not changed under a server of an older program; without one it is, and a copy is made", async () => {
		await inFolder(async (folder) => {
			const path = join(folder, "server.db");
			await makeOld(path, 2);
			const release = lockServerLedger(path);
			await expect(openBesideServer(path, NOW)).rejects.toThrow("A running server has");
			expect(await stepsOf(path)).toEqual([1, 2]);
			release();
			await (await openBesideServer(path, NOW)).close();
			expect(await stepsOf(path)).toEqual(migrations.map(({ version }) => version));
			const copies = readdirSync(folder).filter((name) => name.includes(".before-"));
			expect(await stepsOf(join(folder, copies[0] ?? ""))).toEqual([1, 2]);
		});
	});

	test("a ledger is made where there is none, though a server is about to make it", async () => {
		await inFolder(async (folder) => {
			const path = join(folder, "server.db");
			const [beside, served] = await Promise.all([openBesideServer(path, NOW), openServerLedger(path, NOW)]);
			expect(await beside.get<object>("select count(*) as users from users")).toEqual({ users: 0 });
			await beside.close();
			await served.db.close();
			served.release();
		});
	});
});

import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { migrations } from "../../src/embedded.ts";
import { ingest } from "../../src/ledger/events.ts";
import { migrate } from "../../src/ledger/migrate.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { findRevision } from "../../src/ledger/users.ts";
import { addUser, eventOf, LAPTOP, NOW, PRICES } from "../support/ledger.ts";
import { inHome } from "../support/run-cli.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";

test("promptpulse migrate --database makes the sums and costs of everyone anew", async () => {
	await inHome({}, async ({ cli, kept }) => {
		await cli(["user", "create", "ada"]);
		const path = join(kept, "server.db");
		const db = await openLedger(path, NOW);
		for (const id of [2, 3]) {
			const user = await addUser(db, { id });
			await db.transaction((tx) =>
				ingest(tx, { user, machine: LAPTOP, prices: PRICES, now: NOW }, [eventOf({ id: `msg_${id}` })]),
			);
		}
		await db.run("update usage_days set input = 99");
		const revision = await findRevision(db, 2);
		await db.close();
		const { code, out } = await cli(["migrate", "--database", path, "--rebuild", "--reprice"]);
		expect(code).toBe(0);
		expect(out).toStartWith(`${path} has the newest schema.\n2 responses of 2 cost something else now`);
		const after = await openLedger(path, NOW);
		expect(await after.all<object>("select user, input, cost from usage_days order by user")).toEqual([
			{ user: 2, input: 10, cost: 0 },
			{ user: 3, input: 10, cost: 0 },
		]);
		expect(await findRevision(after, 2)).toBeGreaterThan(revision);
		await after.close();
	});
});

test("promptpulse migrate --dry-run tells what a ledger lacks, and leaves it as it was found", async () => {
	await inHome({}, async ({ cli, kept }) => {
		const own = join(kept, "ledger.db");
		expect((await cli(["migrate", "--dry-run"])).out).toBe(`There is no ledger in ${own} yet.\n`);
		expect(existsSync(own)).toBe(false);
		await cli(["migrate"]);
		expect((await cli(["migrate", "--dry-run"])).out).toBe(`${own} has the newest schema.\n`);
		const path = join(kept, "old.db");
		const old = openSqlite(path);
		await migrate(old, NOW, migrations.slice(0, -2));
		await old.close();
		const before = readFileSync(path);
		const names = migrations.slice(-2).map(({ name }) => name.replace(".sql", ""));
		const { code, out, err } = await cli(["migrate", "--dry-run", "--database", path]);
		expect({ code, out }).toEqual({
			code: 0,
			out: `${path} lacks 2 steps of the schema: ${names.join(", ")}.\n`,
		});
		expect(err).toContain("Nothing was changed.");
		expect(readFileSync(path).equals(before)).toBe(true);
		expect(readdirSync(kept).filter((name) => name.startsWith("old.db"))).toEqual(["old.db"]);
		for (const flag of ["--rebuild", "--reprice", "--to=x.db", "--from=x.db"])
			expect((await cli(["migrate", "--dry-run", flag])).code, flag).toBe(2);
		expect(existsSync(join(kept, "x.db"))).toBe(false);
	});
});

test("promptpulse migrate --dry-run looks at SQLite Cloud too, and makes nothing there", async () => {
	await using cloud = await CloudServer.start();
	await inHome({}, async ({ cli }) => {
		const look = ["migrate", "--dry-run", "--database", cloud.url()];
		const { code, out } = await cli(look);
		expect(code).toBe(0);
		expect(out).toContain(`lacks ${migrations.length} steps of the schema`);
		// Had the first look made anything, there would be less to lack.
		expect((await cli(look)).out).toBe(out);
	});
});

test("promptpulse migrate --database on SQLite Cloud says whose the backups are, and no key", async () => {
	await using cloud = await CloudServer.start();
	await inHome({}, async ({ cli }) => {
		const { code, out, err } = await cli(["migrate", "--database", cloud.url()]);
		expect(code).toBe(0);
		expect(out).toEndWith("has the newest schema.\n");
		expect(err).toContain("its backups are yours");
		expect(out + err).not.toContain("key-of-the-tests");
	});
});

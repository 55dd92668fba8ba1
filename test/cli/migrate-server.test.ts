import { expect, test } from "bun:test";
import { join } from "node:path";
import { ingest } from "../../src/ledger/events.ts";
import { openLedger } from "../../src/ledger/open.ts";
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

import { expect, setDefaultTimeout, test } from "bun:test";
import { openCloud } from "../../src/ledger/cloud/cloud-database.ts";
import type { Database } from "../../src/ledger/database.ts";
import { migrate } from "../../src/ledger/migrate.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { findLedgerUuid } from "../../src/ledger/settings.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { transferLedger } from "../../src/ledger/transfer.ts";
import { countRows, listCopiedTables } from "../../src/ledger/transfer-tables.ts";
import { withDatabase } from "../support/database-files.ts";
import { contentsOf, fillLedger } from "../support/full-ledger.ts";
import { NOW } from "../support/ledger.ts";
import { Random } from "../support/random.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";

setDefaultTimeout(60_000);

/** A cloud server's empty database, for the time of `use`. */
async function inCloud(use: (db: Database, cloud: CloudServer) => Promise<void>): Promise<void> {
	const cloud = await CloudServer.start();
	const options = {
		maxConnections: 4,
		idleMs: 500,
		retry: { attempts: 8, delayMs: 1 },
		note: () => undefined,
	};
	try {
		await withDatabase(
			() => openCloud(cloud.url(), options),
			(db) => use(db, cloud),
		);
		expect(cloud.violations).toEqual([]);
	} finally {
		await cloud.stop();
	}
}

async function copy(source: Database, target: Database): Promise<void> {
	const sides = [
		{ db: source, name: "one" },
		{ db: target, name: "other" },
	] as const;
	expect((await transferLedger(...sides, NOW, () => {})).outcome).toBe("copied");
}

test("a ledger goes from a file to SQLite Cloud and comes back as it was", async () => {
	await inCloud(async (far) => {
		const source = await openLedger(":memory:", NOW);
		await fillLedger(source);
		await copy(source, far);
		const back = openSqlite(":memory:");
		await copy(far, back);
		expect(await contentsOf(back)).toEqual(await contentsOf(source));
		const uuids = await Promise.all([source, far, back].map(findLedgerUuid));
		expect(new Set(uuids).size).toBe(3);
	});
});

test("a page costs a trip to read and one to write, and as many rows come in it as go well in one list", async () => {
	await inCloud(async (far, cloud) => {
		const source = await openLedger(":memory:", NOW);
		await fillLedger(source, 8_000);
		// The schema has been made before: how many trips that takes is told elsewhere.
		await copy(await openLedger(":memory:", NOW), far);
		const tables = await listCopiedTables();
		const rows = (await countRows(source, tables)).reduce((sum, count) => sum + count, 0);
		cloud.resetCounts();
		await copy(source, far);
		expect(cloud.roundTrips).toBeLessThan(rows / 1_000 + tables.length * 12);
		const writes = cloud.commands.filter((sql) => sql.includes("insert into events"));
		expect(writes.length).toBeGreaterThan(24_000 / 2_500);
		expect(writes.length).toBeLessThan(24_000 / 1_500);
	});
});

test("a ledger that is copied while connections drop all the time is there once and whole", async () => {
	await inCloud(async (far, cloud) => {
		// Its steps are long transactions, which would never come through.
		await migrate(far, NOW);
		const random = new Random(1);
		const drops = () => random.next() < 0.03;
		cloud.faults.dropBefore = drops;
		cloud.faults.dropAfterRunning = drops;
		cloud.faults.dropMidReply = drops;
		const source = await openLedger(":memory:", NOW);
		await fillLedger(source);
		await copy(source, far);
		const back = openSqlite(":memory:");
		await copy(far, back);
		expect(await contentsOf(back)).toEqual(await contentsOf(source));
		expect(cloud.injected.dropBefore + cloud.injected.dropAfterRunning).toBeGreaterThan(5);
	});
});

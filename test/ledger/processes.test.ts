import { describe, expect, test } from "bun:test";
import type { Database } from "../../src/ledger/database.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { ledgerFolder, withDatabase } from "../support/database-files.ts";
import { addUser, dumpLedger, ingestAll, NOW, openTestLedger } from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";
import { inOtherProcess, sharedHistory } from "../support/other-process.ts";
import { PATIENCE, runs } from "../support/runs.ts";

const place = ledgerFolder();

/** What holds at every moment, whoever writes: rollups of the events that are there, numbers that were given out. */
async function expectSound(db: Database): Promise<void> {
	const dump = await dumpLedger(db);
	expect(rollupsOf(dump)).toEqual(countRollups(dump.events, "UTC"));
	expect(await db.all<object>("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
	const numbers = await db.get<{ last: number; given: number }>(
		"select max(change) as last, (select value from counters where name = 'events') as given from events",
	);
	expect(numbers?.last).toBeLessThanOrEqual(numbers?.given ?? 0);
}

/** What the ledger comes to once everything has been ingested. */
async function expectWhole(db: Database): Promise<void> {
	const user = { id: 1, zone: "UTC", horizon: 0 };
	await ingestAll({ db, user }, sharedHistory());
	const other = await openTestLedger();
	await ingestAll(other, sharedHistory());
	expect(await dumpLedger(db)).toEqual(await dumpLedger(other.db));
}

describe("a ledger that several processes write", () => {
	test(
		"is as if one had written it, though each of them is killed at any moment",
		async () => {
			await withDatabase(() => openLedger(place.path, NOW), addUser);
			for (let round = 0; round < runs(3).numRuns; round++) {
				await inOtherProcess("ingest", place.path, async () => {
					await inOtherProcess("ingest", place.path, () => Bun.sleep(round * 10));
				});
				await withDatabase(() => openLedger(place.path, NOW), expectSound);
			}
			await withDatabase(() => openLedger(place.path, NOW), expectWhole);
		},
		PATIENCE,
	);
});

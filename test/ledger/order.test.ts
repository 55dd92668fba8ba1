import { expect, test } from "bun:test";
import fc from "fast-check";
import { rebuildRollups } from "../../src/ledger/rebuild.ts";
import {
	inOneUpload,
	inUploads,
	type Sighting,
	sightingsInFolders,
	sightingsOfMachines,
	type Upload,
} from "../support/histories.ts";
import {
	collectAll,
	type Dump,
	dumpLedger,
	ingestAll,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";
import { PATIENCE, runs } from "../support/runs.ts";

const zone = fc.constantFrom("UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe");

type Write = (ledger: TestLedger, upload: Upload) => Promise<unknown>;

/** One ledger by everything at once, another by what was drawn: they are the same, and so is what a rebuild makes. */
async function expectOneTruth(sightings: Sighting[], zone: string, write: Write): Promise<Dump> {
	const whole = await openTestLedger({ zone });
	for (const upload of inOneUpload(sightings)) await write(whole, upload);
	const dump = await dumpLedger(whole.db);
	expect(rollupsOf(dump)).toEqual(countRollups(dump.events, zone));

	const pieced = await openTestLedger({ zone });
	for (const upload of inUploads(sightings)) await write(pieced, upload);
	expect(await dumpLedger(pieced.db)).toEqual(dump);

	await pieced.db.transaction((tx) => rebuildRollups(tx, pieced.user));
	expect(await dumpLedger(pieced.db)).toEqual(dump);
	await whole.db.close();
	await pieced.db.close();
	return dump;
}

test(
	"any events of three machines, in any order and any uploads, come to one ledger",
	async () => {
		await fc.assert(
			fc.asyncProperty(sightingsOfMachines, zone, async (sightings, days) => {
				await expectOneTruth(sightings, days, (ledger, { machine, lines }) =>
					ingestAll(
						ledger,
						lines.map(({ event }) => event),
						{ machine },
					),
				);
			}),
			runs(100),
		);
	},
	PATIENCE,
);

test(
	"any lines of transcripts, in any order and any batches, come to one ledger",
	async () => {
		await fc.assert(
			fc.asyncProperty(sightingsInFolders, zone, async (sightings, days) => {
				await expectOneTruth(sightings, days, (ledger, { lines }) => collectAll(ledger, lines));
			}),
			runs(100),
		);
	},
	PATIENCE,
);

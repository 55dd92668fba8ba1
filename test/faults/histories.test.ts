import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expectAgreement } from "../support/both-readers.ts";
import { type Dump, dumpLedger } from "../support/ledger.ts";
import { RunningCount } from "../support/naive-count.ts";
import { Random } from "../support/random.ts";
import { countByReports } from "../support/reports.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";
import { collectFrom, emptyLedger, inFolder } from "../support/scan.ts";
import { DAMAGES } from "../support/transcript-damage.ts";
import { TranscriptHistory } from "../support/transcript-history.ts";

const STEPS = 14;
const { numRuns } = runs(100, 1_000);

setDefaultTimeout(2 * PATIENCE);

/** Collects at random moments of a history, and holds what is kept against all that could be seen at any of them. */
async function live(
	claude: string,
	random: Random,
	meanwhile: (history: TranscriptHistory) => void,
): Promise<Dump> {
	const history = new TranscriptHistory(join(claude, "projects"), random);
	const db = await emptyLedger();
	const naive = new RunningCount();
	const collect = async () => {
		if (!existsSync(history.projects)) return;
		naive.see(history.projects);
		await collectFrom(db, claude, { full: random.next() < 0.1 });
	};
	for (let step = 0; step < STEPS; step++) {
		history.step();
		meanwhile(history);
		if (random.next() < 0.5) await collect();
	}
	history.finish();
	await collect();
	const expected = naive.sum();
	expect(await countByReports(db, expected.lines)).toEqual(expected);
	expectAgreement(history.projects);
	const dump = await dumpLedger(db);
	await db.close();
	return dump;
}

describe("a ledger that was brought to date at any moments", () => {
	test("is the very one that a first collect of all makes, where transcripts only grow", () =>
		forSeeds(numRuns, async (seed) => {
			await inFolder(async (claude) => {
				const dump = await live(claude, new Random(seed), () => {});
				const cold = await emptyLedger();
				await collectFrom(cold, claude);
				expect(dump).toEqual(await dumpLedger(cold));
			});
		}));

	test("has all that was ever there at one of them, where transcripts are cut, rewritten, replaced and deleted", () =>
		forSeeds(numRuns, async (seed) => {
			await inFolder(async (claude) => {
				await live(claude, new Random(-seed), damageSome);
			});
		}));
});

function damageSome(history: TranscriptHistory): void {
	const paths = history.written();
	if (paths.length === 0 || history.random.next() < 0.6) return;
	const path = history.random.pick(paths);
	if (history.random.next() < 0.5) history.forget(path);
	const damage = history.random.pick(Object.values(DAMAGES));
	damage(join(history.projects, path), history.read(path), history.random);
}

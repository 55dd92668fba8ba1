import { describe, expect, test } from "bun:test";
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { answer } from "../support/answers.ts";
import { dumpLedger } from "../support/ledger.ts";
import { countNaively, RunningCount } from "../support/naive-count.ts";
import { Random } from "../support/random.ts";
import { countByReports } from "../support/reports.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";
import { collectFrom, emptyLedger, inFolder } from "../support/scan.ts";
import { DAMAGES, type Damage, rewriteUnseen, withOtherCount } from "../support/transcript-damage.ts";
import { TranscriptHistory } from "../support/transcript-history.ts";

const KINDS: [string, Damage][] = [
	...Object.entries(DAMAGES),
	[
		"changed anywhere in place, its size and time as before",
		(path, bytes, random) => rewriteUnseen(path, withOtherCount(bytes, random, bytes.length)),
	],
];

describe("a transcript that was read and is then", () => {
	test.each(KINDS)(
		"%s counts with all that it had and has",
		(_what, damage) =>
			forSeeds(runs(5, 50).numRuns, async (seed) => {
				const random = new Random(seed);
				await inFolder(async (claude) => {
					const history = new TranscriptHistory(join(claude, "projects"), random);
					while (history.written().length === 0 || random.next() < 0.9) history.step();
					history.finish();
					const db = await emptyLedger();
					const naive = new RunningCount();
					const collect = async (full = false) => {
						naive.see(history.projects);
						await collectFrom(db, claude, { full });
						expect(await countByReports(db, 0)).toEqual({ ...naive.sum(), lines: 0 });
					};
					await collect();
					const path = random.pick(history.written());
					damage(join(history.projects, path), history.read(path), random);
					await collect();
					const dump = await dumpLedger(db);
					await collect(true);
					expect(await dumpLedger(db)).toEqual(dump);
					if (!existsSync(join(history.projects, path))) return;
					appendFileSync(join(history.projects, path), `\n${answer(1_000_000)}\n`);
					await collect();
				});
			}),
		PATIENCE,
	);
});

test(
	"transcripts that are written to while they are read come to what they are in the end",
	async () => {
		const { numRuns } = runs(50, 500);
		await inFolder(async (claude) => {
			const projects = join(claude, "projects");
			const script = join(import.meta.dir, "../support/busy-writer.ts");
			const db = await emptyLedger();
			let collects = 0;
			for (let seed = 1; collects < numRuns; seed++) {
				const words = [process.execPath, script, projects, String(seed), "3000"];
				const writer = Bun.spawn(words, { stdout: "ignore" });
				while (writer.exitCode === null) {
					if (existsSync(projects)) collects += Number((await collectFrom(db, claude)).scan.filesRead > 0);
					await Bun.sleep(0);
				}
				expect(writer.exitCode).toBe(0);
				await collectFrom(db, claude);
				const naive = countNaively(projects);
				expect(await countByReports(db, naive.lines)).toEqual(naive);
				const cold = await emptyLedger();
				await collectFrom(cold, claude);
				expect(await dumpLedger(db)).toEqual(await dumpLedger(cold));
			}
		});
	},
	PATIENCE,
);

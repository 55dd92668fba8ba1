import { join } from "node:path";
import { BenchError, measure, measureInTurn, outputOf } from "../measure.ts";
import { inEmptyHome, promptpulse, readReportText } from "../promptpulse.ts";
import { timesTable } from "../table.ts";
import { copyTree, growTree } from "../trees.ts";
import { takesAtMost } from "../verdict.ts";
import type { Part, PartSetting } from "./part.ts";

const SHARE = 0.01;

/** Collecting what was appended since, beside collecting nothing; each round appends anew. */
export async function measureAppended({ bench, corpus, where }: PartSetting): Promise<Part> {
	const { runs } = bench.options;
	const claude = join(bench.folder, "growing");
	await copyTree(corpus.claude, claude);
	const bytes = corpus.expected.bytes * SHARE;
	let round = 0;

	return await inEmptyHome(bench.folder, async (home) => {
		const tree = { ...where, home, claude };
		const collect = promptpulse(tree, "collect");
		await outputOf(collect);
		const measured = await measureInTurn(runs, [
			{
				name: "promptpulse collect, 1 % appended",
				run: () => {
					growTree(claude, bytes, round++);
					return measure(collect);
				},
			},
			{ name: "promptpulse collect, nothing new", run: () => measure(collect) },
		]);
		const [own, peer] = measured;
		const atOnce = await inEmptyHome(bench.folder, async (other) => {
			await outputOf(promptpulse({ ...tree, home: other }, "collect"));
			return await readReportText({ ...tree, home: other });
		});
		if ((await readReportText(tree)) !== atOnce) {
			throw new BenchError(
				"Collecting what was appended gave another ledger than collecting all at once: mend that before its time counts.",
			);
		}
		return {
			text: timesTable(runs, measured),
			verdicts: [takesAtMost(2, { what: "1 % appended, wall", figure: "wallMs", own, peer })],
		};
	});
}

import { compareCcusage } from "../agreement.ts";
import { measure, measureInTurn, outputOf } from "../measure.ts";
import { inEmptyHome, promptpulse } from "../promptpulse.ts";
import { timesTable } from "../table.ts";
import { isTimesAsFast, takesAtMost } from "../verdict.ts";
import type { Part, PartSetting } from "./part.ts";

/** The whole corpus into an empty ledger, beside what else reads all of it. */
export async function measureCold({ bench, corpus, peers, where }: PartSetting): Promise<Part> {
	const { searcher, ccusage, empty } = peers;
	const { runs } = bench.options;
	const collect = () =>
		inEmptyHome(bench.folder, (home) => measure(promptpulse({ ...where, home }, "collect")));
	const ccusageTotals = ccusage && compareCcusage(await outputOf(ccusage.on(corpus.claude)), corpus.expected);

	const measured = await measureInTurn(runs, [
		{ name: "promptpulse collect", run: collect },
		{ name: searcher.name, run: () => measure(searcher.on(corpus.claude)) },
		{ name: "empty program", run: () => measure(empty) },
		...(ccusage ? [{ name: ccusage.name, run: () => measure(ccusage.on(corpus.claude)) }] : []),
	]);
	const [own, search, , theirs] = measured;
	const verdicts = [takesAtMost(4.5, { what: "cold collect, wall", figure: "wallMs", own, peer: search })];
	if (theirs) {
		verdicts.push(
			isTimesAsFast(2.5, { what: "cold collect, wall", figure: "wallMs", own, peer: theirs }),
			takesAtMost(0.35, { what: "cold collect, cpu", figure: "cpuMs", own, peer: theirs }),
		);
	}
	const note = ccusageTotals ? `\n\nTotals of ccusage, beside the generator's: ${ccusageTotals}.` : "";
	return { text: timesTable(runs, measured) + note, verdicts };
}

import { join } from "node:path";
import { type Measured, measure, measureInTurn, outputOf } from "../measure.ts";
import type { Peers } from "../peers.ts";
import { inEmptyHome, promptpulse, type Where } from "../promptpulse.ts";
import { formatCount, timesTable } from "../table.ts";
import { writeSmallTree } from "../trees.ts";
import { takesAtMost, type Verdict } from "../verdict.ts";
import { type Part, type PartSetting, SHORT_RUNS_FACTOR } from "./part.ts";

const SMALL_TREES = [
	{ files: 2_000, folders: 260, limit: 3.5 },
	{ files: 20_000, folders: 736, limit: 2.5 },
];

/** Collecting again when nothing has been written since. */
export async function measureWarm({ bench, corpus, peers, where }: PartSetting): Promise<Part> {
	const runs = bench.options.runs * SHORT_RUNS_FACTOR;
	const tables = [
		`The corpus, ${formatCount(corpus.expected.files)} files:\n\n${timesTable(runs, await measureNothingNew(runs, peers, where))}`,
	];
	const verdicts: Verdict[] = [];
	for (const { files, folders, limit } of SMALL_TREES) {
		const claude = join(bench.folder, `small-${files}`);
		writeSmallTree(claude, files, folders);
		const measured = await inEmptyHome(bench.folder, async (home) => {
			const tree = { ...where, home, claude };
			await outputOf(promptpulse(tree, "collect"));
			return await measureNothingNew(runs, peers, tree);
		});
		tables.push(`${formatCount(files)} small files in ${folders} folders:\n\n${timesTable(runs, measured)}`);
		const [own, find] = measured;
		verdicts.push(
			takesAtMost(limit, {
				what: `nothing new, ${formatCount(files)} files, wall`,
				figure: "wallMs",
				own,
				peer: find,
			}),
		);
	}
	return { text: tables.join("\n\n"), verdicts };
}

function measureNothingNew(
	runs: number,
	{ finder, ccusage }: Peers,
	where: Where,
): Promise<[own: Measured, find: Measured, ...ccusage: Measured[]]> {
	return measureInTurn(runs, [
		{ name: "promptpulse collect", run: () => measure(promptpulse(where, "collect")) },
		{ name: finder.name, run: () => measure(finder.on(where.claude)) },
		...(ccusage ? [{ name: ccusage.name, run: () => measure(ccusage.on(where.claude)) }] : []),
	]);
}

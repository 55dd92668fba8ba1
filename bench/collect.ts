import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { checkAgreement } from "./agreement.ts";
import { type BenchSetting, tellStep } from "./bench.ts";
import { measureAppended } from "./collect/appended.ts";
import { measureCold } from "./collect/cold.ts";
import { measureMemory } from "./collect/memory.ts";
import type { Part, PartSetting } from "./collect/part.ts";
import { measureStart } from "./collect/start.ts";
import { measureWarm } from "./collect/warm.ts";
import { type Corpus, openCorpus } from "./corpus.ts";
import { outputOf } from "./measure.ts";
import { findPeers, type Peers } from "./peers.ts";
import { promptpulse } from "./promptpulse.ts";
import type { Section } from "./results.ts";
import { formatCount, formatMegabytes } from "./table.ts";
import { verdictTable } from "./verdict.ts";

type PartName = "cold" | "warm" | "appended" | "start" | "memory";

const PARTS: Record<PartName, { title: string; measure: (setting: PartSetting) => Promise<Part> }> = {
	cold: { title: "Into an empty ledger", measure: measureCold },
	warm: { title: "Nothing new", measure: measureWarm },
	appended: { title: "1 % appended", measure: measureAppended },
	start: { title: "Start", measure: measureStart },
	memory: { title: "Peak memory", measure: measureMemory },
};

export const PART_NAMES = Object.keys(PARTS) as PartName[];

/** The size that the targets are for. */
const TARGET_BYTES = 1e9;

/** `promptpulse collect`, and what comes after it, beside its peers; only after its ledger was found to be right. */
export async function benchCollect(bench: BenchSetting): Promise<Section> {
	const corpus = await openCorpus(bench);
	const peers = await findPeers(bench);
	const where = { binary: bench.binary, home: join(bench.folder, "home"), claude: corpus.claude };
	mkdirSync(where.home);
	tellStep("Collecting the corpus and comparing it with its totals …");
	await outputOf(promptpulse(where, "collect"));
	await checkAgreement(where, corpus.expected);

	const chosen = PART_NAMES.filter(
		(name) => bench.options.only.length === 0 || bench.options.only.includes(name),
	);
	const parts: (Part & { title: string })[] = [];
	for (const { title, measure } of chosen.map((name) => PARTS[name])) {
		tellStep(`Measuring: ${title.toLowerCase()} …`);
		parts.push({ title, ...(await measure({ bench, corpus, peers, where })) });
	}
	return {
		name: "`promptpulse collect`",
		text: [
			describeRun(corpus, peers),
			verdictTable(parts.flatMap(({ verdicts }) => verdicts)),
			...parts.map(({ title, text }) => `### ${title}\n\n${text}`),
		].join("\n\n"),
	};
}

function describeRun({ expected }: Corpus, { searcher, finder, ccusage }: Peers): string {
	const { bytes, files, unique_messages: responses } = expected;
	const versions = [searcher, finder, ccusage].flatMap((peer) => peer?.version ?? []);
	const lines = [
		`Made transcripts, ${formatMegabytes(bytes)} in ${formatCount(files)} files with ${formatCount(responses)} responses, in the page cache.`,
		"Measured only after the ledger told of every day and model what the generator says, to the integer.",
		"Everything in turn, medians; ratios in the tables are to their first row. Homes are made and deleted outside the",
		"time; peak memory is what GNU time says.",
		`Beside: ${versions.join(", ")}.`,
	];
	if (bytes < TARGET_BYTES) lines.push("The targets are for 1 GB: of these transcripts they say little.");
	return lines.join("\n");
}

import { checkAgreement } from "../agreement.ts";
import { type Corpus, makeCorpus } from "../corpus.ts";
import { measurePeak, median } from "../measure.ts";
import { inEmptyHome, promptpulse } from "../promptpulse.ts";
import { formatCount, formatMegabytes, table } from "../table.ts";
import { holdsAtMost, type Verdict } from "../verdict.ts";
import type { Part, PartSetting } from "./part.ts";

const RUNS = 3;
const LIMIT_MB = 110;
const LARGE_MB = 4_000;
const LARGE_LIMIT_MB = 150;

/** The most that a cold collect holds at once. */
export async function measureMemory(setting: PartSetting): Promise<Part> {
	const { bench, corpus } = setting;
	const found = [await measureCorpus(setting, corpus, LIMIT_MB)];
	if (bench.options.large) {
		const large = await makeCorpus(bench, LARGE_MB);
		found.push(await measureCorpus(setting, large, LARGE_LIMIT_MB));
	}
	const head = [`median of ${RUNS}`, "files", "responses", "promptpulse collect, cold", "ccusage"];
	const rows = found.map(({ row }) => row);
	return {
		text: table(head, rows),
		verdicts: found.flatMap(({ verdict }) => verdict ?? []),
	};
}

async function measureCorpus(
	{ bench, peers, where }: PartSetting,
	{ claude, expected }: Corpus,
	limitMb: number,
): Promise<{ row: string[]; verdict: Verdict | undefined }> {
	const size = formatMegabytes(expected.bytes);
	const own = await medianPeak(() =>
		inEmptyHome(bench.folder, async (home) => {
			const empty = { ...where, home, claude };
			const peak = await measurePeak(promptpulse(empty, "collect"));
			if (peak !== undefined) await checkAgreement(empty, expected);
			return peak;
		}),
	);
	const ccusage = peers.ccusage?.on(claude);
	const theirs = ccusage && (await medianPeak(() => measurePeak(ccusage)));
	const counts = [expected.files, expected.unique_messages].map(formatCount);
	const peaks = [own, theirs].map((bytes) => (bytes ? formatMegabytes(bytes) : "not measured"));
	return {
		row: [size, ...counts, ...peaks],
		verdict: own ? holdsAtMost(limitMb, `cold collect of ${size}, peak memory`, own) : undefined,
	};
}

async function medianPeak(measureOnce: () => Promise<number | undefined>): Promise<number | undefined> {
	const peaks: number[] = [];
	for (let i = 0; i < RUNS; i++) {
		const peak = await measureOnce();
		if (peak !== undefined) peaks.push(peak);
	}
	return peaks.length === 0 ? undefined : median(peaks);
}

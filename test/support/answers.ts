import { join } from "node:path";
import type { ScanResult } from "../../src/collector/scan.ts";
import type { Database } from "../../src/ledger/database.ts";
import type { NaiveSum } from "./naive-count.ts";
import { countByReports } from "./reports.ts";
import { collectFrom, emptyLedger, inFolder } from "./scan.ts";
import { assistantLine, type LineOptions, SESSION, writeTranscripts } from "./transcript.ts";

/** The transcript that tests write to, below `projects`. */
export const MAIN = `-home-dev-app/${SESSION}.jsonl`;

/** One answer, told apart by its number: 10 + n input tokens, and whatever else is given. */
export function answer(n: number, over: LineOptions = {}): string {
	const ids = { id: `msg_${n}`, requestId: `req_${n}`, uuid: `uuid-${n}` };
	return assistantLine({ ...ids, usage: { input_tokens: 10 + n }, ...over });
}

/** Collects, and tells beside what the scan found what the reports say then. */
type Collect = (options?: Parameters<typeof collectFrom>[2]) => Promise<ScanResult & { total: NaiveSum }>;

/** A Claude directory with these transcripts, `path` being that of {@link MAIN}, and an empty ledger. */
export async function withTranscripts(
	files: Record<string, readonly string[]>,
	use: (home: { claude: string; path: string; db: Database; collect: Collect }) => Promise<void>,
): Promise<void> {
	await inFolder(async (claude) => {
		writeTranscripts(join(claude, "projects"), files);
		const db = await emptyLedger();
		const collect: Collect = async (options) => {
			const { scan } = await collectFrom(db, claude, options);
			return { ...scan, total: (await countByReports(db, scan.sightings)).total };
		};
		await use({ claude, path: join(claude, "projects", MAIN), db, collect });
	});
}

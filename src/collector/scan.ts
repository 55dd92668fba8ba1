import type { Database } from "../ledger/database.ts";
import type { IngestContext } from "../ledger/events.ts";
import { deleteCursors } from "../ledger/files.ts";
import type { SkipReason } from "../transcripts/sighting.ts";
import type { ChangedFile, ScanPlan } from "./plan.ts";
import { Reading, type ReadingResult } from "./reading.ts";

/** Where a scan puts what it reads, and how it tells how far it is. */
export type ScanOptions = {
	db: Database;
	context: IngestContext;
	/** Called some times a second, and awaited. */
	progress?: ((bytes: number, totalBytes: number) => Promise<void>) | undefined;
};

/** What a scan found. */
export type ScanResult = {
	/** Transcripts there are, and those among them that had something new. */
	files: number;
	filesRead: number;
	bytesRead: number;
	/** Lines that looked like usage, and those of them whose form is not the one that Claude Code writes. */
	lines: number;
	oddLines: number;
	/** Lines that told usage: each came to a new response, changed a known one or was a duplicate. */
	sightings: number;
	stored: number;
	raised: number;
	duplicates: number;
	/** Lines that looked like usage and could not be counted. */
	skipped: Partial<Record<SkipReason, number>>;
	/** Lines dated more than a day ahead of this machine's clock; they are counted. */
	inFuture: number;
	/** Models used in fast mode that have no fast rate: priced as if it were not. */
	withoutFastRate: string[];
	unreadable: { path: string; reason: string }[];
	/** Links out of the transcripts. */
	notFollowed: string[];
};

/** A transaction takes no more files once it has written so many responses: what a kill can cost is bounded. */
const MOST_IN_TRANSACTION = 250_000;

/**
 * Brings the ledger to date with what was planned: reads what is new since the last time, and a file as a whole whenever it may have been changed otherwise. It can be killed at any moment: what lines say and how far they were
 * read are one transaction. Where nothing is new nothing is opened and nothing is written.
 */
export async function scan(plan: ScanPlan, { db, context, progress }: ScanOptions): Promise<ScanResult> {
	const { files, changed, gone, unreadable, notFollowed } = plan;
	const totalBytes = changed.reduce((sum, { newBytes }) => sum + newBytes, 0);
	let result: ScanResult = { ...NOTHING, files, unreadable, notFollowed };
	let next = 0;
	while (next < changed.length || (next === 0 && gone.length > 0)) {
		const before = result.bytesRead;
		const part = await db.transaction(async (tx) => {
			if (next === 0) await deleteCursors(tx, gone);
			const show = progress && ((bytes: number) => progress(before + bytes, totalBytes));
			const reading = await Reading.begin(tx, context, show);
			let to = next;
			for (; to < changed.length && reading.written < MOST_IN_TRANSACTION; to++) {
				await reading.read(changed[to] as ChangedFile);
			}
			return { to, found: await reading.finish() };
		});
		result = combine(result, part.found);
		if (part.to === next) break;
		next = part.to;
	}
	return { ...result, duplicates: result.sightings - result.stored - result.raised };
}

const NOTHING: Omit<ScanResult, "files" | "notFollowed"> = {
	filesRead: 0,
	bytesRead: 0,
	lines: 0,
	oddLines: 0,
	sightings: 0,
	stored: 0,
	raised: 0,
	duplicates: 0,
	skipped: {},
	inFuture: 0,
	withoutFastRate: [],
	unreadable: [],
};

function combine(result: ScanResult, found: ReadingResult): ScanResult {
	const skipped = { ...result.skipped };
	for (const [reason, count] of Object.entries(found.skipped) as [SkipReason, number][]) {
		skipped[reason] = (skipped[reason] ?? 0) + count;
	}
	return {
		...result,
		filesRead: result.filesRead + found.filesRead,
		bytesRead: result.bytesRead + found.bytesRead,
		lines: result.lines + found.lines,
		oddLines: result.oddLines + found.oddLines,
		sightings: result.sightings + found.sightings,
		stored: result.stored + found.stored,
		raised: result.raised + found.raised,
		skipped,
		inFuture: result.inFuture + found.inFuture,
		withoutFastRate: [...new Set([...result.withoutFastRate, ...found.withoutFastRate])],
		unreadable: [...result.unreadable, ...found.unreadable],
	};
}

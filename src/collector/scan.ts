import type { Database } from "../ledger/database.ts";
import type { IngestContext } from "../ledger/events.ts";
import { deleteCursors } from "../ledger/files.ts";
import type { SkipReason } from "../transcripts/sighting.ts";
import type { ChangedFile, ScanPlan } from "./plan.ts";
import type { ReadingResult } from "./reading.ts";

/** Where a scan puts what it reads, and how it tells how far it is. */
export type ScanOptions = {
	db: Database;
	context: IngestContext;
	/** How much one transaction takes before it takes no more files. */
	enough?: { responses: number; bytes: number } | undefined;
	/** Called some times a second, and awaited. */
	progress?: ((bytes: number, totalBytes: number) => Promise<void>) | undefined;
};

/** What a scan found. */
export type ScanResult = ReadingResult & {
	/** Transcripts there are. */
	files: number;
	/** Sightings that told nothing new. */
	duplicates: number;
	/** Links out of the transcripts. */
	notFollowed: string[];
};

/** A kill costs no more than this. */
const ENOUGH = { responses: 250_000, bytes: 2e9 };

/**
 * Brings the ledger to date with what was planned: reads what is new since the last time, and a file as a whole
 * whenever it may have been changed otherwise. It can be killed at any moment: what lines say and how far they were
 * read are one transaction. Where nothing is new nothing is opened and nothing is written.
 */
export async function scan(plan: ScanPlan, options: ScanOptions): Promise<ScanResult> {
	const { db, context, enough = ENOUGH, progress } = options;
	const { files, changed, gone, unreadable, notFollowed } = plan;
	const totalBytes = changed.reduce((sum, { newBytes }) => sum + newBytes, 0);
	let result: ScanResult = { ...NOTHING, files, unreadable, notFollowed };
	let next = 0;
	while (next < changed.length || (next === 0 && gone.length > 0)) {
		// Half of all that a report loads, and mostly there is nothing to read.
		const { Reading } = await import("./reading.ts");
		const before = result.bytesRead;
		const part = await db.transaction(async (tx) => {
			if (next === 0) await deleteCursors(tx, gone);
			const show = progress && ((bytes: number) => progress(before + bytes, totalBytes));
			const reading = await Reading.begin(tx, context, show);
			let to = next;
			while (to < changed.length && reading.written < enough.responses && reading.bytesRead < enough.bytes) {
				await reading.read(changed[to++] as ChangedFile);
			}
			return { to, found: await reading.finish() };
		});
		result = combine(result, part.found);
		if (part.to === next) break;
		next = part.to;
	}
	return { ...result, duplicates: result.sightings - result.stored - result.raised };
}

const NOTHING: ReadingResult & { duplicates: number } = {
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

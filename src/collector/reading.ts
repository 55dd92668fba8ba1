import { fullGC } from "bun:jsc";
import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";
import type { Transaction } from "../ledger/database.ts";
import { Ingest, type IngestContext } from "../ledger/events.ts";
import { type FileCursor, saveCursors } from "../ledger/files.ts";
import { resolveFolders } from "../ledger/folders.ts";
import { LineReader } from "../transcripts/lines.ts";
import type { TranscriptFile, Unreadable } from "../transcripts/paths.ts";
import type { SkipReason } from "../transcripts/sighting.ts";
import { type SightingSink, UsageReader } from "../transcripts/usage-reader.ts";
import { lacksFastRate } from "../usage/cost.ts";
import { DAY_MS } from "../usage/day.ts";
import type { UsageEvent } from "../usage/event.ts";
import { makeCursor, resumeOffset } from "./cursor.ts";
import type { ChangedFile } from "./plan.ts";
import { SessionFolders } from "./session-folders.ts";
import { isSystemError } from "./system-error.ts";

type Skipped = Partial<Record<SkipReason, number>>;

/** What was found in files. */
export type ReadingResult = {
	/** Files that had something new. */
	filesRead: number;
	bytesRead: number;
	/** Lines that looked like usage, and those of them whose form is not the one that Claude Code writes. */
	lines: number;
	oddLines: number;
	/** Lines that told usage: each came to a new response, changed a known one or was a duplicate. */
	sightings: number;
	stored: number;
	raised: number;
	/** Lines that looked like usage and could not be counted. */
	skipped: Skipped;
	/** Lines dated more than a day ahead of this machine's clock; they are counted. */
	inFuture: number;
	/** Models used in fast mode that have no fast rate: priced as if it were not. */
	withoutFastRate: string[];
	unreadable: Unreadable[];
};

/** Responses are held until there are so many of them. */
const MOST_HELD = 2_048;
/** After so many the garbage is cleared away: left to itself, the engine lets it grow to twice of what lives. */
const CLEARED_AFTER = 3 * MOST_HELD;
/** How often the event loop gets its turn, in ms: for progress on the screen and for Ctrl-C. */
const BREATH_MS = 100;
/** Between the walk and the opening a file may become a link or a pipe: neither is followed or waited for. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What could be read of a file was read: nothing is lost when the system has trouble with letting go of it. */
function close(fd: number): void {
	try {
		closeSync(fd);
	} catch (error) {
		if (!isSystemError(error)) throw error;
	}
}

/** Reads files into a ledger, inside one transaction. */
export class Reading implements SightingSink {
	readonly #lines = new LineReader();
	readonly #usage = new UsageReader();
	readonly #folders = new SessionFolders();
	readonly #cursors: FileCursor[] = [];
	readonly #result = { filesRead: 0, bytesRead: 0, sightings: 0, inFuture: 0 };
	readonly #withoutFastRate = new Set<string>();
	readonly #unreadable: Unreadable[] = [];
	readonly #skipped: Skipped = {};
	/** Of the file that is being read. */
	#fileSkipped: Skipped = {};
	#lastBreath = performance.now();
	#clearedAt = 0;

	private constructor(
		readonly tx: Transaction,
		readonly context: IngestContext,
		readonly ingest: Ingest,
		readonly progress: ((bytes: number) => Promise<void>) | undefined,
	) {}

	static async begin(
		tx: Transaction,
		context: IngestContext,
		progress: ((bytes: number) => Promise<void>) | undefined,
	): Promise<Reading> {
		return new Reading(tx, context, await Ingest.begin(tx, context), progress);
	}

	get bytesRead(): number {
		return this.#result.bytesRead;
	}

	/** Responses that were written or changed. */
	get written(): number {
		return this.ingest.stored + this.ingest.raised;
	}

	/** Reads what is new in a file. One that is gone by now is no error; any other trouble is noted. */
	async read({ file, cursor }: ChangedFile): Promise<void> {
		let fd: number | undefined;
		try {
			fd = openSync(file.path, OPEN_FLAGS);
			const stats = fstatSync(fd);
			if (!stats.isFile()) return;
			this.#cursors.push(await this.#readLines(fd, file, cursor, stats));
			this.#result.filesRead++;
		} catch (error) {
			if (!isSystemError(error)) throw error;
			if (fd !== undefined || error.code !== "ENOENT") {
				this.#unreadable.push({ path: file.path, reason: error.code });
			}
		} finally {
			if (fd !== undefined) close(fd);
		}
	}

	/** Writes what is left. */
	async finish(): Promise<ReadingResult> {
		await this.#write();
		await this.ingest.finish();
		const { size: implausible } = this.ingest.implausible;
		if (implausible > 0) this.#skipped.implausible = implausible;
		await saveCursors(this.tx, this.#cursors);
		return {
			...this.#result,
			lines: this.#usage.lines,
			oddLines: this.#usage.parsed,
			stored: this.ingest.stored,
			raised: this.ingest.raised,
			skipped: this.#skipped,
			withoutFastRate: [...this.#withoutFastRate],
			unreadable: this.#unreadable,
		};
	}

	async #readLines(
		fd: number,
		file: TranscriptFile,
		cursor: FileCursor | undefined,
		stats: Stats,
	): Promise<FileCursor> {
		const from = resumeOffset(fd, cursor, stats);
		const bytesBefore = this.#result.bytesRead;
		this.#fileSkipped = from > 0 ? { ...cursor?.skipped } : {};
		for (const line of this.#lines.read(fd, from, stats.size)) {
			// An unfinished line comes back whole: what is wrong with it is noted then.
			const noted = line.terminated ? this.#fileSkipped : { ...this.#fileSkipped };
			this.#usage.read(line, file, this);
			this.#fileSkipped = noted;
			if (this.ingest.waiting >= MOST_HELD) await this.#write();
			if (performance.now() - this.#lastBreath >= BREATH_MS) {
				await this.#breathe(bytesBefore + this.#lines.bytes);
			}
		}
		this.#result.bytesRead = bytesBefore + this.#lines.bytes;
		this.#skip("too_long", this.#lines.tooLong);
		return makeCursor(fd, file.path, stats, this.#lines.end, this.#fileSkipped);
	}

	saw(event: Readonly<UsageEvent>, cwd: string | undefined, file: TranscriptFile): void {
		const { prices, now } = this.context;
		this.ingest.note(event);
		this.#folders.see(event, cwd, file);
		this.#result.sightings++;
		if (event.at > now + DAY_MS) this.#result.inFuture++;
		if (lacksFastRate(prices, event)) this.#withoutFastRate.add(event.model);
	}

	skipped(reason: SkipReason): void {
		this.#skip(reason, 1);
	}

	#skip(reason: SkipReason, count: number): void {
		if (count === 0) return;
		this.#skipped[reason] = (this.#skipped[reason] ?? 0) + count;
		this.#fileSkipped[reason] = (this.#fileSkipped[reason] ?? 0) + count;
	}

	async #write(): Promise<void> {
		const { user } = this.context;
		const { moved, projectOf } = await resolveFolders(this.tx, user.id, this.#folders.take());
		await this.ingest.move(moved);
		await this.ingest.write(({ folder, session }) => projectOf(folder ?? "", session));
		if (this.written - this.#clearedAt < CLEARED_AFTER) return;
		fullGC();
		this.#clearedAt = this.written;
	}

	async #breathe(bytes: number): Promise<void> {
		await this.progress?.(bytes);
		await Bun.sleep(0);
		this.#lastBreath = performance.now();
	}
}

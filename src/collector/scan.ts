import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync } from "node:fs";
import { sep } from "node:path";
import type { Database } from "../ledger/database.ts";
import type { IngestContext } from "../ledger/events.ts";
import { type FileCursor, listCursors } from "../ledger/files.ts";
import { LineReader } from "../transcripts/lines.ts";
import { parseLine, type SkipReason } from "../transcripts/parse.ts";
import { listTranscripts, type TranscriptFile } from "../transcripts/paths.ts";
import { lacksFastRate } from "../usage/cost.ts";
import { ScanBatch } from "./batch.ts";
import { isUnchanged, makeCursor, resumeOffset } from "./cursor.ts";

/** What a scan reads, where it puts it, and how it tells how far it is. */
export type ScanOptions = {
	db: Database;
	context: IngestContext;
	/** `projects` directories, as `findRoots` gives them. */
	roots: readonly string[];
	/** Reads every file from its beginning. */
	full?: boolean | undefined;
	/** Called some times a second, and awaited. */
	progress?: ((bytes: number, totalBytes: number) => Promise<void>) | undefined;
};

/** What a scan found. */
export type ScanResult = {
	/** Transcripts there are, and those among them that had something new. */
	files: number;
	filesRead: number;
	bytesRead: number;
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

/** Lines are held until there are this many, then written in one transaction with how far files were read. */
const BATCH = 20_000;
/** How often the event loop gets its turn, in ms: for progress on the screen and for Ctrl-C. */
const BREATH_MS = 100;
const DAY_MS = 86_400_000;

type ChangedFile = { file: TranscriptFile; cursor: FileCursor | undefined; newBytes: number };

/**
 * Brings the ledger to date with the transcripts: reads what is new since the last time, and a file as a whole
 * whenever it may have been changed otherwise. It can be killed at any moment: what a batch of lines says and how far
 * it was read are one transaction. Where nothing is new nothing is written.
 */
export async function scan(options: ScanOptions): Promise<ScanResult> {
	return new Scan(options).run();
}

class Scan {
	readonly #result: ScanResult = {
		files: 0,
		filesRead: 0,
		bytesRead: 0,
		sightings: 0,
		stored: 0,
		raised: 0,
		duplicates: 0,
		skipped: {},
		inFuture: 0,
		withoutFastRate: [],
		unreadable: [],
		notFollowed: [],
	};
	readonly #reader = new LineReader();
	#batch = new ScanBatch();
	#totalBytes = 0;
	#lastBreath = performance.now();

	constructor(readonly options: ScanOptions) {}

	async run(): Promise<ScanResult> {
		const cursors = await listCursors(this.options.db);
		const changed = this.options.roots.flatMap((root) => this.#findChanged(root, cursors));
		this.#totalBytes = changed.reduce((sum, { newBytes }) => sum + newBytes, 0);
		for (const file of changed) await this.#readFile(file);
		await this.#write();
		return this.#result;
	}

	/** Cursors of files that are gone go too, unless a directory could not be looked into. */
	#findChanged(root: string, cursors: Map<string, FileCursor>): ChangedFile[] {
		const { files, unreadable, notFollowed } = listTranscripts(root);
		this.#result.files += files.length;
		this.#result.unreadable.push(...unreadable);
		this.#result.notFollowed.push(...notFollowed);
		if (unreadable.length === 0) {
			const found = new Set(files.map((file) => file.path));
			for (const path of cursors.keys()) {
				if (path.startsWith(root + sep) && !found.has(path)) this.#batch.gone.push(path);
			}
		}
		const changed: ChangedFile[] = [];
		for (const file of files) {
			const stats = this.#look(file.path, () => lstatSync(file.path, { bigint: true }));
			if (!stats) continue;
			const cursor = this.options.full ? undefined : cursors.get(file.path);
			if (cursor && isUnchanged(cursor, stats)) continue;
			const size = Number(stats.size);
			const grown = cursor && size > cursor.size;
			changed.push({ file, cursor, newBytes: grown ? size - cursor.readTo : size });
		}
		return changed;
	}

	async #readFile({ file, cursor }: ChangedFile): Promise<void> {
		const fd = this.#look(file.path, () => openSync(file.path, OPEN_FLAGS));
		if (fd === undefined) return;
		try {
			const stats = fstatSync(fd, { bigint: true });
			if (!stats.isFile()) return;
			const readTo = await this.#readLines(fd, file, cursor, stats);
			this.#batch.cursors.push(makeCursor(fd, file.path, stats, readTo));
			this.#result.filesRead++;
		} catch (error) {
			if (!isSystemError(error)) throw error;
			this.#result.unreadable.push({ path: file.path, reason: error.code });
		} finally {
			closeSync(fd);
		}
	}

	async #readLines(
		fd: number,
		file: TranscriptFile,
		cursor: FileCursor | undefined,
		stats: BigIntStats,
	): Promise<number> {
		const from = resumeOffset(fd, cursor, stats);
		const bytesBefore = this.#result.bytesRead;
		for (const line of this.#reader.read(fd, from, Number(stats.size))) {
			for (const sighting of parseLine(line, file)) {
				if ("skip" in sighting) this.#skip(sighting.skip, 1);
				else {
					this.#batch.add(sighting.event, sighting.cwd, file);
					this.#note(sighting.event);
				}
			}
			if (this.#batch.events.length >= BATCH) await this.#write();
			this.#result.bytesRead = bytesBefore + this.#reader.bytes;
			await this.#breathe();
		}
		this.#result.bytesRead = bytesBefore + this.#reader.bytes;
		this.#skip("too_long", this.#reader.tooLong);
		await this.#breathe();
		return this.#reader.end;
	}

	#note(event: ScanBatch["events"][number]): void {
		const { prices, now } = this.options.context;
		this.#result.sightings++;
		if (event.at > now + DAY_MS) this.#result.inFuture++;
		if (lacksFastRate(prices, event) && !this.#result.withoutFastRate.includes(event.model)) {
			this.#result.withoutFastRate.push(event.model);
		}
	}

	#skip(reason: SkipReason, count: number): void {
		if (count > 0) this.#result.skipped[reason] = (this.#result.skipped[reason] ?? 0) + count;
	}

	async #write(): Promise<void> {
		const batch = this.#batch;
		if (batch.isEmpty) return;
		const written = await this.options.db.transaction((tx) => batch.write(tx, this.options.context));
		this.#result.stored += written?.stored ?? 0;
		this.#result.raised += written?.raised ?? 0;
		this.#result.duplicates += written?.duplicates ?? 0;
		for (const { code } of written?.rejected ?? []) this.#skip(code, 1);
		this.#batch = new ScanBatch();
	}

	async #breathe(): Promise<void> {
		if (performance.now() - this.#lastBreath < BREATH_MS) return;
		await this.options.progress?.(this.#result.bytesRead, this.#totalBytes);
		await Bun.sleep(0);
		this.#lastBreath = performance.now();
	}

	/** A file that Claude Code swept away meanwhile is no error; any other trouble is noted, and the scan goes on. */
	#look<Found>(path: string, look: () => Found): Found | undefined {
		try {
			return look();
		} catch (error) {
			if (!isSystemError(error)) throw error;
			if (error.code !== "ENOENT") this.#result.unreadable.push({ path, reason: error.code });
			return undefined;
		}
	}
}

/** Between the walk and the opening a file may become a link or a pipe: neither is followed or waited for. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
	return error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";
}

import { readSync, type Stats } from "node:fs";
import type { FileCursor, FileLook } from "../ledger/files.ts";

const HEAD_BYTES = 1024;
const TAIL_BYTES = 4096;

/** What a file looks like. Microseconds are finer than any file system's clock ticks. */
export function lookOf(stats: Stats): FileLook {
	return {
		identity: identityOf(stats),
		size: stats.size,
		modifiedUs: microseconds(stats.mtimeMs),
		changedUs: microseconds(stats.ctimeMs),
	};
}

/** Whether a file is, by its looks, the very one that was read. The time of its last change cannot be set by hand. */
export function isUnchanged(known: FileLook, stats: Stats): boolean {
	return (
		known.size === stats.size &&
		known.changedUs === microseconds(stats.ctimeMs) &&
		known.modifiedUs === microseconds(stats.mtimeMs) &&
		known.identity === identityOf(stats)
	);
}

/** Device and inode in one safe integer; what is left out of large ones tells no two files of a directory apart. */
function identityOf({ dev, ino }: Stats): number {
	return (ino % 2 ** 40) * 2 ** 12 + (dev % 2 ** 12);
}

/** A safe integer: some file systems keep times that are not, millions of years from now. */
function microseconds(ms: number): number {
	return Math.round(ms * 1_000) % Number.MAX_SAFE_INTEGER;
}

/**
 * From where a changed file is read: from where reading stopped if it has only grown, as far as its beginning and
 * what stands before that place can tell; otherwise, and whenever in doubt, from its first byte.
 */
export function resumeOffset(fd: number, cursor: FileCursor | undefined, stats: Stats): number {
	if (!cursor || cursor.identity !== identityOf(stats) || stats.size <= cursor.size) return 0;
	const { headHash, tailHash } = hashAround(fd, cursor.readTo);
	return headHash === cursor.headHash && tailHash === cursor.tailHash ? cursor.readTo : 0;
}

/** What to remember of a file that was read as far as `readTo` and looked like `stats` before. */
export function makeCursor(
	fd: number,
	path: string,
	stats: Stats,
	readTo: number,
	skipped: FileCursor["skipped"],
): FileCursor {
	return { path, ...lookOf(stats), readTo, ...hashAround(fd, readTo), skipped };
}

function hashAround(fd: number, readTo: number): { headHash: string; tailHash: string } {
	const head = Math.min(HEAD_BYTES, readTo);
	const tail = Math.min(TAIL_BYTES, readTo);
	return { headHash: hashBytes(fd, 0, head), tailHash: hashBytes(fd, readTo - tail, tail) };
}

const bytes = Buffer.alloc(Math.max(HEAD_BYTES, TAIL_BYTES));

function hashBytes(fd: number, from: number, length: number): string {
	let filled = 0;
	while (filled < length) {
		const count = readSync(fd, bytes, filled, length - filled, from + filled);
		if (count === 0) break;
		filled += count;
	}
	return Bun.hash.xxHash64(bytes.subarray(0, filled)).toString(36);
}

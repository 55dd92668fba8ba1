import { type BigIntStats, readSync } from "node:fs";
import type { FileCursor } from "../ledger/files.ts";

const HEAD_BYTES = 1024;
const TAIL_BYTES = 4096;

/** Whether a file is, by its looks, the very one that was read. The time of change cannot be set back by hand. */
export function isUnchanged(cursor: FileCursor, stats: BigIntStats): boolean {
	return (
		isSameFile(cursor, stats) &&
		cursor.size === Number(stats.size) &&
		cursor.modified === String(stats.mtimeNs) &&
		cursor.changed === String(stats.ctimeNs)
	);
}

/**
 * From where a changed file is read: from where reading stopped if it has only grown, as far as its beginning and
 * what stands before that place can tell; otherwise, and whenever in doubt, from its first byte.
 */
export function resumeOffset(fd: number, cursor: FileCursor | undefined, stats: BigIntStats): number {
	if (!cursor || !isSameFile(cursor, stats) || Number(stats.size) <= cursor.size) return 0;
	const { headHash, tailHash } = hashAround(fd, cursor.readTo);
	return headHash === cursor.headHash && tailHash === cursor.tailHash ? cursor.readTo : 0;
}

/** What to remember of a file that was read as far as `readTo` and looked like `stats` before. */
export function makeCursor(fd: number, path: string, stats: BigIntStats, readTo: number): FileCursor {
	return {
		path,
		device: String(stats.dev),
		inode: String(stats.ino),
		size: Number(stats.size),
		modified: String(stats.mtimeNs),
		changed: String(stats.ctimeNs),
		readTo,
		...hashAround(fd, readTo),
	};
}

function isSameFile(cursor: FileCursor, stats: BigIntStats): boolean {
	return cursor.device === String(stats.dev) && cursor.inode === String(stats.ino);
}

function hashAround(fd: number, readTo: number): { headHash: string; tailHash: string } {
	const head = Math.min(HEAD_BYTES, readTo);
	const tail = Math.min(TAIL_BYTES, readTo);
	return { headHash: hashBytes(fd, 0, head), tailHash: hashBytes(fd, readTo - tail, tail) };
}

function hashBytes(fd: number, from: number, length: number): string {
	const bytes = Buffer.alloc(length);
	let filled = 0;
	while (filled < length) {
		const count = readSync(fd, bytes, filled, length - filled, from + filled);
		if (count === 0) break;
		filled += count;
	}
	return new Bun.CryptoHasher("sha256")
		.update(bytes.subarray(0, filled))
		.digest()
		.toString("base64url", 0, 12);
}

import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Database } from "./database.ts";

const PART = ".part";

/** Whether a file is what somebody left who was killed while they copied. */
export function isUnfinishedCopy(path: string): boolean {
	return path.endsWith(PART) || path.endsWith(`${PART}-journal`);
}

/**
 * Copies a ledger that may be in use into a file of its own: as it is at one moment, whatever is written meanwhile. The
 * file is there whole or not at all, and its owner's alone.
 *
 * @throws AppError `ledger_unwritable`
 */
export async function copyInto(db: Database, path: string): Promise<void> {
	const aside = `${path}.${process.pid}${PART}`;
	const removeAside = () => {
		for (const end of ["", "-journal"]) rmSync(`${aside}${end}`, { force: true });
	};
	removeAside();
	try {
		// SQLite would make one that everybody may read until it is whole.
		closeSync(openSync(aside, "wx", 0o600));
		await db.all("vacuum into ?", [aside]);
		flush(aside);
		// A log that a former copy left, because it was looked into, would be taken for this one's.
		for (const end of ["-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
		renameSync(aside, path);
		flush(dirname(path));
	} catch (error) {
		removeAside();
		throw error;
	}
}

/** Waits until a file, or what a folder lists, is on the disk. */
export function flush(path: string): void {
	const descriptor = openSync(path, "r");
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}

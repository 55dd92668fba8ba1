import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Database } from "./database.ts";

/**
 * Copies a ledger that may be in use into a file of its own: as it is at one moment, whatever is written meanwhile. The
 * file is there whole or not at all, and its owner's alone.
 *
 * @throws AppError `ledger_unwritable`
 */
export async function copyInto(db: Database, path: string): Promise<void> {
	const aside = `${path}.${process.pid}.part`;
	rmSync(aside, { force: true });
	try {
		await db.all("vacuum into ?", [aside]);
		chmodSync(aside, 0o600);
		flush(aside);
		renameSync(aside, path);
		flush(dirname(path));
	} catch (error) {
		rmSync(aside, { force: true });
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

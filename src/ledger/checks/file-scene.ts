import type { Database } from "../database.ts";
import type { openSqlite } from "../sqlite.ts";

export type FileCheckOptions = {
	/**
	 * Has another process run `holdTransaction` on a file. It gives what kills that process, and is done when it
	 * is gone.
	 */
	startWriter: (path: string) => Promise<() => Promise<void>>;
	/** Epoch ms. */
	now: () => number;
	signal: AbortSignal;
	/** What the system tells of the disk that a folder lies on. */
	diskOf?: (folder: string) => { type: number; freeBytes: number };
	open?: typeof openSqlite;
};

/** Checks work with a file of their own beside the ledger: it lies on the same disk, and nobody waits for its locks. */
export type FileScene = Required<FileCheckOptions> & {
	/** The ledger's file, which may not be there. */
	ledger: string;
	folder: string;
	scratch: string;
	/** The file of the checks, once it is open. */
	db: Database | undefined;
	/** It may be there, open or not. */
	isMade: boolean;
};

/** The file of the checks, which has to be open. */
export function openedFile({ db }: FileScene): Database {
	if (db === undefined) throw new Error("the file of the checks was not made");
	return db;
}

export const ON_NETWORK =
	"Do not use this disk: SQLite's locks do not hold over a network, so the ledger would get damaged. Name a place on a disk of this machine in DATABASE_URL, or a database on SQLite Cloud.";

/** Of the marks in the file of the checks, those from one on. */
export async function listMarks(db: Database, from: number): Promise<number[]> {
	const rows = await db.all<{ n: number }>("select n from marks where n >= ? order by n", [from]);
	return rows.map(({ n }) => n);
}

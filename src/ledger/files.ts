import type { Reader, Transaction, Value } from "./database.ts";

/** How far a transcript was read, and what it looked like then. */
export type FileCursor = {
	path: string;
	device: string;
	inode: string;
	size: number;
	/** Nanoseconds since 1970, as text: they do not fit a number. */
	modified: string;
	changed: string;
	/** Byte offset of the first line that was not read to its end. */
	readTo: number;
	/** Hash of the file's first bytes, and of those before `readTo`. */
	headHash: string;
	tailHash: string;
};

/** All cursors, by path. */
export async function listCursors(db: Reader): Promise<Map<string, FileCursor>> {
	const rows = await db.all<FileCursor>(
		`select
			path, device, inode, size, modified, changed,
			read_to as readTo, head_hash as headHash, tail_hash as tailHash
		from files`,
	);
	return new Map(rows.map((row) => [row.path, row]));
}

export async function saveCursors(tx: Transaction, cursors: readonly FileCursor[]): Promise<void> {
	await tx.batch([
		{
			sql: `insert or replace into files (
				path, device, inode, size, modified, changed, read_to, head_hash, tail_hash
			) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			rows: cursors.map((cursor): Value[] => [
				cursor.path,
				cursor.device,
				cursor.inode,
				cursor.size,
				cursor.modified,
				cursor.changed,
				cursor.readTo,
				cursor.headHash,
				cursor.tailHash,
			]),
		},
	]);
}

/** Forgets transcripts that are gone; what was read from them stays. */
export async function deleteCursors(tx: Transaction, paths: readonly string[]): Promise<void> {
	await tx.batch([{ sql: "delete from files where path = ?", rows: paths.map((path): Value[] => [path]) }]);
}

import type { Reader, Transaction, Value } from "./database.ts";

/** What a file looks like without being opened. Times are microseconds since 1970. */
export type FileLook = {
	/** Tells files apart: made of device and inode. */
	identity: number;
	/** Bytes. */
	size: number;
	modifiedUs: number;
	changedUs: number;
};

/** How far a transcript was read. */
export type FileCursor = FileLook & {
	path: string;
	/** Byte offset of the first line that was not read to its end. */
	readTo: number;
	/** Hash of the file's first bytes, and of those before `readTo`. */
	headHash: string;
	tailHash: string;
	/** How many lines up to there could not be counted, by reason. */
	skipped: Readonly<Record<string, number>>;
};

/** What every transcript that was read looked like, by path. */
export async function listLooks(db: Reader): Promise<Map<string, FileLook>> {
	const rows = await db.all<FileLook & { path: string }>(
		"select path, identity, size, modified_us as modifiedUs, changed_us as changedUs from files",
	);
	return new Map(rows.map((row) => [row.path, row]));
}

/** The cursors of these transcripts, by path. */
export async function findCursors(db: Reader, paths: readonly string[]): Promise<Map<string, FileCursor>> {
	if (paths.length === 0) return new Map();
	const rows = await db.all<Omit<FileCursor, "skipped"> & { skipped: string | null }>(
		`select
			f.path, f.identity, f.size, f.modified_us as modifiedUs, f.changed_us as changedUs, f.read_to as readTo,
			f.head_hash as headHash, f.tail_hash as tailHash, f.skipped
		from json_each(?) as wanted
		cross join files as f on f.path = wanted.value`,
		[JSON.stringify(paths)],
	);
	return new Map(rows.map((row) => [row.path, { ...row, skipped: JSON.parse(row.skipped ?? "{}") }]));
}

/** Lines that could not be counted, by reason, over all transcripts that are there still. */
export async function summarizeSkipped(db: Reader): Promise<Record<string, number>> {
	const rows = await db.all<{ reason: string; lines: number }>(
		`select skipped.key as reason, sum(skipped.value) as lines
		from files
		cross join json_each(files.skipped) as skipped
		where files.skipped is not null
		group by reason
		order by lines desc, reason`,
	);
	return Object.fromEntries(rows.map(({ reason, lines }) => [reason, lines]));
}

export async function saveCursors(tx: Transaction, cursors: readonly FileCursor[]): Promise<void> {
	await tx.batch([
		{
			sql: `insert or replace into files (
				path, identity, size, modified_us, changed_us, read_to, head_hash, tail_hash, skipped
			) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			rows: cursors.map((cursor): Value[] => [
				cursor.path,
				cursor.identity,
				cursor.size,
				cursor.modifiedUs,
				cursor.changedUs,
				cursor.readTo,
				cursor.headHash,
				cursor.tailHash,
				Object.keys(cursor.skipped).length === 0 ? null : JSON.stringify(cursor.skipped),
			]),
		},
	]);
}

/** Forgets transcripts that are gone; what was read from them stays. */
export async function deleteCursors(tx: Transaction, paths: readonly string[]): Promise<void> {
	await tx.batch([{ sql: "delete from files where path = ?", rows: paths.map((path): Value[] => [path]) }]);
}

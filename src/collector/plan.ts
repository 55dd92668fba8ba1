import { lstatSync } from "node:fs";
import { sep } from "node:path";
import type { Database } from "../ledger/database.ts";
import { type FileCursor, type FileLook, findCursors, listLooks } from "../ledger/files.ts";
import { listTranscripts, type TranscriptFile, type Unreadable } from "../transcripts/paths.ts";
import { isUnchanged } from "./cursor.ts";
import { isSystemError } from "./system-error.ts";

/** A transcript that may tell something new. */
export type ChangedFile = {
	file: TranscriptFile;
	/** How far it was read, if it was. */
	cursor: FileCursor | undefined;
	/** As far as its looks tell. */
	newBytes: number;
};

/** What there is to read. */
export type ScanPlan = {
	/** Transcripts there are. */
	files: number;
	/** The one that was written last comes last. */
	changed: ChangedFile[];
	/** Paths that were read once and are gone. */
	gone: string[];
	unreadable: Unreadable[];
	/** Links out of the transcripts. */
	notFollowed: string[];
};

/** Whether nothing came, changed or went. */
export function isNothing({ changed, gone }: ScanPlan): boolean {
	return changed.length + gone.length === 0;
}

type Seen = { file: TranscriptFile; size: number; modifiedAt: number };

/**
 * Looks at every transcript and opens none.
 *
 * @param full takes every file for new
 */
export async function planScan(db: Database, roots: readonly string[], full: boolean): Promise<ScanPlan> {
	const looks = await listLooks(db);
	const plan: ScanPlan = { files: 0, changed: [], gone: [], unreadable: [], notFollowed: [] };
	const seen = roots.flatMap((root) => lookThrough(root, looks, full, plan));
	seen.sort((a, b) => a.modifiedAt - b.modifiedAt || (a.file.path < b.file.path ? -1 : 1));
	const known = full ? [] : seen.filter(({ file }) => looks.has(file.path));
	const cursors = await findCursors(
		db,
		known.map(({ file }) => file.path),
	);
	plan.changed = seen.map(({ file, size }) => {
		const cursor = cursors.get(file.path);
		return { file, cursor, newBytes: cursor && size > cursor.size ? size - cursor.readTo : size };
	});
	return plan;
}

/** Files that are gone are told so, unless a directory could not be looked into. */
function lookThrough(
	root: string,
	looks: ReadonlyMap<string, FileLook>,
	full: boolean,
	plan: ScanPlan,
): Seen[] {
	const { files, unreadable, notFollowed } = listTranscripts(root);
	plan.files += files.length;
	plan.unreadable.push(...unreadable);
	plan.notFollowed.push(...notFollowed);
	const seen: Seen[] = [];
	let known = 0;
	for (const file of files) {
		const look = looks.get(file.path);
		if (look) known++;
		const stats = lookAt(file.path, plan);
		if (!stats || (look && !full && isUnchanged(look, stats))) continue;
		seen.push({ file, size: stats.size, modifiedAt: stats.mtimeMs });
	}
	if (unreadable.length === 0) plan.gone.push(...findGone(root, files, looks, known));
	return seen;
}

/** A file that Claude Code swept away meanwhile is no error; one whose name is no UTF-8 cannot be named. */
function lookAt(path: string, plan: ScanPlan) {
	try {
		return lstatSync(path);
	} catch (error) {
		if (!isSystemError(error)) throw error;
		if (error.code !== "ENOENT" || path.includes("\ufffd"))
			plan.unreadable.push({ path, reason: error.code });
		return undefined;
	}
}

/** @param known how many of the files there are were read before */
function findGone(
	root: string,
	files: readonly TranscriptFile[],
	looks: ReadonlyMap<string, FileLook>,
	known: number,
): string[] {
	const below = [...looks.keys()].filter((path) => path.startsWith(root + sep));
	if (below.length === known) return [];
	const found = new Set(files.map((file) => file.path));
	return below.filter((path) => !found.has(path));
}

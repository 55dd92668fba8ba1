import { cleanName } from "../usage/event.ts";
import { type CwdSighting, chooseProject, earlier, mergeCwds, type SessionCwds } from "../usage/project.ts";
import type { Transaction, Value } from "./database.ts";
import { internNames } from "./names.ts";

/** What a batch of lines says of one session in one folder. */
export type FolderSession = { folder: string; session: string; cwds: SessionCwds };

/** A session in a folder whose project is another one now. */
export type MovedSession = { folder: number; session: number; project: number };

/** Projects of the sessions that a batch spoke of, and the sessions that belong elsewhere now. */
export type ResolvedFolders = {
	projectOf(folder: string, session: string): string | undefined;
	moved: MovedSession[];
};

type Row = {
	folder: number;
	session: number;
	matchingCwd: string | null;
	matchingMain: number | null;
	matchingAt: number | null;
	firstCwd: string | null;
	firstMain: number | null;
	firstAt: number | null;
	project: number | null;
};

type Known = { folder: number; session: number; cwds: SessionCwds; project: number | undefined };

/**
 * Notes the working directories of sessions and settles which project each one belongs to. One line can settle it for
 * every session of its folder.
 */
export async function resolveFolders(
	tx: Transaction,
	user: number,
	sightings: readonly FolderSession[],
): Promise<ResolvedFolders> {
	const folderIds = await internNames(tx, "folders", user, new Set(sightings.map((seen) => seen.folder)));
	const sessionIds = await internNames(tx, "sessions", user, new Set(sightings.map((seen) => seen.session)));
	const folders = await loadFolders(tx, [...folderIds.values()]);
	const changed = new Set<Known>();
	for (const { folder, session, cwds } of sightings) {
		const folderId = idOf(folderIds, folder);
		const sessionId = idOf(sessionIds, session);
		const sessions = folders.get(folderId) ?? new Map<number, Known>();
		folders.set(folderId, sessions);
		const known = sessions.get(sessionId) ?? {
			folder: folderId,
			session: sessionId,
			cwds: {},
			project: undefined,
		};
		const merged = mergeCwds(known.cwds, cwds);
		if (!sessions.has(sessionId) || !isSame(known.cwds, merged)) changed.add(known);
		known.cwds = merged;
		sessions.set(sessionId, known);
	}
	const projects = new Map<Known, string>();
	for (const [name, id] of folderIds) chooseProjects(name, folders.get(id), projects);
	const projectIds = await internNames(tx, "projects", user, new Set(projects.values()));
	const moved: MovedSession[] = [];
	for (const [known, name] of projects) {
		const project = idOf(projectIds, name);
		if (known.project === project) continue;
		if (known.project !== undefined) moved.push({ folder: known.folder, session: known.session, project });
		known.project = project;
		changed.add(known);
	}
	await save(tx, changed);
	return {
		moved,
		projectOf(folder, session) {
			const known = folders.get(idOf(folderIds, folder))?.get(idOf(sessionIds, session));
			const name = known && projects.get(known);
			return name === "" ? undefined : name;
		},
	};
}

function chooseProjects(
	folder: string,
	sessions: Map<number, Known> | undefined,
	projects: Map<Known, string>,
): void {
	let best: CwdSighting | undefined;
	for (const { cwds } of sessions?.values() ?? []) best = earlier(best, cwds.matching);
	for (const known of sessions?.values() ?? []) {
		projects.set(known, cleanName(chooseProject(folder, known.cwds, best)) ?? "");
	}
}

async function loadFolders(
	tx: Transaction,
	folders: readonly number[],
): Promise<Map<number, Map<number, Known>>> {
	const rows = await tx.all<Row>(
		`select
			fs.folder,
			fs.session,
			fs.matching_cwd as matchingCwd,
			fs.matching_main as matchingMain,
			fs.matching_at as matchingAt,
			fs.first_cwd as firstCwd,
			fs.first_main as firstMain,
			fs.first_at as firstAt,
			fs.project
		from json_each(?) as wanted
		cross join folder_sessions as fs on fs.folder = wanted.value`,
		[JSON.stringify(folders)],
	);
	const loaded = new Map<number, Map<number, Known>>();
	for (const row of rows) {
		const sessions = loaded.get(row.folder) ?? new Map<number, Known>();
		loaded.set(row.folder, sessions);
		sessions.set(row.session, {
			folder: row.folder,
			session: row.session,
			cwds: {
				matching: asSighting(row.matchingCwd, row.matchingMain, row.matchingAt),
				first: asSighting(row.firstCwd, row.firstMain, row.firstAt),
			},
			project: row.project ?? undefined,
		});
	}
	return loaded;
}

function asSighting(cwd: string | null, isMain: number | null, at: number | null): CwdSighting | undefined {
	return cwd === null || at === null ? undefined : { cwd, isMain: isMain === 1, at };
}

async function save(tx: Transaction, changed: ReadonlySet<Known>): Promise<void> {
	await tx.batch([
		{
			sql: `insert or replace into folder_sessions (
				folder, session, matching_cwd, matching_main, matching_at, first_cwd, first_main, first_at, project
			) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			rows: [...changed].map(({ folder, session, cwds, project }): Value[] => [
				folder,
				session,
				...columnsOf(cwds.matching),
				...columnsOf(cwds.first),
				project ?? null,
			]),
		},
	]);
}

function columnsOf(seen: CwdSighting | undefined): Value[] {
	return seen ? [seen.cwd, Number(seen.isMain), seen.at] : [null, null, null];
}

function isSame(a: SessionCwds, b: SessionCwds): boolean {
	return a.matching === b.matching && a.first === b.first;
}

function idOf(ids: ReadonlyMap<string, number>, name: string): number {
	const id = ids.get(name);
	if (id === undefined) throw new Error(`no number was given to ${JSON.stringify(name)}`);
	return id;
}

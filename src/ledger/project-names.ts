import { projectId } from "../usage/project-id.ts";
import type { Database, Reader } from "./database.ts";
import { mergeInto, type NameChanged, saveAlias, saveHidden } from "./given-names.ts";
import { raiseRevision } from "./users.ts";

/** A project and what a person makes of its name. `mergedInto`: the project that it counts under. */
export type NamedProject = {
	id: number;
	name: string;
	alias: string | null;
	mergedInto: string | null;
	isHidden: boolean;
};

/** What is to be changed; null takes it back. `mergedInto`: a project's id, as {@link projectId} makes it. */
export type ProjectChange = {
	alias?: string | null | undefined;
	mergedInto?: string | null | undefined;
	isHidden?: boolean | undefined;
};

/** The project that an id stands for; ids follow from names, so these are looked through. */
export async function findProject(db: Reader, user: number, id: string): Promise<NamedProject | undefined> {
	return findById(await listNamed(db, user), id);
}

/**
 * Changes what a project is called, what it counts under, and whether lists show it.
 *
 * @param now epoch ms
 */
export async function changeProject(
	db: Database,
	user: number,
	id: string,
	change: ProjectChange,
	now: number,
): Promise<NameChanged> {
	return db.transaction(async (tx) => {
		const all = await listNamed(tx, user);
		const project = findById(all, id);
		if (!project) return "unknown";
		const { alias, mergedInto, isHidden } = change;
		if (mergedInto !== undefined) {
			const target = mergedInto === null ? null : findById(all, mergedInto);
			if (target === undefined) return "unknown target";
			const isMerged = await mergeInto(tx, "projects", user, project.id, target?.id ?? null);
			if (!isMerged) return "itself";
		}
		if (alias !== undefined) await saveAlias(tx, "projects", user, project.id, alias);
		if (isHidden !== undefined) await saveHidden(tx, "projects", user, project.id, isHidden ? now : null);
		await raiseRevision(tx, user);
		return "done";
	});
}

async function listNamed(db: Reader, user: number): Promise<NamedProject[]> {
	const rows = await db.all<Omit<NamedProject, "isHidden"> & { isHidden: 0 | 1 }>(
		`select
			own.id, own.name, own.alias, root.name as mergedInto, own.hidden_at is not null as isHidden
		from projects as own
		left join projects as root on root.id = own.merged_into
		where own.user = ?
		order by own.id`,
		[user],
	);
	return rows.map((row) => ({ ...row, isHidden: row.isHidden === 1 }));
}

function findById(projects: readonly NamedProject[], id: string): NamedProject | undefined {
	return projects.find(({ name }) => projectId(name) === id);
}

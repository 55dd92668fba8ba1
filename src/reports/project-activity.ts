import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { listProjectSessions, type ProjectSessionsRow } from "./project-sessions.ts";
import { listProjects, type ProjectRow } from "./projects.ts";
import type { Asker } from "./source.ts";

/**
 * A project, what was used in it in the filter's days, and the sessions that were last active there in them, if there
 * were any.
 */
export type ProjectActivityRow = ProjectRow & { own: ProjectSessionsRow | undefined };

/** Projects with usage, by name. */
export async function listProjectActivity(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
): Promise<ProjectActivityRow[]> {
	const [projects, sessions] = await Promise.all([
		listProjects(db, asker, filter),
		listProjectSessions(db, asker, filter),
	]);
	const byProject = new Map(sessions.map((row) => [row.project, row]));
	return projects.map((row) => ({ ...row, own: byProject.get(row.project) }));
}

import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { groupUsage, type UsageRow } from "./grouped.ts";
import { type Asker, usedBy } from "./source.ts";

/** `project`: on a machine the full path, or the encoded folder where no path is known; empty where not even that. */
export type ProjectRow = UsageRow & { project: string };

/** Projects with usage, by name. */
export async function listProjects(db: Reader, asker: Asker, filter: UsageFilter): Promise<ProjectRow[]> {
	const source = await usedBy(db, asker, filter, ["project"]);
	return groupUsage<{ project: string }>(db, source, {
		key: { project: "projects.name" },
		joins: "join project_names as projects on projects.id = used.project",
	});
}

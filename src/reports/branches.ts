import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { groupUsage, type UsageRow } from "./grouped.ts";
import { type Asker, usedBy } from "./source.ts";

/** A branch of a project; `branch` is empty where none was known. */
export type BranchRow = UsageRow & { project: string; branch: string };

/** Branches with usage, by project and name. */
export async function listBranches(db: Reader, asker: Asker, filter: UsageFilter): Promise<BranchRow[]> {
	const source = await usedBy(db, asker, filter, ["project", "branch"]);
	return groupUsage<{ project: string; branch: string }>(db, source, {
		key: { project: "projects.name", branch: "branches.name" },
		joins: `join project_names as projects on projects.id = used.project
			join branches on branches.id = used.branch`,
	});
}

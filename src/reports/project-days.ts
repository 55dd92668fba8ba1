import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { type Asker, usedBy } from "./source.ts";

/** On how many of the filter's days each project was used, by the project's name. */
export async function countProjectDays(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
): Promise<Map<string, number>> {
	const source = await usedBy(db, asker, filter, ["day", "project"]);
	const rows = await db.all<{ project: string; days: number }>(
		`${source.sql}
		select projects.name as project, count(distinct used.day) as days
		from used
		join project_names as projects on projects.id = used.project
		group by projects.root
		order by projects.name`,
		source.parameters,
	);
	return new Map(rows.map(({ project, days }) => [project, days]));
}

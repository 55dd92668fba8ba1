import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import type { Exact } from "../usage/usage.ts";
import { type Asker, momentsOf, sessionsOf } from "./source.ts";

/** The sessions of a project: how many, how long in all (ms), when the first began and the last ended (epoch ms). */
export type ProjectSessionsRow = {
	project: string;
	sessions: number;
	lengthMs: Exact;
	firstAt: number;
	lastAt: number;
};

/**
 * Projects by name, with the sessions that were last active there in the filter's days. Of a session in several projects
 * each has its own part.
 */
export async function listProjectSessions(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
): Promise<ProjectSessionsRow[]> {
	const source = sessionsOf(asker, filter);
	const { from, before } = momentsOf(filter);
	return db.all<ProjectSessionsRow>(
		`${source.sql},
		own as materialized (
			select projects.root as project, session, min(first_at) as first_at, max(last_at) as last_at
			from used
			join project_names as projects on projects.id = used.project
			group by projects.root, session
			having max(last_at) >= ? and max(last_at) < ?
		)
		select
			projects.name as project,
			count(*) as sessions,
			sum(own.last_at - own.first_at) as lengthMs,
			min(own.first_at) as firstAt,
			max(own.last_at) as lastAt
		from own
		join projects on projects.id = own.project
		group by projects.id
		order by projects.name`,
		[...source.parameters, from, before],
	);
}

import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import type { Usage } from "../usage/usage.ts";
import { SUMS } from "./grouped.ts";
import { type Asker, momentsOf, sessionsOf } from "./source.ts";

/** `project`: of those it touched the one with most responses, of equals the first by name; times are epoch ms. */
export type TopSessionRow = Usage & { session: string; project: string; firstAt: number; lastAt: number };

/**
 * The dearest of the sessions last active in the filter's days, dearest first; figures are of the whole session. Only of
 * those that may be among them is everything read.
 */
export async function listTopSessions(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	limit: number,
): Promise<TopSessionRow[]> {
	const source = sessionsOf(asker, filter);
	const { from, before } = momentsOf(filter);
	return db.all<TopSessionRow>(
		`${source.sql},
		active as materialized (
			select session
			from used
			where last_at >= ?
			group by session
			having max(last_at) < ?
		),
		costs as materialized (
			select active.session, sum(used.cost) as cost
			from active
			cross join used on used.session = active.session
			group by active.session
		),
		dearest as materialized (
			select session
			from costs
			where cost >= (select min(cost) from (select cost from costs order by cost desc limit ?))
		),
		places as materialized (
			select
				used.session,
				projects.name,
				row_number() over (partition by used.session order by sum(used.responses) desc, projects.name) as rank
			from dearest
			cross join used on used.session = dearest.session
			join project_names as projects on projects.id = used.project
			group by used.session, projects.root
		)
		select
			sessions.name as session,
			places.name as project,
			min(used.first_at) as firstAt,
			max(used.last_at) as lastAt,
			${SUMS}
		from places
		cross join used on used.session = places.session
		join sessions on sessions.id = used.session
		where places.rank = 1
		group by sessions.id
		order by costNanoUsd desc, sessions.name
		limit ?`,
		[...source.parameters, from, before, limit, limit],
	);
}

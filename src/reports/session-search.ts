import { DAY_MS } from "../usage/day.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { piecesOf } from "./session-order.ts";
import type { Asker, Source } from "./source.ts";

/**
 * The sessions of `active` of which an id, a project or a branch holds a text, as a `with` table `found`. It is no
 * pattern; capitals from A to Z are as good as small letters. Branches stand in events alone: only those of sessions
 * are read which were in a project while it had such a branch.
 *
 * @param text all sessions are found by an empty one
 */
export function searchedFor(text: string, { id }: Asker, filter: UsageFilter): Source {
	if (text === "") return { sql: "found as materialized (select session from active)", parameters: [] };
	const pieces = piecesOf(id, filter, "near.session", "near cross join");
	const holds = "instr(lower(name), lower(?)) > 0";
	return {
		sql: `branched as materialized (select id from branches where user = ? and ${holds}),
		had as materialized (
			select project, min(day) as first_day, max(day) as last_day
			from branch_days
			where user = ? and branch in (select id from branched)
			group by project
		),
		near as materialized (
			select distinct active.session
			from active
			cross join used on used.session = active.session
			cross join had on had.project = used.project
				and used.last_at >= (had.first_day - 1) * ${DAY_MS} and used.first_at < (had.last_day + 2) * ${DAY_MS}
		),
		searched as (${pieces.sql}),
		found as materialized (
			select session
			from active
			where session in (select id from sessions where user = ? and ${holds})
			union
			select active.session
			from active
			cross join used on used.session = active.session
			where used.project in (
				select id from project_names where user = ? and (${holds} or instr(lower(alias), lower(?)) > 0)
			)
			union
			select session from searched where branch in (select id from branched)
		)`,
		parameters: [id, text, id, ...pieces.parameters, id, text, id, text, text],
	};
}

import type { Reader } from "../ledger/database.ts";
import { DAY_MS } from "../usage/day.ts";
import type { Usage } from "../usage/usage.ts";
import { SUMS } from "./grouped.ts";
import type { SessionRow } from "./sessions.ts";
import type { Asker } from "./source.ts";

/** A session near another one in time. Times are epoch ms. */
export type NeighbourRow = Usage & { session: string; firstAt: number; lastAt: number };

const NEAR_MS = 30 * DAY_MS;
const EACH_WAY = 3;

/**
 * Sessions of the same project, by their last activity in it: the last three before and the first three after, within
 * thirty days; the earliest first. Which session a copied one came from is not kept, so this is what there is to go to.
 *
 * The plus has the later parts of a session found by the session: by time, all that came later would be looked at for each.
 */
export async function listNeighbours(
	db: Reader,
	{ id }: Asker,
	{ session, project, lastAt }: Pick<SessionRow, "session" | "project" | "lastAt">,
): Promise<NeighbourRow[]> {
	return db.all<NeighbourRow>(
		`with places as materialized (select id from project_names where user = ? and name = ?),
		near as materialized (
			select session, max(last_at) as last_at
			from session_parts as part
			where user = ? and last_at between ? and ? and project in places
				and session <> (select id from sessions where user = ? and name = ?)
				and not exists (
					select 1
					from session_parts
					where user = part.user and session = part.session and +last_at > ? and project in places
				)
			group by session
		),
		chosen as materialized (
			select session from (
				select session from near where last_at <= ? order by last_at desc, session desc limit ${EACH_WAY}
			)
			union all
			select session from (
				select session from near where last_at > ? order by last_at, session limit ${EACH_WAY}
			)
		)
		select
			sessions.name as session,
			min(used.first_at) as firstAt,
			max(used.last_at) as lastAt,
			${SUMS}
		from chosen
		cross join session_parts as used on used.user = ? and used.session = chosen.session
		join sessions on sessions.id = used.session
		group by sessions.id
		order by lastAt, sessions.name`,
		[
			...[id, project, id, lastAt - NEAR_MS, lastAt + NEAR_MS, id, session],
			...[lastAt + NEAR_MS, lastAt, lastAt, id],
		],
	);
}

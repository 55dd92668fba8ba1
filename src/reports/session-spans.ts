import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { type Asker, momentsOf, sessionsOf } from "./source.ts";

/** When a session began and when it was last active, epoch ms. */
export type SessionSpan = { firstAt: number; lastAt: number };

/** Sessions last active in the filter's days, the earliest first. */
export async function listSessionSpans(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
): Promise<SessionSpan[]> {
	const source = sessionsOf(asker, filter);
	const { from, before } = momentsOf(filter);
	return db.all<SessionSpan>(
		`${source.sql}
		select min(first_at) as firstAt, max(last_at) as lastAt
		from used
		group by session
		having max(last_at) >= ? and max(last_at) < ?
		order by lastAt, session`,
		[...source.parameters, from, before],
	);
}

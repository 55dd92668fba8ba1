import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { type Asker, momentsOf, sessionsOf } from "./source.ts";

/**
 * When each session was last active, epoch ms, in ascending order. The filter's days choose sessions by that time, as
 * the list of sessions does.
 */
export async function listSessionTimes(db: Reader, asker: Asker, filter: UsageFilter): Promise<number[]> {
	const source = sessionsOf(asker, filter);
	const { from, before } = momentsOf(filter);
	const rows = await db.all<{ lastAt: number }>(
		`${source.sql}
		select max(last_at) as lastAt
		from used
		where last_at >= ?
		group by session
		having max(last_at) < ?
		order by lastAt, session`,
		[...source.parameters, from, before],
	);
	return rows.map(({ lastAt }) => lastAt);
}

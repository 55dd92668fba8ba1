import type { Reader } from "../ledger/database.ts";

/** When each person was last active (epoch ms): sent usage, used a key, or looked at a page. */
export async function listLastSeen(db: Reader): Promise<Map<number, number>> {
	const rows = await db.all<{ user: number; at: number }>(
		`select user, max(at) as at
		from (
			select user, last_seen as at from machines
			union all select user, last_used_at from api_keys where last_used_at is not null
			union all select user, seen_at from web_sessions
		)
		group by user
		order by user`,
	);
	return new Map(rows.map(({ user, at }) => [user, at]));
}

import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { type Asker, momentsOf } from "./source.ts";

/** When the last block before the filter's days had its last response, epoch ms; undefined where there is none. */
export async function findLastBefore(
	db: Reader,
	{ id }: Asker,
	filter: UsageFilter,
): Promise<number | undefined> {
	const before = await db.get<{ lastAt: number }>(
		`select last_at as lastAt
		from blocks
		where user = ? and start < ?
		order by start desc
		limit 1`,
		[id, momentsOf(filter).from],
	);
	return before?.lastAt;
}

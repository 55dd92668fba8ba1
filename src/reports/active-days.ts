import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { type Asker, usedBy } from "./source.ts";

/** The days that have usage, as numbers, in ascending order. */
export async function listActiveDays(db: Reader, asker: Asker, filter: UsageFilter): Promise<number[]> {
	const source = await usedBy(db, asker, filter, ["day"]);
	const rows = await db.all<{ day: number }>(
		`${source.sql}
		select distinct used.day as day
		from used
		order by day`,
		source.parameters,
	);
	return rows.map(({ day }) => day);
}

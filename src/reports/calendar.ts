import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { WEEKDAYS, weekOf } from "../usage/weekdays.ts";
import { listSeries } from "./series.ts";
import type { Asker } from "./source.ts";

/** Cost in nano-dollars of each day from `since`, the first of a week, to the present day. */
export type Calendar = { since: number; costs: number[] };

const WEEKS = 53;

/** The last 53 weeks, day by day, the present one included. The filter's days do not matter, its names do. */
export async function readCalendar(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	today: number,
): Promise<Calendar> {
	const since = weekOf(today, filter.weekStart) - (WEEKS - 1) * WEEKDAYS;
	const rows = await listSeries(db, asker, { ...filter, since, until: today }, "day", "model");
	const costs = new Array<number>(today - since + 1).fill(0);
	for (const row of rows) costs[row.bucket - since] = Number(row.costNanoUsd);
	return { since, costs };
}

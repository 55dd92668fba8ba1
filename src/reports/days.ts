import type { Reader } from "../ledger/database.ts";
import { dayText } from "../usage/day.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { groupUsage, type UsageRow } from "./grouped.ts";
import { type Asker, usedBy } from "./source.ts";

/** `day`: `YYYY-MM-DD`, a local day of the filter's zone. */
export type DayRow = UsageRow & { day: string };

/** `week`: its Monday, `YYYY-MM-DD`. */
export type WeekRow = UsageRow & { week: string };

/** `month`: `YYYY-MM`. */
export type MonthRow = UsageRow & { month: string };

/** Days with usage, oldest first. */
export async function listDays(db: Reader, asker: Asker, filter: UsageFilter): Promise<DayRow[]> {
	const source = await usedBy(db, asker, filter, ["day"]);
	const rows = await groupUsage<{ day: number }>(db, source, { key: { day: "used.day" } });
	return rows.map((row) => ({ ...row, day: dayText(row.day) }));
}

/** Weeks with usage, oldest first; the first and the last may be cut by the filter. */
export async function listWeeks(db: Reader, asker: Asker, filter: UsageFilter): Promise<WeekRow[]> {
	const source = await usedBy(db, asker, filter, ["day"]);
	const rows = await groupUsage<{ week: number }>(db, source, {
		key: { week: "used.day - (used.day + 3) % 7" },
	});
	return rows.map((row) => ({ ...row, week: dayText(row.week) }));
}

/** Months with usage, oldest first; the first and the last may be cut by the filter. */
export async function listMonths(db: Reader, asker: Asker, filter: UsageFilter): Promise<MonthRow[]> {
	const source = await usedBy(db, asker, filter, ["day"]);
	return groupUsage<{ month: string }>(db, source, {
		key: { month: "strftime('%Y-%m', used.day * 86400, 'unixepoch')" },
	});
}

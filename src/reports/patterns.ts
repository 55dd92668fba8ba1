import type { Reader } from "../ledger/database.ts";
import { DAY_MS, HOUR_MS } from "../usage/day.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { groupUsage, type UsageRow } from "./grouped.ts";
import { type Asker, usedBy } from "./source.ts";

/** What comes again and again: hours of the day, days of the week, weeks of the year. */
export type Rhythm = "hour" | "day" | "week";

/** `beat`: the local hour (0 to 23), the day of the week (0: Sunday), or the week of the year (0: before its first Monday). */
export type PatternRow = UsageRow & { beat: number };

/** The last moments of 1969 are local time, too, of the first of 1970. */
const BEATS: Record<Rhythm, string> = {
	hour: "(used.hour % 24 + 24) % 24",
	day: "(used.day + 11) % 7",
	week: "cast(strftime('%W', used.day * 86400, 'unixepoch') as integer)",
};

/** Usage by what comes again, in its order; what had none is left out. */
export async function listPatterns(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	rhythm: Rhythm,
): Promise<PatternRow[]> {
	const source = await usedBy(db, asker, filter, [rhythm === "hour" ? "hour" : "day"]);
	return groupUsage<{ beat: number }>(db, source, { key: { beat: BEATS[rhythm] } });
}

/** The beat of a local hour, counted since 1970-01-01, of which {@link listPatterns} would tell. */
export function beatOf(hour: number, rhythm: Rhythm): number {
	const date = new Date(hour * HOUR_MS);
	if (rhythm === "hour") return date.getUTCHours();
	if (rhythm === "day") return date.getUTCDay();
	const dayOfYear = (date.getTime() - Date.UTC(date.getUTCFullYear(), 0)) / DAY_MS;
	const sinceMonday = (date.getUTCDay() + 6) % 7;
	return Math.floor((Math.floor(dayOfYear) + 7 - sinceMonday) / 7);
}

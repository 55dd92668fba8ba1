import type { PatternsData } from "../../../views/patterns.tsx";
import { listActiveDays } from "../../reports/active-days.ts";
import { listHeat } from "../../reports/heat-map.ts";
import type { PatternsQuery } from "../../usage/patterns-query.ts";
import { currentStreak, longestStreak, streaksOf } from "../../usage/streaks.ts";
import { addUsage, NO_USAGE, sumUsage, type Usage } from "../../usage/usage.ts";
import { countWeekdays, WEEKDAYS, weekFrom } from "../../usage/weekdays.ts";
import type { Reading } from "./usage-page.ts";

const HOURS = 24;

/** Reads what the page of patterns shows for an address. */
export async function readPatterns({
	source,
	query,
	filter,
	today,
}: Reading<PatternsQuery>): Promise<PatternsData> {
	const { db, asker } = source;
	const [heat, days] = await Promise.all([
		listHeat(db, asker, filter),
		listActiveDays(db, asker, { ...filter, since: undefined, until: undefined }),
	]);
	const cells = Array.from({ length: WEEKDAYS }, () => new Array<Usage>(HOURS).fill(NO_USAGE));
	for (const { weekday, hour, models } of heat) {
		const row = cells[weekday];
		if (row) row[hour] = sumUsage(models);
	}
	const { since, until } = query.period;
	const inPeriod = days.filter((day) => day >= since && day <= until);
	// Days to come have not been without usage yet.
	const passed = { since, until: Math.min(until, today) };
	const streaks = streaksOf(days.filter((day) => day <= today));
	return {
		cells,
		week: weekFrom(source.weekStart),
		weekdays: cells.map(sumUsage),
		hours: Array.from({ length: HOURS }, (_, hour) =>
			cells.reduce((sum, row) => addUsage(sum, row[hour] ?? NO_USAGE), NO_USAGE),
		),
		usage: sumUsage(cells.flat()),
		counts: countWeekdays(passed),
		activeDays: inPeriod.length,
		streaks: {
			period: longestStreak(streaksOf(inPeriod)),
			ever: longestStreak(streaks),
			current: currentStreak(streaks, today),
		},
	};
}

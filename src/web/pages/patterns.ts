import { type PatternsData, PatternsPage } from "../../../views/patterns.tsx";
import { dayText } from "../../usage/day.ts";
import {
	PATTERN_METRICS,
	PATTERNS,
	type PatternsQuery,
	parsePatternsQuery,
} from "../../usage/patterns-query.ts";
import { lengthOf, type Period } from "../../usage/period.ts";
import type { Row } from "../../usage/table-row.ts";
import { NO_USAGE, type Usage } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";
import { nameOfWeekday } from "../../usage/weekdays.ts";
import { readPatterns } from "./patterns-data.ts";
import type { UsagePage } from "./usage-page.ts";

/** `GET /patterns`. */
export const patternsPage: UsagePage<PatternsQuery, PatternsData> = {
	path: "/patterns",
	name: "patterns",
	title: "Patterns",
	current: "patterns",
	listed: 0,
	parameters: { metric: PATTERN_METRICS },
	parse: parsePatternsQuery,
	kindOf: () => PATTERNS,
	read: readPatterns,
	render: PatternsPage,
	panels: {
		heat: ({ cells, counts, week }) =>
			week.flatMap((weekday) =>
				(cells[weekday] ?? []).map((usage, hour) => ({
					weekday: nameOfWeekday(weekday),
					hour,
					days: counts[weekday] ?? 0,
					...usageJson(usage),
				})),
			),
		weekdays: ({ weekdays, counts, week }) =>
			week.map((weekday) => weekdayRow(weekday, counts[weekday] ?? 0, weekdays[weekday] ?? NO_USAGE)),
		hours: ({ hours }) => hours.map((usage, hour) => ({ hour, ...usageJson(usage) })),
		streaks: ({ streaks }) => [
			streakRow("longest in the period", streaks.period),
			streakRow("current", streaks.current),
			streakRow("longest", streaks.ever),
		],
	},
	totals: ({ usage }) => usageJson(usage),
};

/** Averages over so many days of the period; null where it has none. */
function weekdayRow(weekday: number, days: number, usage: Usage): Row {
	const { totalCost, totalTokens, ...rest } = usageJson(usage);
	const average = (value: number) => (days === 0 ? null : value / days);
	return {
		weekday: nameOfWeekday(weekday),
		days,
		averageCost: average(totalCost),
		averageTokens: average(Number(totalTokens)),
		averageResponses: average(Number(usage.responses)),
		totalCost,
		totalTokens,
		...rest,
	};
}

function streakRow(streak: string, period: Period | undefined): Row {
	return {
		streak,
		days: period ? lengthOf(period) : 0,
		since: period ? dayText(period.since) : null,
		until: period ? dayText(period.until) : null,
	};
}

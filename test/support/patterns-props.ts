import { PATTERNS, parsePatternsQuery } from "../../src/usage/patterns-query.ts";
import { addUsage, NO_USAGE, sumUsage, type Usage } from "../../src/usage/usage.ts";
import { View } from "../../src/usage/view.ts";
import { countWeekdays, weekFrom } from "../../src/usage/weekdays.ts";
import type { PatternsData, PatternsProps } from "../../views/patterns.tsx";
import { type Names, PLAIN, propsOf, TODAY, used } from "./overview-props.ts";

/** A page of patterns: on each day of the week a few hours, Wednesday's the dearest. */
export function patternsPropsOf(
	query = "",
	names: Names = PLAIN,
	change: Partial<PatternsData> = {},
): PatternsProps {
	const parsed = parsePatternsQuery(new URLSearchParams(query), { today: TODAY, firstDay: TODAY - 60 });
	const { shell, known, today } = propsOf("", names);
	const cells = Array.from({ length: 7 }, (_, weekday) =>
		Array.from({ length: 24 }, (_, hour): Usage => {
			if (hour < 9 || hour > 17) return NO_USAGE;
			return used(weekday === 2 && hour === 14 ? 50 : (weekday + hour) / 4);
		}),
	);
	const weekdays = cells.map(sumUsage);
	return {
		shell: { ...shell, title: "Patterns" },
		view: new View(PATTERNS, parsed),
		known,
		today,
		data: {
			cells,
			week: weekFrom(0),
			weekdays,
			hours: Array.from({ length: 24 }, (_, hour) =>
				cells.reduce((sum, row) => addUsage(sum, row[hour] ?? NO_USAGE), NO_USAGE),
			),
			usage: sumUsage(weekdays),
			counts: countWeekdays({ since: parsed.period.since, until: Math.min(parsed.period.until, today) }),
			activeDays: 21,
			streaks: {
				period: { since: TODAY - 9, until: TODAY - 5 },
				ever: { since: TODAY - 50, until: TODAY - 31 },
				current: { since: TODAY - 1, until: TODAY - 1 },
			},
			...change,
		},
	};
}

import { dayText, firstDayOf, monthOf, parseDay } from "./day.ts";

/** Local days, as numbers, both included. */
export type Period = { since: number; until: number };

/** Names of ranges in URLs. */
export const RANGES = ["today", "7d", "30d", "month", "12m", "all", "custom"] as const;

export type Range = (typeof RANGES)[number];

/** What a period is compared with: as many days just before it, the same days a year earlier, nothing. */
export const COMPARISONS = ["prev", "year", "none"] as const;

export type Comparison = (typeof COMPARISONS)[number];

/** The days of a range that ends today; `all` begins with the first day that has usage. */
export function periodOf(range: Exclude<Range, "custom">, today: number, firstDay: number): Period {
	const date = Temporal.PlainDate.from(dayText(today));
	const first = (start: Temporal.PlainDate) => parseDay(start.toString()) ?? today;
	const since = {
		today: () => today,
		"7d": () => today - 6,
		"30d": () => today - 29,
		month: () => first(date.with({ day: 1 })),
		"12m": () => first(date.subtract({ years: 1 }).add({ days: 1 })),
		all: () => Math.min(firstDay, today),
	}[range]();
	return { since, until: today };
}

/** The days that a period is compared with. A month so far is compared with as much of the month before. */
export function periodBefore(period: Period, range: Range, comparison: Comparison): Period | undefined {
	if (comparison === "none" || range === "all") return undefined;
	if (comparison === "year") return moved(period, { years: 1 });
	if (range === "month") return moved(period, { months: 1 });
	const length = lengthOf(period);
	return { since: period.since - length, until: period.since - 1 };
}

/**
 * The period just before or after one, as long as that one: whole months beside a whole month or the present one.
 * Undefined where it would lie before 1970 or after today.
 */
export function periodBeside(period: Period, range: Range, today: number, step: -1 | 1): Period | undefined {
	if (range === "all") return undefined;
	const { since, until } = period;
	const length = lengthOf(period);
	const month = monthOf(since);
	const isMonth = range === "month" || (since === firstDayOf(month) && until + 1 === firstDayOf(month + 1));
	const beside = isMonth
		? { since: firstDayOf(month + step), until: firstDayOf(month + step + 1) - 1 }
		: { since: since + step * length, until: until + step * length };
	return beside.since < 0 || beside.since > today ? undefined : beside;
}

/** A period's range by its name where it has one: the link to the present days is the same wherever one comes from. */
export function rangeOf(period: Period, today: number): Range {
	const named = (["today", "7d", "30d", "12m"] as const).find((range) => {
		const { since, until } = periodOf(range, today, today);
		return since === period.since && until === period.until;
	});
	if (named) return named;
	const month = monthOf(today);
	const isPresentMonth = period.since === firstDayOf(month) && period.until === firstDayOf(month + 1) - 1;
	return isPresentMonth ? "month" : "custom";
}

/** How many days a period has. */
export function lengthOf({ since, until }: Period): number {
	return until - since + 1;
}

function moved({ since, until }: Period, by: Temporal.DurationLike): Period {
	const earlier = (day: number) =>
		parseDay(Temporal.PlainDate.from(dayText(day)).subtract(by).toString()) ?? day;
	return { since: earlier(since), until: earlier(until) };
}

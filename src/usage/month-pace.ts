import { firstDayOf, monthOf } from "./day.ts";

/** What a month has cost, and what it comes to by its end. Amounts are nano-dollars; months and days are numbers. */
export type MonthPace = {
	month: number;
	/** Its last day. */
	until: number;
	cost: number;
	/**
	 * If each day that is left costs as much as the mean of those that are over; the present one counts by what it has cost
	 * already where that is more. Undefined on the first day, which has nothing to go by.
	 */
	byEnd: number | undefined;
	/** The month before. */
	last: { month: number; cost: number };
};

/**
 * The month in which the last of the days lies, which is the present one.
 *
 * @param costs of each day from `since`, at least from the beginning of the month before
 */
export function monthPaceOf({ since, costs }: { since: number; costs: readonly number[] }): MonthPace {
	const today = since + costs.length - 1;
	const month = monthOf(today);
	const [first, next] = [firstDayOf(month), firstDayOf(month + 1)];
	const costOf = (from: number, to: number) =>
		costs.slice(from - since, to - since).reduce((sum, cost) => sum + cost, 0);
	const over = costOf(first, today);
	const present = costOf(today, today + 1);
	const mean = over / (today - first);
	const left = next - 1 - today;
	return {
		month,
		until: next - 1,
		cost: over + present,
		byEnd: today === first ? undefined : Math.round(over + Math.max(present, mean) + mean * left),
		last: { month: month - 1, cost: costOf(firstDayOf(month - 1), first) },
	};
}

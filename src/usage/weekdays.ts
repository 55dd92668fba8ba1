import type { Period } from "./period.ts";

/** Monday is 0. */
export const WEEKDAYS = 7;

/** The day of the week of a day since 1970-01-01, a Thursday. */
export function weekdayOf(day: number): number {
	return (((day + 3) % WEEKDAYS) + WEEKDAYS) % WEEKDAYS;
}

/** How many Mondays, Tuesdays … a period has; none where it ends before it begins. */
export function countWeekdays({ since, until }: Period): number[] {
	const length = Math.max(0, until - since + 1);
	const whole = Math.floor(length / WEEKDAYS);
	const counts = new Array<number>(WEEKDAYS).fill(whole);
	for (let day = since + whole * WEEKDAYS; day <= until; day++) {
		const weekday = weekdayOf(day);
		counts[weekday] = (counts[weekday] ?? 0) + 1;
	}
	return counts;
}

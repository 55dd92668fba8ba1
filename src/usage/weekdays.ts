import type { Period } from "./period.ts";

/** Days of the week by their numbers: Monday is 0. */
export const WEEKDAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

export const WEEKDAYS = WEEKDAY_NAMES.length;

/** The day on which weeks begin where nobody chose another. */
export const MONDAY = 0;

/** The day of the week of a day since 1970-01-01, a Thursday. */
export function weekdayOf(day: number): number {
	return (((day + 3) % WEEKDAYS) + WEEKDAYS) % WEEKDAYS;
}

/** The first day of a day's week. @param weekStart the day of the week on which weeks begin */
export function weekOf(day: number, weekStart = MONDAY): number {
	return day - ((weekdayOf(day) - weekStart + WEEKDAYS) % WEEKDAYS);
}

/** All days of the week, from the one on which weeks begin. */
export function weekFrom(weekStart: number): number[] {
	return WEEKDAY_NAMES.map((_, i) => (weekStart + i) % WEEKDAYS);
}

/** How a day of the week is written in the API and in forms: `monday`. */
export function weekdayId(weekday: number): string {
	return nameOfWeekday(weekday).toLowerCase();
}

/** The day of the week that is written so; undefined for what is none. */
export function parseWeekday(id: string): number | undefined {
	const weekday = WEEKDAY_NAMES.findIndex((name) => name.toLowerCase() === id);
	return weekday === -1 ? undefined : weekday;
}

/** `Monday` */
export function nameOfWeekday(weekday: number): string {
	return WEEKDAY_NAMES[weekday] ?? "";
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

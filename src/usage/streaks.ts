import { lengthOf, type Period } from "./period.ts";

/**
 * Days in a row, the first such stretch being the first of the list.
 *
 * @param days in ascending order, each once
 */
export function streaksOf(days: readonly number[]): Period[] {
	const streaks: Period[] = [];
	for (const day of days) {
		const last = streaks.at(-1);
		if (last?.until === day - 1) last.until = day;
		else streaks.push({ since: day, until: day });
	}
	return streaks;
}

/** The longest of some streaks, of equal ones the latest. */
export function longestStreak(streaks: readonly Period[]): Period | undefined {
	let longest: Period | undefined;
	for (const streak of streaks) {
		if (!longest || lengthOf(streak) >= lengthOf(longest)) longest = streak;
	}
	return longest;
}

/** The streak that goes on: a day that is not over does not end it. */
export function currentStreak(streaks: readonly Period[], today: number): Period | undefined {
	return streaks.findLast(({ since, until }) => since <= today && until >= today - 1);
}

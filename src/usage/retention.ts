import { DAY_MS } from "./day.ts";

/** So many months can be chosen to keep single responses for. */
export const MOST_MONTHS = 120;

/** What an admin settled for a whole server, in months: for who settled nothing, and the most that anybody keeps. */
export type RetentionRules = { usual: number | null; most: number | null };

/** A person's choice: null where nothing was settled, 0 for all of it for good. */
export type RetentionChoice = number | null;

/** For how many months a person's single responses are kept; null: for good. */
export function keptMonths(own: RetentionChoice, { usual, most }: RetentionRules): number | null {
	const wanted = own ?? usual;
	const months = wanted === 0 ? null : wanted;
	if (months === null || most === null) return months ?? most;
	return Math.min(months, most);
}

/** Retention runs daily, and a server may have been off for a week. */
const LONGEST_STEP_MS = 8 * DAY_MS;

/**
 * Up to which moment retention goes in a run. What it removes does not come back, and a clock may be wrong by years: so it
 * goes no further than some days from where the last run was. After a longer rest it takes some runs to catch up.
 *
 * @param last where the last run went (epoch ms); before the first one when the newest response was
 */
export function retainedUntil(now: number, last: number): number {
	return Math.min(now, last + LONGEST_STEP_MS);
}

/** Whether retention waits for the clock to be looked after: it is further ahead than a run goes. */
export function isClockAhead(now: number, last: number | null): boolean {
	return last !== null && now - last > LONGEST_STEP_MS;
}

/**
 * Where what is kept for some months begins: always with a UTC day, so that a day is kept as a whole or not at all.
 *
 * @param now epoch ms
 * @returns epoch ms, never before 1970
 */
export function horizonAt(now: number, months: number): number {
	const today = new Date(now);
	const [year, month] = [today.getUTCFullYear(), today.getUTCMonth() - months];
	// The 31st of a shorter month is its last day.
	const day = Math.min(today.getUTCDate(), new Date(Date.UTC(year, month + 1, 0)).getUTCDate());
	return Math.max(0, Date.UTC(year, month, day));
}

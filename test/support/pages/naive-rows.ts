import { type NaivePart, sumsBy } from "./naive-parts.ts";
import { dateOf, type NaiveDays, type NaiveQuery } from "./naive-query.ts";
import type { Member } from "./page-team.ts";
import type { Panel, Row } from "./page-visit.ts";

/** What a panel is checked with. `parts`: everything of the person, whatever the query. */
export type Counting = {
	panel: Panel;
	member: Member;
	parts: readonly NaivePart[];
	query: NaiveQuery;
	/** Of a session's own page. */
	session: string;
};

/** Rows with these names, the dearest first, of equals the one with more tokens, then by name. */
export function ranked(
	parts: readonly NaivePart[],
	field: string,
	nameOf: (part: NaivePart) => string,
): Row[] {
	return Object.entries(sumsBy(parts, nameOf))
		.map(([name, sum]): Row => ({ [field]: name, ...sum }))
		.sort(dearest(field));
}

/** The order of `ranked`. */
export function dearest(field: string): (a: Row, b: Row) => number {
	return (a, b) => by("totalCost")(b, a) || by("totalTokens")(b, a) || by(field)(a, b);
}

export function by(field: string): (a: Row, b: Row) => number {
	return (a, b) => {
		const [x, y] = [a[field] ?? 0, b[field] ?? 0];
		return x < y ? -1 : Number(x > y);
	};
}

/** What is expected by name, in the order in which it came; what did not come stands last. */
export function inOrderOf(rows: readonly Row[], expected: readonly Row[], field: string): Row[] {
	const places = new Map(rows.map((row, i) => [row[field], i]));
	const placeOf = (row: Row) => places.get(row[field] ?? null) ?? rows.length;
	return expected.toSorted((a, b) => placeOf(a) - placeOf(b));
}

export function timesOf(parts: readonly NaivePart[]): { firstActivity: string; lastActivity: string } {
	const times = parts.map(({ at }) => at);
	return {
		firstActivity: new Date(times.reduce((a, b) => Math.min(a, b))).toISOString(),
		lastActivity: new Date(times.reduce((a, b) => Math.max(a, b))).toISOString(),
	};
}

/** Monday is 0. */
export function weekdayOf(day: number): number {
	return dateOf(day).dayOfWeek - 1;
}

/** All days of a period. */
export function allDays({ since, until }: NaiveDays): number[] {
	return Array.from({ length: until - since + 1 }, (_, i) => since + i);
}

/** Those of its days that have come. */
export function passedDays({ days, today }: NaiveQuery): number[] {
	return allDays(days).filter((day) => day <= today);
}

export function iso(at: number): string {
	return new Date(at).toISOString();
}

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { dayText, parseDay } from "../../src/usage/day.ts";
import { PATTERNS, parsePatternsQuery } from "../../src/usage/patterns-query.ts";
import { currentStreak, longestStreak, streaksOf } from "../../src/usage/streaks.ts";
import { View } from "../../src/usage/view.ts";
import { QueryError } from "../../src/usage/view-query.ts";
import {
	countWeekdays,
	parseWeekday,
	WEEKDAY_NAMES,
	weekdayId,
	weekdayOf,
	weekFrom,
	weekOf,
} from "../../src/usage/weekdays.ts";
import { runs } from "../support/runs.ts";

const anyDay = fc.integer({ min: -1_000, max: 40_000 });

describe("days of the week", () => {
	test("begin with Monday", () => {
		// The first of January 1970 was a Thursday.
		expect([-3, -2, -1, 0, 1, 2, 3].map(weekdayOf)).toEqual([0, 1, 2, 3, 4, 5, 6]);
	});

	test("are counted as a calendar has them", () => {
		fc.assert(
			fc.property(anyDay, fc.integer({ min: 0, max: 800 }), (since, more) => {
				const naive = new Array<number>(7).fill(0);
				for (let day = since; day <= since + more; day++) {
					const weekday = (new Date(day * 86_400_000).getUTCDay() + 6) % 7;
					naive[weekday] = (naive[weekday] ?? 0) + 1;
				}
				expect(countWeekdays({ since, until: since + more })).toEqual(naive);
			}),
		);
	});

	test("are none of a period that is still to come", () => {
		expect(countWeekdays({ since: 10, until: 9 })).toEqual([0, 0, 0, 0, 0, 0, 0]);
		expect(countWeekdays({ since: 10, until: 2 })).toEqual([0, 0, 0, 0, 0, 0, 0]);
	});
});

describe("weeks", () => {
	test("begin on Monday where nobody chose a day", () => {
		const monday = (text: string) => dayText(weekOf(parseDay(text) as number));
		expect(monday("2026-03-02")).toBe("2026-03-02");
		expect(monday("2026-03-08")).toBe("2026-03-02");
		expect(monday("2026-03-09")).toBe("2026-03-09");
		expect(monday("2025-01-01")).toBe("2024-12-30");
		expect(monday("1970-01-01")).toBe("1969-12-29");
	});

	test("begin at most six days before every day, on the day that was chosen", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: -100_000, max: 100_000 }),
				fc.integer({ min: 0, max: 6 }),
				(day, weekStart) => {
					const first = weekOf(day, weekStart);
					expect(day - first).toBeWithin(0, 7);
					expect(Temporal.PlainDate.from(dayText(first)).dayOfWeek).toBe(weekStart + 1);
				},
			),
			runs(200),
		);
	});

	test("have all seven days in their order", () => {
		expect(weekFrom(0)).toEqual([0, 1, 2, 3, 4, 5, 6]);
		expect(weekFrom(5)).toEqual([5, 6, 0, 1, 2, 3, 4]);
	});

	test("are written by the names of their days", () => {
		expect(WEEKDAY_NAMES.map((_, weekday) => parseWeekday(weekdayId(weekday)))).toEqual(weekFrom(0));
		expect(["", "Monday", "mon", "7", "sunday "].map(parseWeekday)).toEqual(new Array(5).fill(undefined));
	});
});

describe("streaks", () => {
	const streaks = streaksOf([1, 2, 3, 7, 9, 10, 11]);

	test("are days in a row", () => {
		expect(streaks).toEqual([
			{ since: 1, until: 3 },
			{ since: 7, until: 7 },
			{ since: 9, until: 11 },
		]);
		expect(streaksOf([])).toEqual([]);
	});

	test("have a longest one, of equal ones the latest", () => {
		expect(longestStreak(streaks)).toEqual({ since: 9, until: 11 });
		expect(longestStreak([])).toBeUndefined();
	});

	test("go on until a whole day was without usage", () => {
		expect(currentStreak(streaks, 11)).toEqual({ since: 9, until: 11 });
		expect(currentStreak(streaks, 12)).toEqual({ since: 9, until: 11 });
		expect(currentStreak(streaks, 13)).toBeUndefined();
	});
});

describe("the address of the page of patterns", () => {
	const parse = (query: string) =>
		parsePatternsQuery(new URLSearchParams(query), { today: 20_000, firstDay: 0 });

	test("says which measure, where it is not the usual one", () => {
		expect(new View(PATTERNS, parse("")).href()).toBe("/patterns");
		expect(new View(PATTERNS, parse("")).href({ metric: "responses" })).toBe("/patterns?metric=responses");
		expect(() => parse("metric=days")).toThrow(QueryError);
	});
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { dayText, parseDay } from "../../src/usage/day.ts";
import {
	lengthOf,
	type Period,
	periodBeside,
	periodOf,
	type Range,
	rangeOf,
} from "../../src/usage/period.ts";

const TODAY = dayOf("2026-11-24");

function dayOf(text: string): number {
	return parseDay(text) ?? Number.NaN;
}

function period(since: string, until: string): Period {
	return { since: dayOf(since), until: dayOf(until) };
}

function beside(of: Period, range: Range, step: -1 | 1): string | undefined {
	const found = periodBeside(of, range, TODAY, step);
	return found && `${dayText(found.since)} ${dayText(found.until)}`;
}

describe("the period beside another", () => {
	test("has as many days", () => {
		expect(beside(period("2026-11-18", "2026-11-24"), "7d", -1)).toBe("2026-11-11 2026-11-17");
		expect(beside(period("2026-11-11", "2026-11-17"), "custom", 1)).toBe("2026-11-18 2026-11-24");
		expect(beside(period("2026-11-24", "2026-11-24"), "today", -1)).toBe("2026-11-23 2026-11-23");
	});

	test("is a whole month beside a whole month, or beside the present one", () => {
		expect(beside(period("2026-11-01", "2026-11-24"), "month", -1)).toBe("2026-10-01 2026-10-31");
		expect(beside(period("2026-10-01", "2026-10-31"), "custom", -1)).toBe("2026-09-01 2026-09-30");
		expect(beside(period("2026-02-01", "2026-02-28"), "custom", 1)).toBe("2026-03-01 2026-03-31");
		expect(beside(period("2026-10-01", "2026-10-31"), "custom", 1)).toBe("2026-11-01 2026-11-30");
	});

	test("is not there after today, before 1970, or beside all time", () => {
		expect(beside(period("2026-11-18", "2026-11-24"), "7d", 1)).toBeUndefined();
		expect(beside(period("2026-11-01", "2026-11-24"), "month", 1)).toBeUndefined();
		expect(beside(period("1970-01-01", "1970-01-05"), "custom", -1)).toBeUndefined();
		expect(beside(period("2025-01-01", "2026-11-24"), "all", -1)).toBeUndefined();
	});

	test("leads back", () => {
		const some = fc.record({ back: fc.nat(3_000), length: fc.integer({ min: 1, max: 400 }) });
		fc.assert(
			fc.property(some, ({ back, length }) => {
				const until = TODAY - back;
				const first = { since: until - length + 1, until };
				const earlier = periodBeside(first, "custom", TODAY, -1);
				if (!earlier) return;
				const isMonth = lengthOf(earlier) !== length || dayText(earlier.since).endsWith("-01");
				if (!isMonth) expect(periodBeside(earlier, "custom", TODAY, 1)).toEqual(first);
			}),
		);
	});
});

test("a period that a range is named for goes by its name", () => {
	for (const range of ["today", "7d", "30d", "12m"] as const) {
		expect(rangeOf(periodOf(range, TODAY, TODAY), TODAY)).toBe(range);
	}
	expect(rangeOf(period("2026-11-01", "2026-11-30"), TODAY)).toBe("month");
	expect(rangeOf(period("2026-10-01", "2026-10-31"), TODAY)).toBe("custom");
});

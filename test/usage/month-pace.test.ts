import { describe, expect, test } from "bun:test";
import { monthText, parseDay } from "../../src/usage/day.ts";
import { monthPaceOf } from "../../src/usage/month-pace.ts";

/** Costs of each day from 1 October 2026 to the present one. */
function costsUntil(today: string, costOf: (date: string) => number) {
	const since = parseDay("2026-10-01") as number;
	const length = (parseDay(today) as number) - since + 1;
	const date = (i: number) => new Date((since + i) * 86_400_000).toISOString().slice(0, 10);
	return { since, costs: Array.from({ length }, (_, i) => costOf(date(i))) };
}

describe("what a month comes to", () => {
	test("is what it has cost, and the mean of the days that are over for each that is left", () => {
		const pace = monthPaceOf(
			costsUntil("2026-11-11", (day) => (day < "2026-11" ? 7 : day < "2026-11-11" ? 10 : 3)),
		);
		expect(pace).toMatchObject({ cost: 103, byEnd: 300, last: { cost: 31 * 7 } });
		expect([pace.month, pace.last.month].map(monthText)).toEqual(["2026-11", "2026-10"]);
		expect(pace.until).toBe(parseDay("2026-11-30") as number);
	});

	test("counts the present day by what it has cost, where that is more than others did", () => {
		const { cost, byEnd } = monthPaceOf(costsUntil("2026-11-11", (day) => (day < "2026-11-11" ? 10 : 50)));
		expect({ cost, byEnd }).toEqual({ cost: 150, byEnd: 340 });
	});

	test("is not known on the first day", () => {
		expect(monthPaceOf(costsUntil("2026-11-01", () => 5))).toMatchObject({ cost: 5, byEnd: undefined });
	});

	test("is what it cost on the last day", () => {
		expect(monthPaceOf(costsUntil("2026-11-30", () => 5))).toMatchObject({ cost: 150, byEnd: 150 });
	});

	test("has its neighbour in the year before", () => {
		const { last } = monthPaceOf({ since: parseDay("2026-12-01") as number, costs: Array(32).fill(1) });
		expect(monthText(last.month)).toBe("2026-12");
		expect(last.cost).toBe(31);
	});
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { LISTED_PLANS, NANO_A_CENT, parsePrice, planMonthsOf, planOf } from "../../src/usage/plans.ts";
import { NO_USAGE } from "../../src/usage/usage.ts";
import { runs } from "../support/runs.ts";

/** November 2026. */
const PRESENT = 56 * 12 + 10;

function used(month: string, dollars: number, unpriced = 0) {
	return { ...NO_USAGE, month, costNanoUsd: Math.round(dollars * 1e9), responses: 1, unpriced };
}

const MAX = { id: "max_100", name: "Max 5x", cents: 10_000 };

describe("a plan", () => {
	test("is a listed one with its price, or another with the person's", () => {
		expect(planOf({ plan: "pro_17", planCents: null })).toEqual({ id: "pro_17", name: "Pro", cents: 1_700 });
		expect(planOf({ plan: "max_100", planCents: 5 })?.cents).toBe(10_000);
		expect(planOf({ plan: "max_200", planCents: null })?.cents).toBe(20_000);
		expect(planOf({ plan: "other", planCents: 2_050 })).toEqual({
			id: "other",
			name: "Other plan",
			cents: 2_050,
		});
		for (const plan of [null, "other", "constructor", ""])
			expect(planOf({ plan, planCents: null })).toBeUndefined();
	});
});

describe("a price", () => {
	test.each([
		["20", 2_000],
		["17.5", 1_750],
		["17.50", 1_750],
		["$ 1,000.01", 100_001],
		[" 0.01 ", 1],
		["100000", 10_000_000],
	])("%j is %i cents", (typed, cents) => {
		expect(parsePrice(typed)).toBe(cents);
	});

	test.each(["", "0", "0.00", "-1", "1.234", "1e3", "1,00", "100000.01", "9999999999999", "20 EUR", "0x10"])(
		"%j is none",
		(typed) => {
			expect(parsePrice(typed)).toBeUndefined();
		},
	);
});

describe("months beside a plan", () => {
	test("begin with the first one that has usage, and leave none out", () => {
		const months = planMonthsOf([used("2026-09", 50), used("2026-11", 250, 3)], PRESENT, MAX);
		expect(
			months.map(({ month, factor, reached, unpriced }) => [month, factor, reached?.id, unpriced]),
		).toEqual([
			[PRESENT - 2, 0.5, "pro_17", 0],
			[PRESENT - 1, 0, undefined, 0],
			[PRESENT, 2.5, "max_200", 3],
		]);
	});

	test("are the last twelve, over the end of a year", () => {
		const months = planMonthsOf(
			[used("2020-01", 1), used("2025-12", 17), used("2026-11", 16.999_999_999)],
			PRESENT,
			MAX,
		);
		expect(months).toHaveLength(12);
		expect(months.at(0)).toMatchObject({ month: PRESENT - 11, reached: LISTED_PLANS[0] });
		expect(months.at(-1)?.reached).toBeUndefined();
		expect(planMonthsOf([used("2020-01", 1)], PRESENT, MAX)).toEqual([]);
	});

	test("reach the dearest plan that costs no more than they would have", () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (cost) => {
				const costNanoUsd = cost <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(cost) : cost;
				const [month] = planMonthsOf([{ ...used("2026-11", 0), costNanoUsd }], PRESENT, MAX);
				const paid = LISTED_PLANS.filter(({ cents }) => BigInt(cents * NANO_A_CENT) <= cost);
				expect(month?.reached).toEqual(paid.at(-1));
			}),
			runs(200),
		);
	});
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { costOf } from "../../src/usage/cost.ts";
import { dayText, parseDay } from "../../src/usage/day.ts";
import { createPriceBook, type ModelPrice } from "../../src/usage/price.ts";
import { parsePriceTable } from "../../src/usage/price-table.ts";
import { addExact, type ModelUsage, NO_USAGE, sumUsage } from "../../src/usage/usage.ts";
import { costAt, whatIf } from "../../src/usage/what-if.ts";
import { eventOf } from "../support/ledger.ts";
import { runs } from "../support/runs.ts";

const COUNTERS = ["input", "output", "cacheWrite5m", "cacheWrite1h", "cacheRead"] as const;
const DAY = parseDay("2026-10-06") ?? Number.NaN;

const rate = fc.integer({ min: 0, max: 100_000_000 });
const rates = fc.record({
	input: rate,
	output: rate,
	cacheWrite5m: rate,
	cacheWrite1h: rate,
	cacheRead: rate,
});
const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const usage = fc
	.record({
		input: count,
		output: count,
		cacheWrite5m: count,
		cacheWrite1h: count,
		cacheRead: count,
		webSearches: fc.nat({ max: 10_000 }),
		costNanoUsd: count,
		responses: fc.nat(),
		unpriced: fc.constantFrom(0, 0, 3),
	})
	.map((counted): ModelUsage => ({ ...NO_USAGE, ...counted, model: "used" }));

/** A book of one model, `other`. */
function bookOf(row: object) {
	return createPriceBook(parsePriceTable({ models: { other: row } }, "test prices"));
}

function priceOf(row: object): ModelPrice {
	const price = bookOf(row).find("other");
	if (!price) throw new Error("the row has rates");
	return price;
}

describe("usage at other rates", () => {
	test("is exact to half a nano-dollar, however much it is", () => {
		fc.assert(
			fc.property(rates, usage, (prices, used) => {
				const thousandths = COUNTERS.reduce(
					(sum, name) => sum + BigInt(used[name]) * BigInt(prices[name]),
					BigInt(used.webSearches) * 10_000_000_000n,
				);
				const off = BigInt(costAt(prices, used)) * 1_000n - thousandths;
				expect(off > -500n && off <= 500n).toBe(true);
			}),
			runs(300),
		);
	});

	test("is what a response of the other model costs that has no modifiers", () => {
		const small = fc.nat({ max: 3_000_000 });
		const counters = fc.record({
			input: small,
			output: small,
			cacheWrite5m: small,
			cacheWrite1h: small,
			cacheRead: small,
			webSearches: fc.nat({ max: 50 }),
		});
		fc.assert(
			fc.property(rates, counters, (prices, counted) => {
				const row = Object.fromEntries(COUNTERS.map((name) => [name, prices[name] / 1e6]));
				const event = eventOf({ ...counted, model: "other" });
				expect(costAt(priceOf(row).periods[0]?.rates ?? prices, { ...NO_USAGE, ...counted })).toBe(
					costOf(bookOf(row), event).main ?? Number.NaN,
				);
			}),
			runs(200),
		);
	});

	test("cut into parts adds up to the whole, but for the rounding of each part", () => {
		fc.assert(
			fc.property(rates, fc.array(usage, { minLength: 1, maxLength: 8 }), (prices, parts) => {
				const sum = parts.reduce<bigint>((total, part) => total + BigInt(costAt(prices, part)), 0n);
				const off = sum - BigInt(costAt(prices, sumUsage(parts)));
				expect(off >= -BigInt(parts.length) && off <= BigInt(parts.length)).toBe(true);
			}),
			runs(200),
		);
	});
});

describe("what if on another model", () => {
	const OTHER = { input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 0.5 };

	test("its sums are those of its rows, and a difference is the other cost less the real one", () => {
		fc.assert(
			fc.property(fc.array(usage, { maxLength: 6 }), (used) => {
				const { rows, total } = whatIf("other", priceOf(OTHER), used, DAY);
				const sum = (field: "tokens" | "costNanoUsd" | "otherNanoUsd") =>
					rows.reduce((all, row) => addExact(all, row[field]), 0 as number | bigint);
				expect(total.tokens).toBe(sum("tokens"));
				expect(total.costNanoUsd).toBe(sum("costNanoUsd"));
				expect(total.otherNanoUsd).toBe(sum("otherNanoUsd"));
				const known = rows.filter((row) => row.unpriced === 0);
				expect(rows.filter((row) => row.differenceNanoUsd !== undefined)).toEqual(known);
				const difference = known.reduce(
					(all, row) => all + BigInt(row.otherNanoUsd) - BigInt(row.costNanoUsd),
					0n,
				);
				expect(BigInt(total.differenceNanoUsd ?? 0)).toBe(difference);
				expect(total.differenceNanoUsd === undefined).toBe(known.length === 0);
			}),
			runs(200),
		);
	});

	test("usage of a model that never had a modifier costs as much on that model", () => {
		const used = { ...NO_USAGE, model: "other", input: 1_001, cacheRead: 7, output: 3, responses: 1 };
		const { main = 0 } = costOf(bookOf(OTHER), eventOf({ ...usedCounters(used), model: "other" }));
		const { total } = whatIf("other", priceOf(OTHER), [{ ...used, costNanoUsd: main }], DAY);
		expect(total.differenceNanoUsd).toBe(0);
	});

	test("takes the prices of the last day, by its date", () => {
		const periods = [OTHER, { ...OTHER, from: "2026-10-07", input: 100 }];
		const used = [{ ...NO_USAGE, model: "used", input: 1_000_000 }];
		const costOn = (day: number) => whatIf("other", priceOf({ periods }), used, day).total.otherNanoUsd;
		expect(dayText(DAY)).toBe("2026-10-06");
		expect([costOn(DAY), costOn(DAY + 1)]).toEqual([1_000_000_000, 100_000_000_000]);
	});

	test("leaves long context and fast mode out", () => {
		const price = priceOf({ ...OTHER, fast: 6, longContext: { ...OTHER, over: 10, input: 9 } });
		const used = [{ ...NO_USAGE, model: "used", input: 1_000_000 }];
		expect(whatIf("other", price, used, DAY).total.otherNanoUsd).toBe(1_000_000_000);
	});

	test("of what has no price, nothing is known of the difference", () => {
		const used = [
			{ ...NO_USAGE, model: "none", input: 1_000, unpriced: 1 },
			{ ...NO_USAGE, model: "part", input: 1_000, unpriced: 1, costNanoUsd: 5 },
		];
		const { rows, total } = whatIf("other", priceOf(OTHER), used, DAY);
		expect(rows.map((row) => row.differenceNanoUsd)).toEqual([undefined, undefined]);
		expect(total).toMatchObject({ costNanoUsd: 5, otherNanoUsd: 2_000_000, differenceNanoUsd: undefined });
	});
});

function usedCounters(used: ModelUsage) {
	return Object.fromEntries(COUNTERS.map((name) => [name, Number(used[name])]));
}

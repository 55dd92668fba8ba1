import { describe, expect, test } from "bun:test";
import { parseDay } from "../../src/usage/day.ts";
import { listPrices } from "../../src/usage/listed-prices.ts";
import { builtInPrices, createPriceBook } from "../../src/usage/price.ts";
import { parsePriceTable } from "../../src/usage/price-table.ts";

const RATES = { input: 1, output: 1, cacheWrite5m: 1, cacheWrite1h: 1, cacheRead: 1 };
const day = (text: string) => parseDay(text) ?? Number.NaN;

function tableOf(models: object, source: string, isOwn = false) {
	return { ...parsePriceTable({ source, models }, "test"), isOwn };
}

describe("prices of some days", () => {
	const periods = [RATES, { ...RATES, from: "2026-10-07", input: 2 }, { ...RATES, from: "2026-11-01" }];
	const book = createPriceBook(tableOf({ a: { periods, regional: 1 } }, "one"));
	const between = (since: string, until: string) =>
		listPrices(book, ["a"], { since: day(since), until: day(until) })[0]?.periods.map((period) => [
			period.since,
			period.until,
			period.rates.input,
		]);

	test("are those in force in them, each with its days", () => {
		expect(between("2026-10-06", "2026-10-07")).toEqual([
			[undefined, day("2026-10-06"), 1_000_000],
			[day("2026-10-07"), day("2026-10-31"), 2_000_000],
		]);
		expect(between("2026-10-07", "2026-10-31")).toHaveLength(1);
		expect(between("2026-01-01", "2026-12-31")).toHaveLength(3);
		expect(between("2026-11-01", "2026-11-01")).toEqual([[day("2026-11-01"), undefined, 1_000_000]]);
	});

	test("of a model without one are none", () => {
		expect(listPrices(book, ["b"], { since: 0, until: 1 })).toEqual([
			{ model: "b", periods: [], fastThousandths: undefined, isRegionalDearer: false, origins: [] },
		]);
		expect(listPrices(book, ["a"], { since: 0, until: 1 })[0]?.isRegionalDearer).toBe(false);
	});
});

describe("a price book", () => {
	const book = createPriceBook(
		tableOf({ b: RATES, "claude-x": RATES }, "one"),
		tableOf({ b: { fast: 2 }, c: { fast: 3 }, "claude-x-20260101": { fast: 2 } }, "two"),
		tableOf({ "claude-x": RATES }, "mine", true),
	);
	const sources = (model: string) => book.originsOf(model).map(({ source, isOwn }) => [source, isOwn]);

	test("lists what has a price, by name", () => {
		expect(book.list()).toEqual(["b", "claude-x", "claude-x-20260101"]);
	});

	test("tells where a price is from: the rates first, then what is said beside them", () => {
		expect(sources("b")).toEqual([
			["one", false],
			["two", false],
		]);
		expect(sources("claude-x")).toEqual([["mine", true]]);
		expect(sources("us.anthropic.claude-x-20260101-v1:0")).toEqual([
			["one", false],
			["two", false],
		]);
		expect(sources("c")).toEqual([]);
		expect(sources("__proto__")).toEqual([]);
	});

	test("every built-in price says where it is from, and of which day", () => {
		const builtIn = createPriceBook(...builtInPrices());
		expect(builtIn.list().length).toBeGreaterThan(20);
		for (const model of builtIn.list()) {
			for (const { source, isOwn } of builtIn.originsOf(model)) {
				expect(source).toMatch(/\d{4}-\d\d-\d\d/);
				expect(isOwn).toBeFalsy();
			}
			expect(builtIn.originsOf(model)).not.toEqual([]);
		}
	});
});

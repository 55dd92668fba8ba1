import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { costOf, lacksFastRate } from "../../src/usage/cost.ts";
import type { Counted, Counters } from "../../src/usage/event.ts";
import { builtInPrices, createPriceBook } from "../../src/usage/price.ts";
import { parsePriceTable } from "../../src/usage/price-table.ts";

const book = createPriceBook(...builtInPrices());
const NOVEMBER = Date.UTC(2026, 10, 24);
const NOTHING: Counters = { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };
/** One thousand of each: the cost in nano-dollars is the sum of the five rates (USD per million) × 10⁶. */
const THOUSANDS: Counters = {
	input: 1000,
	output: 1000,
	cacheWrite5m: 1000,
	cacheWrite1h: 1000,
	cacheRead: 1000,
};

type Response = Partial<Counted> & { at?: number };

function eventOf(response: Response) {
	return { ...NOTHING, model: "claude-opus-4-5", webSearches: 0, countedAt: 0, at: NOVEMBER, ...response };
}

function mainCost(response: Response) {
	return costOf(book, eventOf(response)).main;
}

describe("the cost of a response in nano-dollars", () => {
	const march13 = Date.UTC(2026, 2, 13);
	const october7 = Date.UTC(2026, 9, 7);
	const long = { input: 100_000, cacheRead: 100_001, output: 1000 };

	test.each<[string, Response, number | undefined]>([
		["input at its rate", { input: 1 }, 5_000],
		["output at its rate", { output: 1 }, 25_000],
		["a 5-minute write at its rate", { cacheWrite5m: 1 }, 6_250],
		["a 1-hour write at its rate", { cacheWrite1h: 1 }, 10_000],
		["a read at its rate", { cacheRead: 1 }, 500],
		["nothing for no tokens", {}, 0],
		["Opus 4.5: 5 + 25 + 6.25 + 10 + 0.5", { ...THOUSANDS }, 46_750_000],
		[
			"Haiku 3, whose writes are no multiple: 0.25 + 1.25 + 0.3 + 0.5 + 0.03",
			{ ...THOUSANDS, model: "claude-3-haiku-20240307" },
			2_330_000,
		],
		[
			"Fable 5.1, whose reads are cheap: 10 + 50 + 12.5 + 20 + 0.25",
			{ ...THOUSANDS, model: "claude-fable-5-1" },
			92_750_000,
		],
		[
			"Fable 5, whose reads are not: 10 + 50 + 12.5 + 20 + 1",
			{ ...THOUSANDS, model: "claude-fable-5" },
			93_500_000,
		],
		["Opus 5.5: 4 + 20 + 5 + 8 + 0.2", { ...THOUSANDS, model: "claude-opus-5-5" }, 37_200_000],
		["an unknown model: unknown", { ...THOUSANDS, model: "claude-opus-9" }, undefined],
		["an unknown model that searched: unknown", { model: "sonnet", webSearches: 1 }, undefined],
		["a dated name by its model", { input: 1, model: "claude-opus-4-5-20251101" }, 5_000],

		[
			"Sonnet 5.5's reads in the last ms before the cut",
			{ cacheRead: 1000, model: "claude-sonnet-5-5", at: october7 - 1 },
			200_000,
		],
		[
			"Sonnet 5.5's reads from the cut on",
			{ cacheRead: 1000, model: "claude-sonnet-5-5", at: october7 },
			100_000,
		],

		[
			"a prompt of exactly 200,000 as usual: 0.3 + 0.03 + 0.015",
			{ model: "claude-sonnet-4-5", input: 100_000, cacheRead: 100_000, output: 1000 },
			345_000_000,
		],
		[
			"a prompt of 200,001 long, output too: 0.6 + 0.0600006 + 0.0225",
			{ model: "claude-sonnet-4-5", ...long },
			682_500_600,
		],
		[
			"writes as part of the prompt",
			{ model: "claude-sonnet-4", cacheWrite5m: 100_000, cacheWrite1h: 100_001 },
			750_000_000 + 1_200_012_000,
		],
		[
			"output as no part of the prompt",
			{ model: "claude-sonnet-4", input: 100_000, output: 200_000 },
			300_000_000 + 3_000_000_000,
		],
		["Haiku 5.5 as usual at 100,000", { model: "claude-haiku-5-5", input: 100_000 }, 10_000_000],
		["Haiku 5.5 long over 100,000", { model: "claude-haiku-5-5", input: 100_001 }, 50_000_500],
		[
			"Opus 4.6 long in its last ms: 1 + 0.100001 + 0.0375",
			{ model: "claude-opus-4-6", ...long, at: march13 - 1 },
			1_137_501_000,
		],
		[
			"Opus 4.6 never long afterwards: 0.5 + 0.0500005 + 0.025",
			{ model: "claude-opus-4-6", ...long, at: march13 },
			575_000_500,
		],
		["a model without long rates as usual: 0.5 + 0.0500005 + 0.025", { ...long }, 575_000_500],

		["Opus 4.6 and 4.7 fast: 6 times", { input: 1000, model: "claude-opus-4-7", speed: "fast" }, 30_000_000],
		["Opus 5.5 fast: 2 times", { output: 1000, model: "claude-opus-5-5", speed: "fast" }, 40_000_000],
		[
			"fast in place of long: 6 × (0.5 + 0.0500005 + 0.025)",
			{ model: "claude-opus-4-6", ...long, at: march13 - 1, speed: "fast" },
			3_450_003_000,
		],
		["fast without a fast rate as if it were not", { input: 1000, speed: "fast" }, 5_000_000],
		[
			"fast without a fast rate still long",
			{ model: "claude-sonnet-4-5", ...long, speed: "fast" },
			682_500_600,
		],
		["another speed as usual", { input: 1000, model: "claude-opus-4-7", speed: "slow" }, 5_000_000],

		["the place us: 1.1 times", { input: 1000, geo: "us" }, 5_500_000],
		["another place as usual", { input: 1000, geo: "eu" }, 5_000_000],
		[
			"a region's endpoint: 1.1 times",
			{ input: 1000, model: "eu.anthropic.claude-opus-4-5-20251101-v1:0" },
			5_500_000,
		],
		[
			"the global endpoint as usual",
			{ input: 1000, model: "global.anthropic.claude-opus-4-5-20251101-v1:0" },
			5_000_000,
		],
		[
			"a region's endpoint of an older model as usual",
			{ input: 1000, model: "us.anthropic.claude-opus-4-20250514-v1:0" },
			15_000_000,
		],
		[
			"place and region once",
			{ input: 1000, geo: "us", model: "us.anthropic.claude-opus-4-5-v1" },
			5_500_000,
		],
		["a batch: half", { input: 1000, tier: "batch" }, 2_500_000],
		["priority as usual", { input: 1000, tier: "priority" }, 5_000_000],
		[
			"all at once: 5 × 6 × 1.1 × 0.5",
			{ input: 1000, model: "claude-opus-4-7", speed: "fast", geo: "us", tier: "batch" },
			16_500_000,
		],

		["$10 for 1,000 searches", { webSearches: 1000 }, 10_000_000_000],
		[
			"searches beside tokens, unmodified: 5 × 2 × 1.1 × 0.5 + 10",
			{ input: 1000, webSearches: 1, model: "claude-opus-5", speed: "fast", geo: "us", tier: "batch" },
			15_500_000,
		],
	])("counts %s", (_rule, response, nanoUsd) => {
		expect(mainCost(response)).toBe(nanoUsd);
	});

	test("is fast only where the model has a fast rate, which can be asked", () => {
		const asked = (response: Response) => lacksFastRate(book, eventOf(response));
		expect(asked({ speed: "fast" })).toBe(true);
		expect(asked({ speed: "fast", model: "claude-opus-4-7" })).toBe(false);
		expect(asked({ speed: "fast", model: "unknown" })).toBe(false);
		expect(asked({})).toBe(false);
	});
});

describe("the cost of extra parts", () => {
	const part = { ...NOTHING, input: 1000 };

	test("is at their own models' rates and apart from the response's own", () => {
		const extra = [
			{ ...part, model: "claude-opus-4-8" },
			{ ...part, model: "gateway-model" },
			{ ...part, model: "claude-haiku-4-5" },
		];
		expect(costOf(book, eventOf({ input: 1000, webSearches: 1, extra }))).toEqual({
			main: 15_000_000,
			extra: [5_000_000, undefined, 1_000_000],
		});
		expect(costOf(book, eventOf({ input: 1000, model: "gateway-model", extra })).extra[0]).toBe(5_000_000);
		expect(costOf(book, eventOf({ input: 1000 })).extra).toEqual([]);
	});

	test("follows place and tier of the request but not its speed", () => {
		const extra = [{ ...part, model: "claude-opus-4-7" }];
		const request = { extra, model: "claude-opus-4-7" };
		expect(costOf(book, eventOf({ ...request, geo: "us" })).extra).toEqual([5_500_000]);
		expect(costOf(book, eventOf({ ...request, tier: "batch" })).extra).toEqual([2_500_000]);
		expect(costOf(book, eventOf({ ...request, speed: "fast" })).extra).toEqual([5_000_000]);
	});

	test("is long by their own prompt alone", () => {
		const short = { ...NOTHING, model: "claude-sonnet-4-5", input: 200_000 };
		const long = { ...short, input: 200_001 };
		const extraOf = (response: Response) =>
			costOf(book, eventOf({ model: "claude-sonnet-4-5", ...response }));
		expect(extraOf({ input: 200_001, extra: [short] })).toEqual({
			main: 1_200_006_000,
			extra: [600_000_000],
		});
		expect(extraOf({ input: 200_000, extra: [long] })).toEqual({ main: 600_000_000, extra: [1_200_006_000] });
	});

	test("is at the prices of the response's time", () => {
		const extra = [{ ...NOTHING, cacheRead: 1000, model: "claude-sonnet-5-5" }];
		expect(costOf(book, eventOf({ extra, at: Date.UTC(2026, 9, 6) })).extra).toEqual([200_000]);
	});
});

describe("rounding", () => {
	const models = {
		m: { input: 0.0005, output: 0.000499, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0.0001 },
	};
	const small = createPriceBook(parsePriceTable({ models }, "prices.json"));
	const costs = (response: Response) => costOf(small, eventOf({ model: "m", ...response }));

	test("is half up", () => {
		expect(costs({ input: 1 }).main).toBe(1);
		expect(costs({ output: 1 }).main).toBe(0);
		expect(costs({ input: 3 }).main).toBe(2);
		expect(costs({ input: 1, webSearches: 1 }).main).toBe(10_000_001);
	});

	test("is once for a part, after the modifiers", () => {
		expect(costs({ cacheRead: 5 }).main).toBe(1);
		expect(costs({ cacheRead: 9, tier: "batch" }).main).toBe(0);
		expect(costs({ cacheRead: 10, tier: "batch" }).main).toBe(1);
		expect(costs({ output: 1, input: 1 }).main).toBe(1);
		expect(costs({ output: 1, geo: "us" }).main).toBe(1);
	});

	test("is apart for each part", () => {
		const extra = [
			{ ...NOTHING, model: "m", output: 1 },
			{ ...NOTHING, model: "m", output: 1 },
		];
		expect(costs({ output: 1, extra })).toEqual({ main: 0, extra: [0, 0] });
	});

	const counter = fc.oneof(fc.nat(10), fc.nat(2_000_000), fc.nat(1_000_000_000));
	const rate = fc.oneof(fc.nat(1000), fc.nat(75_000_000), fc.constant(10_000_000_000));
	const fields = <T>(value: fc.Arbitrary<T>) =>
		fc.record({ input: value, output: value, cacheWrite5m: value, cacheWrite1h: value, cacheRead: value });

	test("is exact whatever the size of the numbers", () => {
		const modifiers = fc.record({
			fast: fc.nat(6000),
			geo: fc.constantFrom(undefined, "us"),
			tier: fc.constantFrom(undefined, "batch"),
			webSearches: fc.oneof(fc.nat(3), fc.nat(1000)),
		});
		fc.assert(
			fc.property(fields(counter), fields(rate), modifiers, (counters, rates, { fast, ...request }) => {
				const period = { from: Number.NEGATIVE_INFINITY, rates };
				const price = { periods: [period], fastThousandths: fast };
				const event = eventOf({ ...counters, ...request, speed: "fast" });
				const sum = (["input", "output", "cacheWrite5m", "cacheWrite1h", "cacheRead"] as const)
					.map((name) => BigInt(counters[name]) * BigInt(rates[name]))
					.reduce((total, product) => total + product);
				const times =
					BigInt(fast) * (request.geo === "us" ? 11n : 10n) * (request.tier === "batch" ? 1n : 2n);
				const per = 1000n * 1000n * 10n * 2n;
				const doubled = 2n * (sum * times + BigInt(request.webSearches) * 10_000_000n * per);
				expect(costOf({ find: () => price }, event).main).toBe(Number((doubled + per) / (2n * per)));
			}),
			{ numRuns: 2000 },
		);
	});
});

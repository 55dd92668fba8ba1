import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
	addExact,
	addUsage,
	byCost,
	cacheWrites,
	dollars,
	type Exact,
	type ModelUsage,
	NO_USAGE,
	sumUsage,
	totalTokens,
	type Usage,
} from "../../src/usage/usage.ts";
import { runs } from "../support/runs.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;

function usageOf(part: Partial<Usage>): Usage {
	return { ...NO_USAGE, ...part };
}

/** As the database gives integers: numbers while they are safe. */
function exact(value: bigint): Exact {
	return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

describe("an exact sum", () => {
	test.each<[Exact, Exact, Exact]>([
		[1, 2, 3],
		[LARGEST, 0, LARGEST],
		[LARGEST, 1, 2n ** 53n],
		[LARGEST, 2, 2n ** 53n + 1n],
		[2n ** 53n, 1, 2n ** 53n + 1n],
		[2n ** 53n, 2n ** 53n, 2n ** 54n],
		[2n ** 53n, -1, LARGEST],
		[-LARGEST, -1, -(2n ** 53n)],
	])("of %p and %p is %p", (a, b, sum) => {
		expect(addExact(a, b)).toBe(sum);
		expect(addExact(b, a)).toBe(sum);
	});

	test("is that of whole numbers of any size, a number wherever one is exact", () => {
		const whole = fc.oneof(fc.bigInt(-(2n ** 62n), 2n ** 62n), fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n));
		fc.assert(
			fc.property(whole, whole, (a, b) => {
				expect(addExact(exact(a), exact(b))).toBe(exact(a + b));
			}),
			runs(500),
		);
	});
});

describe("usage", () => {
	const one: Usage = {
		input: 1,
		output: 2,
		cacheWrite5m: 3,
		cacheWrite1h: 4,
		cacheRead: 5,
		webSearches: 6,
		costNanoUsd: 7,
		responses: 8,
		unpriced: 9,
	};

	test("adds up field by field", () => {
		const two = addUsage(one, one);
		for (const [name, value] of Object.entries(one)) expect(two[name as keyof Usage]).toBe(2 * Number(value));
		expect(addUsage(one, NO_USAGE)).toEqual(one);
	});

	test("of nothing is nothing", () => {
		expect(sumUsage([])).toEqual(NO_USAGE);
		expect(totalTokens(NO_USAGE)).toBe(0);
	});

	test("of many large rows is exact in every field beyond 2^53", () => {
		const large = usageOf({ cacheRead: LARGEST, costNanoUsd: LARGEST, responses: 1 });
		expect(sumUsage(Array.from({ length: 1001 }, () => large))).toEqual(
			usageOf({ cacheRead: 1001n * BigInt(LARGEST), costNanoUsd: 1001n * BigInt(LARGEST), responses: 1001 }),
		);
	});

	test("has as many tokens as its five counters, which leave out searches", () => {
		expect(totalTokens(one)).toBe(1 + 2 + 3 + 4 + 5);
		expect(cacheWrites(one)).toBe(3 + 4);
		expect(totalTokens(usageOf({ input: 1, cacheRead: LARGEST, cacheWrite1h: 1 }))).toBe(2n ** 53n + 1n);
		expect(cacheWrites(usageOf({ cacheWrite5m: LARGEST, cacheWrite1h: 2 }))).toBe(2n ** 53n + 1n);
	});
});

describe("dollars", () => {
	test.each<[Exact, number]>([
		[0, 0],
		[1, 0.000000001],
		[1_234_567_890, 1.23456789],
		[2n ** 53n + 1n, 9_007_199.254740993],
		[10n ** 18n, 1_000_000_000],
	])("of %p nano-dollars are %p", (nanoUsd, usd) => {
		expect(dollars(nanoUsd)).toBe(usd);
	});
});

describe("models by cost", () => {
	const model = (name: string, costNanoUsd: Exact): ModelUsage => ({ ...NO_USAGE, model: name, costNanoUsd });

	test("have the dearest first, then go by name, numbers and bigints among each other", () => {
		const models = [
			model("b", 1),
			model("a", 1),
			model("c", 2n ** 53n + 1n),
			model("d", 2n ** 53n),
			model("e", 0),
		];
		expect(models.toSorted(byCost).map(({ model: name }) => name)).toEqual(["c", "d", "a", "b", "e"]);
	});
});

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { packagePrices } from "../../build/prices.ts";
import { AppError } from "../../src/errors.ts";
import {
	builtInPrices,
	canonicalModel,
	createPriceBook,
	type PricePeriod,
	periodAt,
} from "../../src/usage/price.ts";
import overrides from "../../src/usage/price-overrides.json";
import { parsePriceTable } from "../../src/usage/price-table.ts";
import committed from "../../src/usage/prices.json";

const RATES = { input: 1, output: 5, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 };

function bookOf(...tables: object[]) {
	return createPriceBook(...tables.map((models) => parsePriceTable({ models }, "prices.json")));
}

/** The input rate of each of the model's periods. */
function ratesOf(model: string, ...tables: object[]) {
	return bookOf(...tables)
		.find(model)
		?.periods.map((period) => period.rates.input);
}

describe("names", () => {
	test.each([
		["claude-opus-4-6", "claude-opus-4-6"],
		["claude-opus-4-6[1m]", "claude-opus-4-6"],
		["anthropic/claude-opus-4-6", "claude-opus-4-6"],
		["anthropic.claude-opus-4-6-v1", "claude-opus-4-6"],
		["us.anthropic.claude-opus-4-20250514-v1:0", "claude-opus-4"],
		["eu.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]", "claude-sonnet-4-5"],
		["apac.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4"],
		["jp.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"],
		["au.claude-haiku-4-5", "claude-haiku-4-5"],
		["global.anthropic.claude-opus-4-8", "claude-opus-4-8"],
		["anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"],
		["claude-opus-4-1@20250805", "claude-opus-4-1"],
		["claude-3-5-haiku-latest", "claude-3-5-haiku"],
		["claude-opus-4-0", "claude-opus-4"],
		["claude-v1", "claude-v1"],
		["claude-haiku-10", "claude-haiku-10"],
		["gateway/claude-opus-4-6", "gateway/claude-opus-4-6"],
		["", ""],
	])("%p is %p without window, provider and release", (model, canonical) => {
		expect(canonicalModel(model)).toBe(canonical);
	});

	test("an exact name wins over a stripped one", () => {
		const models = { "claude-x": RATES, "claude-x-20260101": { ...RATES, input: 2 } };
		expect(ratesOf("claude-x-20260101", models)).toEqual([2_000_000]);
		expect(ratesOf("claude-x-20260101[1m]", models)).toEqual([2_000_000]);
		expect(ratesOf("claude-x-20260202", models)).toEqual([1_000_000]);
		expect(ratesOf("claude-x[1m]", { ...models, "claude-x[1m]": { ...RATES, input: 3 } })).toEqual([
			3_000_000,
		]);
	});

	test("a name is never guessed from a similar one", () => {
		const models = { "claude-sonnet-5": RATES };
		for (const model of ["claude-sonnet-5-5", "claude-sonnet-5-5-20261001", "claude-sonnet", "sonnet"]) {
			expect(ratesOf(model, models)).toBeUndefined();
		}
	});

	test("a model nobody knows has no price, however often it is asked for", () => {
		const book = createPriceBook(...builtInPrices());
		expect([book.find("__proto__"), book.find("constructor"), book.find("__proto__")]).toEqual([
			undefined,
			undefined,
			undefined,
		]);
	});
});

describe("tables", () => {
	test("a later table wins model by model", () => {
		const below = { a: RATES, b: RATES };
		expect(ratesOf("a", below, { a: { ...RATES, input: 3 } })).toEqual([3_000_000]);
		expect(ratesOf("b", below, { a: { ...RATES, input: 3 } })).toEqual([1_000_000]);
	});

	test("a row that says only fast or regional keeps the periods below it, and rates keep fast and regional", () => {
		const modifiers = { fast: 2.5, regional: 1 };
		for (const tables of [
			[{ a: RATES }, { a: modifiers }],
			[{ a: modifiers }, { a: RATES }],
		]) {
			const book = bookOf(...tables);
			expect(book.find("a")).toEqual({
				periods: [{ from: Number.NEGATIVE_INFINITY, rates: expect.anything(), long: undefined }],
				fastThousandths: 2500,
				regionalIsFree: true,
			});
		}
		expect(ratesOf("a", { a: modifiers })).toBeUndefined();
	});

	test("a row for one release starts from the row of its model", () => {
		const book = bookOf({ "claude-x": { ...RATES, fast: 2 } }, { "claude-x-20260101": { regional: 1 } });
		expect(book.find("claude-x-20260101")).toMatchObject({ fastThousandths: 2000, regionalIsFree: true });
		expect(book.find("claude-x")?.regionalIsFree).toBeUndefined();
	});

	test("rates become integers without a rounding error", () => {
		const table = parsePriceTable(
			{ models: { a: { ...RATES, input: 0.000001, output: 1.1 } } },
			"prices.json",
		);
		expect(table.models.get("a")?.periods?.[0]?.rates).toEqual({
			input: 1,
			output: 1_100_000,
			cacheWrite5m: 1_250_000,
			cacheWrite1h: 2_000_000,
			cacheRead: 100_000,
		});
	});

	test("a period begins at midnight UTC of its day", () => {
		const periods = [RATES, { ...RATES, from: "2026-10-07", input: 2 }];
		const price = bookOf({ a: { periods } }).find("a");
		if (price === undefined) throw new Error("no price");
		const midnight = Date.UTC(2026, 9, 7);
		expect([0, midnight - 1, midnight].map((at) => periodAt(price, at).rates.input)).toEqual([
			1_000_000, 1_000_000, 2_000_000,
		]);
	});

	const { input: _, ...noInput } = RATES;
	const dated = (from: unknown) => ({ periods: [RATES, { ...RATES, from }] });
	test.each<[string, unknown, string]>([
		["negative", { ...RATES, input: -1 }, '"input" must be a number from 0 to 10000'],
		["NaN", { ...RATES, output: Number.NaN }, '"output" must be'],
		["infinite", { ...RATES, output: Number.POSITIVE_INFINITY }, '"output" must be'],
		["beyond reason", { ...RATES, output: 10_000.5 }, '"output" must be'],
		["text", { ...RATES, cacheRead: "0.1" }, '"cacheRead" must be'],
		["of 7 decimals", { ...RATES, cacheWrite5m: 0.1234567 }, '"cacheWrite5m" must be'],
		["missing", noInput, '"input" must be a number from 0 to 10000 with at most 6 decimals, but is missing'],
		["misspelt", { ...RATES, inputs: 1 }, '"inputs" is not one of'],
		["hidden", JSON.parse('{"__proto__": {"input": 1}}'), '"__proto__" is not one of'],
		["null", null, "the whole must be an object"],
		["beside periods", { periods: [RATES], input: 1 }, '"input" is not one of'],
		["without periods", { periods: [] }, '"periods" must be a list'],
		["unknown in a period", { periods: [{ ...RATES, fast: 6 }] }, '"periods[0].fast" is not one of'],
		["dated at first", { periods: [{ ...RATES, from: "2026-01-01" }] }, '"periods[0].from" must be absent'],
		["undated later", dated(undefined), '"periods[1].from" must be a date'],
		["in the 13th month", dated("2026-13-01"), '"periods[1].from" must be a date'],
		["on February 29, 2026", dated("2026-02-29"), '"periods[1].from" must be a date'],
		["dated with a time", dated("2026-01-01T00:00"), '"periods[1].from" must be a date'],
		[
			"not ascending",
			{ periods: [RATES, { ...RATES, from: "2026-01-02" }, { ...RATES, from: "2026-01-02" }] },
			'"periods[2].from" must be later',
		],
		["long without over", { ...RATES, longContext: RATES }, '"longContext.over" must be'],
		[
			"long over half a token",
			{ ...RATES, longContext: { ...RATES, over: 0.5 } },
			'"longContext.over" must be',
		],
		["long and incomplete", { ...RATES, longContext: { over: 1 } }, '"longContext.input" must be'],
		["fast of 4 decimals", { fast: 1.2345 }, '"fast" must be'],
		["another regional", { regional: 1.2 }, '"regional" must be 1'],
	])("a row that is %s is refused by file, model and field", (_name, row, problem) => {
		let caught: unknown;
		try {
			parsePriceTable({ models: { "claude-x": row } }, "my-prices.json");
		} catch (error) {
			caught = error;
		}
		expect(caught).toBeInstanceOf(AppError);
		expect(caught).toMatchObject({ code: "invalid_config", hint: expect.stringContaining("million tokens") });
		expect((caught as AppError).message).toStartWith(`In my-prices.json, model "claude-x", ${problem}`);
	});

	test.each([
		[null],
		[[]],
		["text"],
		[{}],
		[{ models: [] }],
		[{ models: {}, source: 1 }],
		[{ models: {}, x: 1 }],
	])("%j is no price table", (json) => {
		expect(() => parsePriceTable(json, "my-prices.json")).toThrow("In my-prices.json, ");
	});

	test("a model may have any name, even one that objects inherit", () => {
		const models = JSON.parse(`{"__proto__": ${JSON.stringify(RATES)}}`);
		expect(ratesOf("__proto__", models)).toEqual([1_000_000]);
		expect(ratesOf("toString", models)).toBeUndefined();
	});
});

describe("the built-in prices", () => {
	test("are those of the installed price package", () => {
		expect(committed, "src/usage/prices.json is out of date: run `bun build.ts prices`").toEqual(
			packagePrices() as typeof committed,
		);
	});

	/** What the price package says where price-overrides.json gives rates: nothing, or something known to be wrong. */
	const PACKAGE_SAYS: Record<string, object | undefined> = {
		"claude-fable-5-2": undefined,
		"claude-mythos-5": undefined,
		"claude-mythos-5-1": undefined,
		"claude-sonnet-5-5": undefined,
		"claude-haiku-5-5": undefined,
		"claude-sonnet-4": {
			periods: [{ input: 3, output: 15, cacheWrite5m: 3.75, cacheWrite1h: 6, cacheRead: 0.3 }],
		},
	};
	const packaged: Record<string, object | undefined> = packagePrices().models;

	for (const [model, row] of Object.entries(overrides.models)) {
		if ("periods" in row) {
			test(`override the rates of ${model}, on which the price package has not changed its mind`, () => {
				expect(Object.keys(PACKAGE_SAYS), `say in PACKAGE_SAYS what the package has for ${model}`).toContain(
					model,
				);
				expect(
					packaged[model],
					`the price package now says something else of ${model}: compare it with Anthropic's price page, ` +
						"then delete the row from price-overrides.json or record the new answer in PACKAGE_SAYS",
				).toEqual(PACKAGE_SAYS[model]);
			});
		} else {
			test(`add modifiers to ${model}, of which the price package has only the rates`, () => {
				expect(
					Object.keys(packaged[model] ?? {}),
					`the price package no longer has just the rates of ${model}: see whether price-overrides.json should`,
				).toEqual(["periods"]);
			});
		}
	}

	const reference = new URL("../../../shared/prices-reference.json", import.meta.url);
	if (existsSync(reference)) {
		test("equal the reference table in every model, date and tier", () => {
			const book = createPriceBook(...builtInPrices());
			const { models } = JSON.parse(readFileSync(reference, "utf8")) as {
				models: Record<string, ReferenceRow>;
			};
			const ours = builtInPrices().flatMap((table) => [...table.models.keys()]);
			expect(new Set(ours)).toEqual(new Set(Object.keys(models)));
			for (const [model, row] of Object.entries(models)) {
				expect(book.find(model), model).toEqual({
					periods: periodsOfReference(row),
					fastThousandths: row.fast_multiplier === undefined ? undefined : row.fast_multiplier * 1000,
					regionalIsFree: row.regional === undefined ? undefined : row.regional === 1,
				});
			}
		});
	}
});

type ReferenceRates = Record<"input" | "output" | "cache_write_5m" | "cache_write_1h" | "cache_read", number>;
type ReferenceRow = ReferenceRates & {
	fast_multiplier?: number;
	regional?: number;
	long_context?: ReferenceRates & { threshold: number; before?: string };
	history?: (Partial<ReferenceRates> & { before: string })[];
};

function periodsOfReference(row: ReferenceRow): PricePeriod[] {
	const dates = [...(row.history ?? []), ...(row.long_context?.before ? [row.long_context] : [])].map(
		({ before }) => before,
	);
	return [undefined, ...new Set(dates.toSorted())].map((from) => {
		const isBefore = (date: string | undefined) => date !== undefined && (from === undefined || from < date);
		const former = row.history?.find(({ before }) => isBefore(before));
		const long = row.long_context;
		const isLong = long !== undefined && (long.before === undefined || isBefore(long.before));
		return {
			from: from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from),
			rates: ratesOfReference({ ...row, ...former }),
			long: isLong ? { over: long.threshold, rates: ratesOfReference(long) } : undefined,
		};
	});
}

function ratesOfReference(row: ReferenceRates) {
	const nano = (usd: number) => Math.round(usd * 1e6);
	return {
		input: nano(row.input),
		output: nano(row.output),
		cacheWrite5m: nano(row.cache_write_5m),
		cacheWrite1h: nano(row.cache_write_1h),
		cacheRead: nano(row.cache_read),
	};
}

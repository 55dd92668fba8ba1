import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { BLOCKS, type BlockPlace, comparePlaces, parseBlocksQuery } from "../../src/usage/blocks-query.ts";
import { View } from "../../src/usage/view.ts";
import { QueryError } from "../../src/usage/view-query.ts";

const DAYS = { today: 20_000, firstDay: 19_000 };

const parse = (query: string) => parseBlocksQuery(new URLSearchParams(query), DAYS);

const anyPlace: fc.Arbitrary<BlockPlace> = fc.oneof(
	fc.record({ start: fc.maxSafeNat(), label: fc.constant(""), block: fc.constant("") }),
	fc.record({
		start: fc.maxSafeNat(),
		label: fc.string({ minLength: 1, maxLength: 100, unit: "grapheme" }),
		block: fc.string({ minLength: 1, maxLength: 100, unit: "grapheme" }),
	}),
);

describe("the address of the page of blocks", () => {
	test("says nothing of what is as usual", () => {
		expect(new View(BLOCKS, parse("")).href()).toBe("/blocks");
		expect(new View(BLOCKS, parse("metric=cost&range=30d&after=")).href()).toBe("/blocks");
	});

	test("leads to the place that it was written for, whatever names are in it", () => {
		fc.assert(
			fc.property(anyPlace, (after) => {
				const href = new View(BLOCKS, parse("metric=tokens")).href({ after });
				expect(parse(href.split("?")[1] ?? "")).toMatchObject({ metric: "tokens", after });
			}),
		);
	});

	test("begins the list anew when anything else changes", () => {
		const view = new View(BLOCKS, parse("after=1772445600000&metric=tokens"));
		expect(view.href()).toBe("/blocks?metric=tokens&after=1772445600000");
		expect(view.href({ range: "7d" })).toBe("/blocks?range=7d&metric=tokens");
		expect(view.href({ metric: "cost" })).toBe("/blocks");
		expect(view.href({ after: undefined })).toBe("/blocks?metric=tokens");
	});

	test.each([
		"metric=sessions",
		"after=yesterday",
		"after=[",
		"after=1.5",
		"after=null",
		"after={}",
		'after=["1","a","b"]',
		"after=[1,2,3]",
		'after=[1,"a"]',
		'after=[1,"a","b","c"]',
		`after=[1,"a","${"b".repeat(3_000)}"]`,
	])("is refused where it cannot be meant: %p", (query) => {
		expect(() => parse(query)).toThrow(QueryError);
	});
});

describe("places", () => {
	test("are in one order: the latest first, of equal starts our own block, then by name", () => {
		const places = [
			{ start: 2, label: "", block: "" },
			{ start: 2, label: "a", block: "x" },
			{ start: 2, label: "a", block: "y" },
			{ start: 2, label: "b", block: "a" },
			{ start: 1, label: "", block: "" },
		];
		expect(places.toReversed().sort(comparePlaces)).toEqual(places);
		for (const place of places) expect(comparePlaces(place, { ...place })).toBe(0);
	});
});

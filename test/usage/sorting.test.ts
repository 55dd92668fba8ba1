import { expect, test } from "bun:test";
import { inOrder, parseSorted, type Sorting, sortedBy, sortedParameters } from "../../src/usage/sorting.ts";
import { QueryError } from "../../src/usage/view-query.ts";

type Fruit = { name: string; weight: number | bigint };

const FRUIT: Sorting<"name" | "weight"> = { columns: ["name", "weight"], usual: "weight", texts: ["name"] };
const VALUES = { name: ({ name }: Fruit) => name, weight: ({ weight }: Fruit) => weight };
const read = (query: string) => parseSorted(FRUIT, new URLSearchParams(query));

test("names begin with A and amounts with the most, and what is usual is not written", () => {
	for (const [query, sort, order] of [
		["", "weight", "desc"],
		["order=asc", "weight", "asc"],
		["sort=name", "name", "asc"],
		["sort=name&order=desc", "name", "desc"],
	] as const) {
		expect(read(query)).toEqual({ sort, order });
		expect(String(new URLSearchParams(sortedParameters(FRUIT, { sort, order })))).toBe(query);
	}
	expect(() => read("sort=colour")).toThrow(QueryError);
	expect(() => read("order=up")).toThrow(QueryError);
});

test("a column that is chosen again turns round, another one begins as usual", () => {
	expect(sortedBy(FRUIT, read(""), "weight")).toEqual({ sort: "weight", order: "asc" });
	expect(sortedBy(FRUIT, read("order=asc"), "weight")).toEqual({ sort: "weight", order: "desc" });
	expect(sortedBy(FRUIT, read("order=asc"), "name")).toEqual({ sort: "name", order: "asc" });
});

test("what is equal stays in the order among equals, whichever way round the column is", () => {
	const rows: Fruit[] = [
		{ name: "fig", weight: 1 },
		{ name: "plum", weight: 2n ** 60n },
		{ name: "date", weight: 1 },
	];
	const among = (a: Fruit, b: Fruit) => (a.name < b.name ? -1 : 1);
	const names = (query: string) => inOrder(rows, read(query), VALUES, among).map(({ name }) => name);
	expect(names("")).toEqual(["plum", "date", "fig"]);
	expect(names("order=asc")).toEqual(["date", "fig", "plum"]);
	expect(names("sort=name&order=desc")).toEqual(["plum", "fig", "date"]);
});

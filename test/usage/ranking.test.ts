import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { rankBy } from "../../src/usage/ranking.ts";
import { runs } from "../support/runs.ts";

const more = (a: { points: number }, b: { points: number }) => b.points - a.points;
const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

function placesOf(points: readonly number[]) {
	return rankBy(
		points.map((amount, i) => ({ points: amount, name: String(i).padStart(4, "0") })),
		more,
		byName,
	);
}

describe("a ranking", () => {
	test("gives equals one place, and the next one as many places later", () => {
		const ranked = placesOf([5, 9, 7, 7, 1, 1, 1, 0]);
		expect(ranked.map(({ item, rank }) => [item.points, rank])).toEqual([
			[9, 1],
			[7, 2],
			[7, 2],
			[5, 4],
			[1, 5],
			[1, 5],
			[1, 5],
			[0, 8],
		]);
	});

	test("lists equals in an order of their own, whatever order they came in", () => {
		const [a, b, c] = ["a", "b", "c"].map((name) => ({ name, points: 1 }));
		if (!a || !b || !c) throw new Error("there are three");
		for (const items of [
			[a, b, c],
			[c, b, a],
			[b, c, a],
		])
			expect(rankBy(items, more, byName).map(({ item }) => item.name)).toEqual(["a", "b", "c"]);
	});

	test.each([
		{ count: 200, rank: 1, top: 1 },
		{ count: 200, rank: 2, top: 1 },
		{ count: 200, rank: 3, top: 2 },
		{ count: 200, rank: 100, top: 50 },
		{ count: 200, rank: 200, top: 100 },
		{ count: 3, rank: 1, top: 34 },
		{ count: 3, rank: 3, top: 100 },
		{ count: 7, rank: 2, top: 29 },
	])("place $rank of $count is among the top $top %", ({ count, rank, top }) => {
		const ranked = placesOf(Array.from({ length: count }, (_, i) => count - i));
		expect(ranked[rank - 1]).toMatchObject({ rank, topPercent: top });
	});

	test("puts all who are equal at the top", () => {
		expect(placesOf([3, 3, 3]).map(({ rank, topPercent }) => [rank, topPercent])).toEqual([
			[1, 34],
			[1, 34],
			[1, 34],
		]);
		expect(placesOf([])).toEqual([]);
	});

	test("has as many ahead of each as the place says, and never says top 100 % of a first among several", () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 2, maxLength: 300 }), (points) => {
				for (const { item, rank, topPercent } of placesOf(points)) {
					expect(rank).toBe(1 + points.filter((other) => other > item.points).length);
					expect(topPercent).toBeGreaterThanOrEqual((100 * rank) / points.length);
					expect(topPercent - (100 * rank) / points.length).toBeLessThan(1);
					if (rank === 1) expect(topPercent).toBeLessThan(100);
				}
			}),
			runs(100),
		);
	});
});

/** Something in its place. `topPercent`: it is among the first so many in a hundred, rounded up: 1 for the first of 200. */
export type Ranked<Item> = { item: Item; rank: number; topPercent: number };

/**
 * Ranks as in competitions: equals share a place, and the next one comes as many places later (1, 2, 2, 4).
 *
 * @param ahead below 0 where the first stands ahead of the second, 0 where they are equal
 * @param besides the order in which equals are listed, in which no two are equal
 */
export function rankBy<Item>(
	items: readonly Item[],
	ahead: (a: Item, b: Item) => number,
	besides: (a: Item, b: Item) => number,
): Ranked<Item>[] {
	const sorted = items.toSorted((a, b) => ahead(a, b) || besides(a, b));
	let rank = 1;
	return sorted.map((item, i) => {
		const before = sorted[i - 1];
		if (before !== undefined && ahead(before, item) !== 0) rank = i + 1;
		return { item, rank, topPercent: topPercent(rank, sorted.length) };
	});
}

function topPercent(rank: number, count: number): number {
	return Math.ceil((100 * rank) / count);
}

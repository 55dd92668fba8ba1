import type { Transaction } from "./database.ts";

/**
 * Takes the next `count` change numbers, which are never given again, not even after deletions.
 *
 * @returns the first of them
 */
export async function takeChangeNumbers(tx: Transaction, count: number): Promise<number> {
	if (count === 0) return 0;
	const counter = await tx.get<{ value: number }>(
		"update counters set value = value + ? where name = 'events' returning value",
		[count],
	);
	if (!counter) throw new Error("the ledger has lost its change counter");
	return counter.value - count + 1;
}

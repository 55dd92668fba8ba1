import type { Batch, Transaction } from "./database.ts";

/** The last change number that was given. The next ones are free for who writes: nobody else does meanwhile. */
export async function findLastChange(tx: Transaction): Promise<number> {
	const counter = await tx.get<{ value: number }>("select value from counters where name = 'events'");
	if (!counter) throw new Error("the ledger has lost its change counter");
	return counter.value;
}

/** Notes the last change number that was given; up to it none is ever given again, not even after deletions. */
export function saveLastChange(change: number): Batch {
	return { sql: "update counters set value = ? where name = 'events'", rows: [[change]] };
}

import { addExact, type Exact } from "../usage/usage.ts";
import { SUMMED, type Sums } from "./contributions.ts";
import type { Batch, Value } from "./database.ts";

type Delta = { key: number[]; sums: Exact[] };

/** Differences by key, summed. */
export class Deltas {
	readonly #rows = new Map<string, Delta & { taken: boolean }>();

	add(key: number[], sums: Sums, sign: 1 | -1): void {
		const id = key.join();
		let row = this.#rows.get(id);
		if (!row) {
			row = { key, sums: new Array(SUMMED.length).fill(0), taken: false };
			this.#rows.set(id, row);
		}
		for (let i = 0; i < SUMMED.length; i++) row.sums[i] = addExact(row.sums[i] ?? 0, sign * (sums[i] ?? 0));
		if (sign < 0) row.taken = true;
	}

	/** The rows whose sums differ from nothing. */
	changed(): Delta[] {
		return [...this.#rows.values()].filter((row) => row.sums.some((sum) => sum !== 0));
	}

	/** Keys that something was taken from, so that nothing may be left there. */
	lessened(): number[][] {
		return [...this.#rows.values()].filter((row) => row.taken).map((row) => row.key);
	}
}

/** Adds differences to a table's rows, and removes the rows in which nothing is left. */
export function writeDeltas(table: string, keys: readonly string[], user: number, deltas: Deltas): Batch[] {
	const columns = ["user", ...keys, ...SUMMED];
	const add = {
		sql: `insert into ${table} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})
			on conflict do update set ${ADDED}`,
		rows: deltas.changed().map(({ key, sums }): Value[] => [user, ...key, ...sums]),
	};
	return [add, removeEmpty(table, keys, user, deltas)];
}

/** The assignments that add a refused insert's sums to the row in its way. */
export const ADDED = SUMMED.map((column) => `${column} = ${column} + excluded.${column}`).join(", ");

/** Removes the rows from which everything was taken. */
export function removeEmpty(table: string, keys: readonly string[], user: number, deltas: Deltas): Batch {
	const conditions = [
		...["user", ...keys].map((column) => `${column} = ?`),
		...SUMMED.map((column) => `${column} = 0`),
	];
	return {
		sql: `delete from ${table} where ${conditions.join(" and ")}`,
		rows: deltas.lessened().map((key): Value[] => [user, ...key]),
	};
}

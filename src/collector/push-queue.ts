import type { EventRow } from "../ledger/event-rows.ts";

/**
 * Events that wait to be sent, in order of their change numbers but for this: an upload has the events of one machine.
 * It knows up to which change number everything is settled.
 */
export class PushQueue {
	#lots: (readonly EventRow[])[] = [];
	/** Change numbers of what was added and is not settled. */
	readonly #open = new Set<number>();
	/** Change numbers of what was settled before it was added. */
	readonly #ahead = new Set<number>();
	#readTo: number;

	/** @param above everything up to this change number is settled already */
	constructor(above: number) {
		this.#readTo = above;
	}

	/** The change number up to which events were added. */
	get readTo(): number {
		return this.#readTo;
	}

	get isEmpty(): boolean {
		return this.#lots.length === 0;
	}

	/** The largest change number up to which everything is settled. */
	get settledTo(): number {
		let first = this.#readTo + 1;
		for (const change of this.#open) if (change < first) first = change;
		return first - 1;
	}

	/** @param rows in order of their change numbers, all larger than those before; those that are settled do not wait */
	add(rows: readonly EventRow[]): void {
		const open = rows.filter((row) => !this.#ahead.delete(row.change));
		this.#lots.push(...Map.groupBy(open, (row) => row.names.machine).values());
		for (const row of open) this.#open.add(row.change);
		this.#readTo = rows.at(-1)?.change ?? this.#readTo;
	}

	/** Takes the next events of one machine, at most so many. */
	take(most: number): readonly EventRow[] {
		const lot = this.#lots.shift() ?? [];
		if (lot.length > most) this.#lots.unshift(lot.slice(most));
		return lot.slice(0, most);
	}

	/** Events that were taken come back to the front, to be taken in these lots. */
	putBack(...lots: (readonly EventRow[])[]): void {
		this.#lots.unshift(...lots);
	}

	settle(rows: Iterable<EventRow>): void {
		for (const { change } of rows) {
			if (!this.#open.delete(change) && change > this.#readTo) this.#ahead.add(change);
		}
	}
}

/** How many are half of some, at least one. */
export function half(rows: readonly unknown[]): number {
	return Math.max(1, Math.floor(rows.length / 2));
}

export function halvesOf<Row>(rows: readonly Row[]): [Row[], Row[]] {
	return [rows.slice(0, half(rows)), rows.slice(half(rows))];
}

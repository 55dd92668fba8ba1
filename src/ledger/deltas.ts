import { SUMMED, type Sums } from "./contributions.ts";
import type { Batch, Value } from "./database.ts";
import { deleteRows, insertRows } from "./row-batches.ts";

/** Four numbers, which a table with fewer keys fills up with zeros. */
export type Key = readonly [number, number, number, number];

type Delta = { key: Key; sums: readonly number[] };

const KEYS = 4;
const FIRST_CAPACITY = 1_024;
/** 2³² divided by the golden ratio: spreads numbers that differ little. */
const MIX = 0x9e3779b1;

/** Differences by key, summed: a hash table in columns, for a cold run fills it with every response there is. */
export class Deltas {
	/** How many keys there are. Each has a place, from 0 on, that it keeps. */
	#size = 0;
	/** Place by hash, plus one; 0 is free. */
	#index = new Int32Array(2 * FIRST_CAPACITY);
	#keys = new Float64Array(KEYS * FIRST_CAPACITY);
	#sums = new Float64Array(SUMMED.length * FIRST_CAPACITY);
	#taken = new Uint8Array(FIRST_CAPACITY);
	/** Sums that would have left the safe integers, laid aside; they are further differences of the same keys. */
	readonly #full: Delta[] = [];

	/**
	 * Adds to the sums of the key (a, b, c, d), or takes from them.
	 *
	 * @returns the key's place
	 */
	add(a: number, b: number, c: number, d: number, sums: Sums, sign: 1 | -1): number {
		const place = this.#placeOf(a, b, c, d);
		const first = place * SUMMED.length;
		for (let i = 0; i < SUMMED.length; i++) {
			const sum = (this.#sums[first + i] as number) + sign * (sums[i] as number);
			if (!Number.isSafeInteger(sum)) {
				this.#layAside(place, i);
				this.#sums[first + i] = sign * (sums[i] as number);
			} else this.#sums[first + i] = sum;
		}
		if (sign < 0) this.#taken[place] = 1;
		return place;
	}

	/** The differences from nothing, in the order of their keys: so the table is changed from its beginning to its end. */
	changed(): Delta[] {
		const deltas = [...this.#full];
		for (let place = 0; place < this.#size; place++) {
			const sums = [...this.#sums.subarray(place * SUMMED.length, (place + 1) * SUMMED.length)];
			if (sums.some((sum) => sum !== 0)) deltas.push({ key: this.#keyAt(place), sums });
		}
		return deltas.sort((a, b) => compareKeys(a.key, b.key));
	}

	/** Keys that something was taken from, so that nothing may be left there. */
	lessened(): Key[] {
		const keys: Key[] = [];
		for (let place = 0; place < this.#size; place++)
			if (this.#taken[place] === 1) keys.push(this.#keyAt(place));
		return keys;
	}

	#keyAt(place: number): Key {
		return [...this.#keys.subarray(place * KEYS, (place + 1) * KEYS)] as unknown as Key;
	}

	/** @returns the place of a key, or undefined */
	find([a, b, c, d]: Key): number | undefined {
		const found = (this.#index[this.#slotOf(a, b, c, d)] as number) - 1;
		return found < 0 ? undefined : found;
	}

	#placeOf(a: number, b: number, c: number, d: number): number {
		const slot = this.#slotOf(a, b, c, d);
		const known = this.#index[slot] as number;
		if (known > 0) return known - 1;
		if (2 * (this.#size + 1) > this.#index.length) {
			this.#grow();
			return this.#placeOf(a, b, c, d);
		}
		const place = this.#size++;
		this.#index[slot] = place + 1;
		const first = place * KEYS;
		this.#keys[first] = a;
		this.#keys[first + 1] = b;
		this.#keys[first + 2] = c;
		this.#keys[first + 3] = d;
		return place;
	}

	/** Where in the index a key stands, or would. */
	#slotOf(a: number, b: number, c: number, d: number): number {
		const last = this.#index.length - 1;
		let slot = hashOf(a, b, c, d) & last;
		for (;;) {
			const place = (this.#index[slot] as number) - 1;
			if (place < 0 || this.#isAt(place, a, b, c, d)) return slot;
			slot = (slot + 1) & last;
		}
	}

	#isAt(place: number, a: number, b: number, c: number, d: number): boolean {
		const keys = this.#keys;
		const first = place * KEYS;
		return keys[first] === a && keys[first + 1] === b && keys[first + 2] === c && keys[first + 3] === d;
	}

	#grow(): void {
		const capacity = this.#index.length;
		this.#index = new Int32Array(2 * capacity);
		this.#keys = enlarged(this.#keys, new Float64Array(KEYS * capacity));
		this.#sums = enlarged(this.#sums, new Float64Array(SUMMED.length * capacity));
		this.#taken = enlarged(this.#taken, new Uint8Array(capacity));
		for (let place = 0; place < this.#size; place++) {
			this.#index[this.#slotOf(...this.#keyAt(place))] = place + 1;
		}
	}

	#layAside(place: number, column: number): void {
		const sums = SUMMED.map((_, i) => (i === column ? (this.#sums[place * SUMMED.length + i] as number) : 0));
		this.#full.push({ key: this.#keyAt(place), sums });
	}
}

function hashOf(a: number, b: number, c: number, d: number): number {
	let hash = Math.imul(a, MIX);
	hash = Math.imul((hash ^ (hash >>> 15)) + b, MIX);
	hash = Math.imul((hash ^ (hash >>> 15)) + c, MIX);
	hash = Math.imul((hash ^ (hash >>> 15)) + d, MIX);
	return hash ^ (hash >>> 15);
}

function enlarged<Column extends Float64Array | Uint8Array>(column: Column, larger: Column): Column {
	larger.set(column);
	return larger;
}

function compareKeys(a: Key, b: Key): number {
	return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** Adds differences to a table's rows, and removes the rows in which nothing is left. */
export function writeDeltas(table: string, keys: readonly string[], user: number, deltas: Deltas): Batch[] {
	const rows = deltas
		.changed()
		.map(({ key, sums }): Value[] => [user, ...key.slice(0, keys.length), ...sums]);
	return [
		insertRows(table, ["user", ...keys, ...SUMMED], rows, `on conflict do update set ${ADDED}`),
		removeEmpty(table, keys, user, deltas),
	];
}

/** The assignments that add a refused insert's sums to the row in its way. */
export const ADDED = SUMMED.map((column) => `${column} = ${column} + excluded.${column}`).join(", ");

/** Removes the rows from which everything was taken. */
export function removeEmpty(table: string, keys: readonly string[], user: number, deltas: Deltas): Batch {
	const rows = deltas.lessened().map((key): Value[] => [user, ...key.slice(0, keys.length)]);
	const isEmpty = SUMMED.map((column) => `${column} = 0`).join(" and ");
	return deleteRows(table, ["user", ...keys], rows, isEmpty);
}

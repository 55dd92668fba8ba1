/** Random numbers that are the same for the same seed, so that a failure can be had again. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = (seed * 2_654_435_761 + 1) >>> 0;
	}

	/** 0 ≤ n < 1 (mulberry32). */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let t = this.#state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	}

	/** From `low` to `high`, both included. */
	integer(low: number, high: number): number {
		return low + Math.floor(this.next() * (high - low + 1));
	}

	pick<Item>(items: readonly Item[]): Item {
		if (items.length === 0) throw new RangeError("nothing to pick from");
		return items[this.integer(0, items.length - 1)] as Item;
	}
}

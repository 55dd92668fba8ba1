const KEY_BYTES = 12;
const KEYS_AT_ONCE = 4_096;

/** Numbers that look random and are the same for the same seed (mulberry32); keys that are random. */
export class Dice {
	#state: number;
	#random = Buffer.alloc(0);
	#taken = 0;

	constructor(seed: number) {
		this.#state = Math.imul(seed + 1, 0x9e3779b1);
	}

	/** A whole number from 0 to below `limit`. */
	below(limit: number): number {
		this.#state = (this.#state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
	}

	/** As the key of a response: 16 characters, which never come again. */
	key(): string {
		if (this.#taken + KEY_BYTES > this.#random.length) {
			this.#random = Buffer.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES * KEYS_AT_ONCE)));
			this.#taken = 0;
		}
		const key = this.#random.toString("base64url", this.#taken, this.#taken + KEY_BYTES);
		this.#taken += KEY_BYTES;
		return key;
	}
}

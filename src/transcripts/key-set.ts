/** Names beyond this many are not remembered, nor those of more bytes: a file may hold any. */
const MOST_NAMES = 64;
const LONGEST_NAME = 64;
/** What a name is followed by before anything has been seen: nothing that any key can be. */
const NOTHING_KNOWN = new TextEncoder().encode("?");

/**
 * Tells the keys of objects of one kind apart by their bytes, and guesses which key follows which: transcripts repeat
 * the same keys in the same order, line after line.
 */
export class KeySet {
	/** How many names matter: the first ones. Others are only remembered, to be guessed. */
	readonly wanted: number;
	readonly #names: Uint8Array[] = [];
	/** Each name as it stands before a value: `"name":`. */
	readonly #spellings: Uint8Array[] = [];
	/** By each name's place, and at the end for the beginning of an object: the place of the name that followed last. */
	readonly #followers = new Int8Array(MOST_NAMES + 1).fill(-1);
	/** Place of a name by its length and two of its letters, as far as no two names share them; -1 where there is none. */
	readonly #places = new Int8Array(32 * 128).fill(-1);

	constructor(names: readonly string[]) {
		this.wanted = names.length;
		for (const name of names) {
			const bytes = new TextEncoder().encode(name);
			if (this.#learn(bytes) < 0) throw new Error(`${name} looks like another key`);
		}
	}

	/** What comes before the first key. */
	get beginning(): number {
		return MOST_NAMES;
	}

	/** The place of the key that stood after this one the last time, or -1. */
	follower(previous: number): number {
		return this.#followers[previous] as number;
	}

	/** `"name":` of the name at a place. */
	spelling(place: number): Uint8Array {
		return this.#spellings[place] ?? NOTHING_KNOWN;
	}

	/**
	 * The place of the name that these bytes spell, for the next time also as what follows the one before. It is below
	 * {@link wanted} for those that matter; -1 for one that cannot be remembered.
	 */
	find(bytes: Uint8Array, start: number, end: number, previous: number): number {
		const known = this.#places[slotOf(bytes, start, end)] as number;
		const name = this.#names[known];
		let place = known;
		if (name !== undefined) place = isSpelled(bytes, start, end, name) ? known : -1;
		else if (end - start <= LONGEST_NAME)
			place = this.#learn(Uint8Array.prototype.slice.call(bytes, start, end));
		if (previous >= 0) this.#followers[previous] = place;
		return place;
	}

	#learn(name: Uint8Array): number {
		const slot = slotOf(name, 0, name.length);
		if (this.#places[slot] !== -1 || this.#names.length === MOST_NAMES) return -1;
		const place = this.#names.push(name) - 1;
		this.#places[slot] = place;
		this.#spellings.push(Buffer.concat([Buffer.from('"'), name, Buffer.from('":')]));
		return place;
	}
}

/** Whether these bytes are that word. */
export function isSpelled(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
	if (end - start !== word.length) return false;
	for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
	return true;
}

function slotOf(bytes: Uint8Array, start: number, end: number): number {
	const length = end - start;
	// Names of one length and first letter differ at two fifths at the latest, those at least that matter.
	const letters = (bytes[start] as number) + 3 * (bytes[start + (((2 * length) / 5) | 0)] as number);
	return ((length & 31) << 7) | (letters & 127);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** What stands in a string as itself: anything but quotes, backslashes and control characters. */
const PLAIN = new Uint8Array(256).fill(1).fill(0, 0, 0x20);
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH] = 0;
const ESCAPED = bytesOf('"\\/bfnrt');
const HEX = bytesOf("0123456789abcdefABCDEF");
const [LETTER_U, LETTER_E] = [0x75, 0x65];

const DEEPEST = 31;

/**
 * Steps over the bytes of JSON without making anything of them. It knows what `JSON.stringify` writes: no white space
 * between tokens, at most 31 levels. Whatever it accepts is JSON; what it refuses may be JSON nevertheless. The bytes
 * must end in something that is no JSON, such as the newline after a line.
 */
export class JsonWalker {
	bytes: Buffer = Buffer.alloc(1);
	/** Where it stands. */
	at = 0;
	/** The last key, or the last string stepped over: between its quotes. */
	start = 0;
	end = 0;
	/** Whether that holds a backslash. */
	escaped = false;

	/** At a key: steps to its value. Keys with escapes are refused: they may be another spelling of a name that matters. */
	key(): boolean {
		if (!this.string() || this.escaped || this.bytes[this.at] !== COLON) return false;
		this.at++;
		return true;
	}

	/** Steps over a string and notes it. */
	string(): boolean {
		if (this.bytes[this.at] !== QUOTE) return false;
		this.start = this.at + 1;
		if (!this.#skipString()) return false;
		this.end = this.at - 1;
		return true;
	}

	/** Steps over any value. */
	value(): boolean {
		const { bytes } = this;
		let depth = 0;
		// One bit a level: set where it is an object.
		let levels = 0;
		for (;;) {
			const byte = bytes[this.at];
			if (byte === QUOTE) {
				if (!this.#skipString()) return false;
			} else if (byte === OPEN && bytes[this.at + 1] !== CLOSE) {
				if (++depth > DEEPEST) return false;
				levels = (levels << 1) | 1;
				this.at++;
				if (!this.#skipKey()) return false;
				continue;
			} else if (byte === OPEN_LIST && bytes[this.at + 1] !== CLOSE_LIST) {
				if (++depth > DEEPEST) return false;
				levels <<= 1;
				this.at++;
				continue;
			} else if (byte === OPEN || byte === OPEN_LIST) this.at += 2;
			else if (!this.#skipLiteral()) return false;
			while (depth > 0) {
				const after = bytes[this.at++];
				const inObject = (levels & 1) === 1;
				if (after === COMMA) {
					if (inObject && !this.#skipKey()) return false;
					break;
				}
				if (after !== (inObject ? CLOSE : CLOSE_LIST)) return false;
				levels >>= 1;
				depth--;
			}
			if (depth === 0) return true;
		}
	}

	#skipKey(): boolean {
		if (this.bytes[this.at] !== QUOTE || !this.#skipString() || this.bytes[this.at] !== COLON) return false;
		this.at++;
		return true;
	}

	#skipString(): boolean {
		const { bytes } = this;
		let at = this.at + 1;
		this.escaped = false;
		for (;;) {
			while (PLAIN[bytes[at] as number] === 1) at++;
			if (bytes[at] === QUOTE) break;
			if (bytes[at] !== BACKSLASH) return false;
			this.escaped = true;
			const byte = bytes[at + 1] as number;
			if (ESCAPED[byte] === 1) at += 2;
			else if (byte === LETTER_U && isHex(bytes, at + 2)) at += 6;
			else return false;
		}
		this.at = at + 1;
		return true;
	}

	#skipLiteral(): boolean {
		switch (this.bytes[this.at]) {
			case 0x6e:
				return this.#skipWord(NULL);
			case 0x74:
				return this.#skipWord(TRUE);
			case 0x66:
				return this.#skipWord(FALSE);
			default:
				return this.#skipNumber();
		}
	}

	#skipWord(word: Uint8Array): boolean {
		for (let i = 0; i < word.length; i++) if (this.bytes[this.at + i] !== word[i]) return false;
		this.at += word.length;
		return true;
	}

	#skipNumber(): boolean {
		const { bytes } = this;
		if (bytes[this.at] === MINUS) this.at++;
		const first = this.at;
		if (!this.#skipDigits() || (bytes[first] === ZERO && this.at > first + 1)) return false;
		if (bytes[this.at] === POINT) {
			this.at++;
			if (!this.#skipDigits()) return false;
		}
		if (((bytes[this.at] as number) | 0x20) !== LETTER_E) return true;
		this.at++;
		if (bytes[this.at] === MINUS || bytes[this.at] === 0x2b) this.at++;
		return this.#skipDigits();
	}

	#skipDigits(): boolean {
		const first = this.at;
		while (isDigit(this.bytes[this.at])) this.at++;
		return this.at > first;
	}
}

const [NULL, TRUE, FALSE] = ["null", "true", "false"].map((word) => new TextEncoder().encode(word)) as [
	Uint8Array,
	Uint8Array,
	Uint8Array,
];

function bytesOf(characters: string): Uint8Array {
	const table = new Uint8Array(256);
	for (const byte of new TextEncoder().encode(characters)) table[byte] = 1;
	return table;
}

function isHex(bytes: Uint8Array, at: number): boolean {
	for (let i = at; i < at + 4; i++) if (HEX[bytes[i] as number] !== 1) return false;
	return true;
}

export function isDigit(byte: number | undefined): boolean {
	return byte !== undefined && byte >= ZERO && byte <= NINE;
}

const BACKSLASH = 0x5c;

/**
 * Reads a text that is mostly the one before: only where its bytes differ is anything made of it.
 *
 * @param make what is wanted of a text that is not empty
 */
export class RepeatedText<Made> {
	#bytes = new Uint8Array(0);
	#made: Made | undefined;

	constructor(readonly make: (text: string) => Made) {}

	/** @param start where the text's bytes begin, as JSON writes them between quotes; at least one */
	read(buffer: Buffer, start: number, end: number): Made {
		if (!this.#isSame(buffer, start, end)) {
			this.#bytes = Uint8Array.prototype.slice.call(buffer, start, end);
			this.#made = this.make(textOf(buffer, start, end));
		}
		return this.#made as Made;
	}

	#isSame(buffer: Buffer, start: number, end: number): boolean {
		const bytes = this.#bytes;
		if (bytes.length !== end - start) return false;
		// Texts of one kind begin alike, so the end tells them apart sooner.
		for (let i = bytes.length - 1; i >= 0; i--) if (bytes[i] !== buffer[start + i]) return false;
		return true;
	}
}

function textOf(buffer: Buffer, start: number, end: number): string {
	const text = buffer.toString("utf8", start, end);
	return buffer.subarray(start, end).includes(BACKSLASH) ? (JSON.parse(`"${text}"`) as string) : text;
}

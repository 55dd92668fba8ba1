import { readSync } from "node:fs";

/** A line that may tell usage. */
export type Line = {
	/** Without its `\n`. A view into the reader's buffer: valid only until the next line is asked for. */
	bytes: Buffer;
	/** Where the line starts in its file, in bytes. */
	offset: number;
	/** False for a last line without `\n`: it may still be being written. */
	terminated: boolean;
};

const MIB = 1024 * 1024;
const NEWLINE = 10;
// As JSON writes the key. Inside a string its quotes would be escaped, so most lines without usage do not match; a
// line that does is only a candidate, its JSON decides.
const MARKER = Buffer.from('"usage"');

/**
 * Reads the lines of a file that may tell usage, through one reused buffer that grows only for a longer line. Splits
 * on `\n` alone: U+2028, U+2029 and U+0085 occur raw inside strings. One file at a time.
 */
export class LineReader {
	/**
	 * Just after the `\n` of the line yielded last, at the end after the last `\n` of all: where the next read must
	 * start, so that an unfinished line comes back whole.
	 */
	end = 0;
	/** Bytes read from the file. */
	bytes = 0;
	/** Lines over the limit: passed over without being held. */
	tooLong = 0;

	readonly #chunk: Buffer;
	readonly #longestBuffer: number;
	#buffer: Buffer;
	#filled = 0;

	/**
	 * @param chunkBytes read at once
	 * @param longestLine longest line that is yielded, in bytes without its `\n`
	 */
	constructor(chunkBytes = MIB, longestLine = 256 * MIB) {
		this.#longestBuffer = longestLine + 1;
		this.#chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, this.#longestBuffer));
		this.#buffer = this.#chunk;
	}

	/**
	 * Yields the candidate lines between two offsets, in order. `end`, `bytes` and `tooLong` begin anew.
	 *
	 * @param fd a file open for reading; its own position is neither used nor moved
	 * @param from the start of a line
	 * @param until the size of the file when it was looked at: what is appended meanwhile waits for the next read
	 * @throws the system's error when reading fails
	 */
	*read(fd: number, from: number, until: number): Generator<Line, void, undefined> {
		this.end = from;
		this.bytes = 0;
		this.tooLong = 0;
		this.#buffer = this.#chunk;
		this.#filled = 0;
		let passing = false;
		while (this.#fill(fd, from + this.bytes, until)) {
			const held = this.#buffer.subarray(0, this.#filled);
			const lastNewline = held.lastIndexOf(NEWLINE);
			if (lastNewline >= 0) {
				const first = passing ? held.indexOf(NEWLINE) + 1 : 0;
				passing = false;
				yield* this.#candidates(held, first, lastNewline, from + this.bytes - this.#filled);
				this.#keepFrom(lastNewline + 1);
			} else if (passing || this.#filled === this.#longestBuffer) {
				if (!passing) this.tooLong++;
				passing = true;
				this.#keepFrom(this.#filled);
			} else if (this.#filled === this.#buffer.length) {
				this.#grow();
			}
		}
		const rest = this.#buffer.subarray(0, this.#filled);
		this.#buffer = this.#chunk;
		if (!passing && rest.includes(MARKER)) yield { bytes: rest, offset: this.end, terminated: false };
	}

	/** False at the end, which comes early where the file has shrunk. */
	#fill(fd: number, position: number, until: number): boolean {
		const wanted = Math.min(this.#buffer.length - this.#filled, until - position);
		if (wanted <= 0) return false;
		const count = readSync(fd, this.#buffer, this.#filled, wanted, position);
		this.#filled += count;
		this.bytes += count;
		return count > 0;
	}

	/** @param base offset of the first held byte in the file */
	*#candidates(held: Buffer, first: number, lastNewline: number, base: number): Generator<Line> {
		const whole = held.subarray(0, lastNewline + 1);
		let searched = first;
		for (;;) {
			const hit = whole.indexOf(MARKER, searched);
			if (hit < 0) break;
			const start = Math.max(searched, whole.lastIndexOf(NEWLINE, hit) + 1);
			const newline = whole.indexOf(NEWLINE, hit);
			searched = newline + 1;
			this.end = base + searched;
			yield { bytes: whole.subarray(start, newline), offset: base + start, terminated: true };
		}
		this.end = base + lastNewline + 1;
	}

	/** Moves what is left to the front, of the small buffer as soon as it fits there. */
	#keepFrom(start: number): void {
		const left = this.#filled - start;
		const target = left < this.#chunk.length ? this.#chunk : this.#buffer;
		this.#buffer.copy(target, 0, start, this.#filled);
		this.#buffer = target;
		this.#filled = left;
	}

	#grow(): void {
		const larger = Buffer.allocUnsafeSlow(Math.min(this.#buffer.length * 2, this.#longestBuffer));
		this.#buffer.copy(larger, 0, 0, this.#filled);
		this.#buffer = larger;
	}
}

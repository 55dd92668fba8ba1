import { readSync } from "node:fs";

/** A line that may tell usage. It is valid only until the next one is asked for: the reader uses both again. */
export type Line = {
	/** Where the line stands in, from `start` up to `end`, without its `\n`. */
	buffer: Buffer;
	start: number;
	end: number;
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

/** Many times what one answer can hold; longer ones carry pictures or files. In bytes. */
const LONGEST_LINE = 16 * MIB;

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
	/** Candidate lines over the limit: passed over without being held. */
	tooLong = 0;

	readonly #chunk: Buffer;
	readonly #longestBuffer: number;
	#buffer: Buffer;
	#filled = 0;
	readonly #line: Line;

	/**
	 * @param chunkBytes read at once
	 * @param longestLine longest line that is yielded, in bytes without its `\n`
	 */
	constructor(chunkBytes = MIB, longestLine = LONGEST_LINE) {
		this.#longestBuffer = longestLine + 1;
		this.#chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, this.#longestBuffer));
		this.#buffer = this.#chunk;
		this.#line = { buffer: this.#buffer, start: 0, end: 0, offset: 0, terminated: true };
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
		let isPassedCandidate = false;
		while (this.#fill(fd, from + this.bytes, until)) {
			const held = this.#buffer.subarray(0, this.#filled);
			const lastNewline = held.lastIndexOf(NEWLINE);
			if (lastNewline >= 0) {
				const base = from + this.bytes - this.#filled;
				const whole = held.subarray(0, lastNewline + 1);
				let next = passing ? held.indexOf(NEWLINE) + 1 : 0;
				if (isPassedCandidate || held.subarray(0, next).includes(MARKER)) this.tooLong++;
				passing = false;
				isPassedCandidate = false;
				for (let hit = whole.indexOf(MARKER, next); hit >= 0; hit = whole.indexOf(MARKER, next)) {
					const start = Math.max(next, whole.lastIndexOf(NEWLINE, hit) + 1);
					const newline = whole.indexOf(NEWLINE, hit);
					next = newline + 1;
					this.end = base + next;
					yield this.#found(start, newline, base + start, true);
				}
				this.end = base + lastNewline + 1;
				this.#keepFrom(lastNewline + 1);
			} else if (passing || this.#filled === this.#longestBuffer) {
				passing = true;
				isPassedCandidate ||= held.includes(MARKER);
				// The marker may stand across two chunks.
				this.#keepFrom(Math.max(0, this.#filled - MARKER.length + 1));
			} else if (this.#filled === this.#buffer.length) {
				this.#grow();
			}
		}
		if (!passing && this.#buffer.subarray(0, this.#filled).includes(MARKER)) {
			yield this.#found(0, this.#filled, this.end, false);
		}
		this.#buffer = this.#chunk;
	}

	#found(start: number, end: number, offset: number, terminated: boolean): Line {
		const line = this.#line;
		line.buffer = this.#buffer;
		line.start = start;
		line.end = end;
		line.offset = offset;
		line.terminated = terminated;
		return line;
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

/** A value as SQLite has it; integers are always `bigint`, so that a `number` is a double. */
export type SqlValue = null | bigint | number | string | Uint8Array;

/** What a client asks for: statements joined by `;`, and the flat list of their parameters. */
export type Request = { sql: string; parameters: SqlValue[] };

/** The longest decimal length that can be meant; more digits without a space are not this protocol. */
const LONGEST_HEAD = 24;

/** Makes requests of bytes that arrive in any pieces. Throws on bytes that are not of this protocol. */
export class RequestReader {
	/** Bytes that came and are of no request yet. */
	held = 0;
	#pieces: Buffer[] = [];
	/** Bytes that are known to be missing before it pays to look again. */
	#needed = 0;

	push(bytes: Buffer): void {
		this.#pieces.push(bytes);
		this.held += bytes.length;
	}

	/** The next whole request, or nothing as long as it has not arrived. */
	next(): Request | undefined {
		if (this.held === 0 || this.held < this.#needed) return undefined;
		const bytes = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
		this.#pieces = [bytes];
		const space = bytes.subarray(0, LONGEST_HEAD).indexOf(" ");
		if (space === -1) {
			if (bytes.length >= LONGEST_HEAD) throw new Error("a request without a length");
			return undefined;
		}
		const end = space + 1 + parseCount(bytes.toString("latin1", 1, space));
		this.#needed = end;
		if (bytes.length < end) return undefined;
		this.#pieces = [bytes.subarray(end)];
		this.held -= end;
		this.#needed = 0;
		return parseRequest(bytes.subarray(0, end), space + 1);
	}
}

function parseRequest(bytes: Buffer, bodyAt: number): Request {
	const type = String.fromCharCode(bytes[0] as number);
	if (type === "+") return { sql: bytes.toString("utf8", bodyAt), parameters: [] };
	if (type !== "=") throw new Error(`a request that begins with ${JSON.stringify(type)}`);
	const values = new ValueReader(bytes, bodyAt);
	const count = values.readCount();
	const [sql, ...parameters] = Array.from({ length: count }, () => values.read());
	if (typeof sql !== "string") throw new Error("an array that does not begin with SQL");
	if (!values.atEnd) throw new Error("an array that is longer than its values");
	return { sql, parameters };
}

class ValueReader {
	constructor(
		private readonly bytes: Buffer,
		private at: number,
	) {}

	get atEnd(): boolean {
		return this.at === this.bytes.length;
	}

	readCount(): number {
		return parseCount(this.#readWord());
	}

	read(): SqlValue {
		const type = String.fromCharCode(this.bytes[this.at++] ?? 0);
		const word = this.#readWord();
		if (type === ":") return parseInteger(word);
		if (type === ",") return parseDouble(word);
		if (type === "_") return null;
		const start = this.at;
		this.at += parseCount(word);
		if (this.at > this.bytes.length) throw new Error("a value that is longer than its array");
		if (type === "+") return this.bytes.toString("utf8", start, this.at);
		if (type === "$") return new Uint8Array(this.bytes.subarray(start, this.at));
		if (type !== "!") throw new Error(`a value that begins with ${JSON.stringify(type)}`);
		if (this.bytes[this.at - 1] !== 0) throw new Error("a text that does not end in a zero byte");
		return this.bytes.toString("utf8", start, this.at - 1);
	}

	#readWord(): string {
		const space = this.bytes.indexOf(" ", this.at);
		if (space === -1) throw new Error("a value without an end");
		const word = this.bytes.toString("latin1", this.at, space);
		this.at = space + 1;
		return word;
	}
}

function parseCount(word: string): number {
	if (!/^\d{1,10}$/.test(word)) throw new Error(`the length ${JSON.stringify(word)}`);
	return Number(word);
}

function parseInteger(word: string): bigint {
	if (!/^-?\d+$/.test(word)) throw new Error(`the integer ${JSON.stringify(word)}`);
	const value = BigInt(word);
	if (BigInt.asIntN(64, value) !== value) throw new Error(`the integer ${word}, which has more than 64 bits`);
	return value;
}

function parseDouble(word: string): number {
	const value = Number(word);
	if (word === "" || !Number.isFinite(value)) throw new Error(`the double ${JSON.stringify(word)}`);
	return value;
}

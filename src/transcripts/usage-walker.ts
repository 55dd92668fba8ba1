import { isDigit, JsonWalker } from "./json-walker.ts";
import { isSpelled, KeySet } from "./key-set.ts";

/** Texts of a record, by their places in {@link WalkedRecord}. */
export const TEXT = {
	type: 0,
	timestamp: 1,
	session: 2,
	uuid: 3,
	request: 4,
	agent: 5,
	version: 6,
	cwd: 7,
	branch: 8,
	message: 9,
	model: 10,
	speed: 11,
	geo: 12,
	tier: 13,
	/** A number, as it is written. */
	cost: 14,
} as const;

/** Numbers of a record's usage, by their places in {@link WalkedRecord}. */
export const COUNT = {
	input: 0,
	output: 1,
	cacheWrites: 2,
	cacheReads: 3,
	cacheWrites5m: 4,
	cacheWrites1h: 5,
	webSearches: 6,
} as const;

/** One record of a line: the line itself, or the sub-agent's record that an `agent_progress` line repeats. */
export class WalkedRecord {
	/** Where each text begins and ends; both are 0 where there is none or an empty one. */
	readonly starts = new Int32Array(15);
	readonly ends = new Int32Array(15);
	readonly counts = new Float64Array(7);
	/** Undefined where it is not said or no boolean. */
	sidechain: boolean | undefined;
	fork = false;
	hasUsage = false;

	clear(): void {
		this.starts.fill(0);
		this.ends.fill(0);
		this.counts.fill(0);
		this.sidechain = undefined;
		this.fork = false;
		this.hasUsage = false;
	}
}

// In each set the texts or counts come first; the place of the first one is added to a key's own.
const RECORD_KEYS = new KeySet([
	...["type", "timestamp", "sessionId", "uuid", "requestId", "agentId", "version", "cwd", "gitBranch"],
	...["isSidechain", "forkedFrom", "costUSD", "message", "data"],
]);
const [SIDECHAIN, FORK, COST, MESSAGE, DATA] = [9, 10, 11, 12, 13] as const;
const MESSAGE_KEYS = new KeySet(["id", "model", "usage"]);
const USAGE = 2;
const USAGE_KEYS = new KeySet([
	...["speed", "inference_geo", "service_tier"],
	...["input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"],
	...["cache_creation", "server_tool_use", "iterations"],
]);
const [FIRST_COUNT, WRITES, SEARCHES, ITERATIONS] = [3, 7, 8, 9] as const;
const WRITES_KEYS = new KeySet(["ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"]);
const SEARCHES_KEYS = new KeySet(["web_search_requests"]);
const ITERATION_KEYS = new KeySet(["type"]);
const DATA_KEYS = new KeySet(["type", "agentId", "message"]);
const ORDINARY = new TextEncoder().encode("message");

/** No place of any key. */
const REFUSED = -2;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Reads what a line tells of usage straight from its bytes. It is right or it refuses: what it accepts is JSON, and
 * means to it what it means to `JSON.parse`. Lines that it refuses go to the line parser.
 */
export class UsageWalker extends JsonWalker {
	/** The line itself. */
	readonly outer = new WalkedRecord();
	/** The record at `data.message`. */
	readonly inner = new WalkedRecord();
	/** `data.type` and `data.agentId`, at the places of a record's type and agent. */
	readonly data = new WalkedRecord();
	/** Most lines have none. */
	#hasData = false;

	/** @param end where the line's newline stands, or another byte that is no JSON */
	walk(bytes: Buffer, start: number, end: number): boolean {
		this.bytes = bytes;
		this.at = start;
		this.outer.clear();
		if (this.#hasData) {
			this.inner.clear();
			this.data.clear();
			this.#hasData = false;
		}
		return this.object(RECORD_KEYS, this.outer, readOuter) && this.at === end;
	}

	/** Whether a record's text consists of these bytes. */
	says({ starts, ends }: WalkedRecord, place: number, word: Uint8Array): boolean {
		return isSpelled(this.bytes, starts[place] as number, ends[place] as number, word);
	}

	/** Walks an object key by key. A key that matters and comes twice is refused: which one holds is the parser's to say. */
	object(keys: KeySet, record: WalkedRecord, read: ReadValue): boolean {
		const { bytes } = this;
		if (bytes[this.at++] !== OPEN) return false;
		if (bytes[this.at] === CLOSE) {
			this.at++;
			return true;
		}
		let met = 0;
		for (let key = keys.beginning; ; ) {
			key = this.#nextKey(keys, key);
			if (key === REFUSED) return false;
			if (key < 0 || key >= keys.wanted) {
				if (!this.value()) return false;
			} else {
				if ((met & (1 << key)) !== 0 || !read(this, record, key)) return false;
				met |= 1 << key;
			}
			const after = bytes[this.at++];
			if (after !== COMMA) return after === CLOSE;
		}
	}

	/** Steps over a key: the one that is expected, or else whichever it is. */
	#nextKey(keys: KeySet, previous: number): number {
		const { bytes, at } = this;
		const expected = previous < 0 ? previous : keys.follower(previous);
		const spelling = keys.spelling(expected);
		const end = at + spelling.length;
		if (isSpelled(bytes, at, end, spelling)) {
			this.at = end;
			return expected;
		}
		return this.key() ? keys.find(bytes, this.start, this.end, previous) : REFUSED;
	}

	/** The same where something else than an object is as good as none. */
	objectIfAny(keys: KeySet, record: WalkedRecord, read: ReadValue): boolean {
		return this.bytes[this.at] === OPEN ? this.object(keys, record, read) : this.value();
	}

	readData(): boolean {
		this.#hasData = true;
		return this.objectIfAny(DATA_KEYS, this.data, readData);
	}

	/** Notes a text; anything but a string is none. Escapes are refused where the bytes must speak for themselves. */
	text(record: WalkedRecord, place: number): boolean {
		if (this.bytes[this.at] !== QUOTE) return this.value();
		if (!this.string()) return false;
		if (this.escaped && place !== TEXT.cwd && place !== TEXT.branch) return false;
		if (this.end === this.start) return true;
		record.starts[place] = this.start;
		record.ends[place] = this.end;
		return true;
	}

	/** Notes a counter of at most nine digits; null is nothing, and everything else is refused. */
	count(record: WalkedRecord, place: number): boolean {
		const first = this.at;
		let count = 0;
		while (isDigit(this.bytes[this.at])) count = 10 * count + (this.bytes[this.at++] as number) - ZERO;
		const digits = this.at - first;
		record.counts[place] = count;
		if (digits === 0) return this.bytes[this.at] === LETTER_N && this.value();
		return digits <= 9 && (digits === 1 || this.bytes[first] !== ZERO) && this.#isValueEnd();
	}

	/** Notes a number as it is written; anything else is none. */
	number(record: WalkedRecord, place: number): boolean {
		const start = this.at;
		const byte = this.bytes[start];
		if (!this.value()) return false;
		if (!isDigit(byte) && byte !== MINUS) return true;
		record.starts[place] = start;
		record.ends[place] = this.at;
		return true;
	}

	#isValueEnd(): boolean {
		const byte = this.bytes[this.at];
		return byte === COMMA || byte === CLOSE;
	}
}

/** Reads the value of a key that was found, or refuses. */
type ReadValue = (walker: UsageWalker, record: WalkedRecord, key: number) => boolean;

function readRecord(walker: UsageWalker, record: WalkedRecord, key: number): boolean {
	switch (key) {
		case SIDECHAIN:
			return readSidechain(walker, record);
		case FORK:
			record.fork = walker.bytes[walker.at] === OPEN;
			return walker.value();
		case COST:
			return walker.number(record, TEXT.cost);
		case MESSAGE:
			return walker.objectIfAny(MESSAGE_KEYS, record, readMessage);
		case DATA:
			return walker.value();
		default:
			return walker.text(record, key);
	}
}

function readOuter(walker: UsageWalker, record: WalkedRecord, key: number): boolean {
	return key === DATA ? walker.readData() : readRecord(walker, record, key);
}

function readData(walker: UsageWalker, data: WalkedRecord, key: number): boolean {
	if (key === 0) return walker.text(data, TEXT.type);
	if (key === 1) return walker.text(data, TEXT.agent);
	return walker.objectIfAny(RECORD_KEYS, walker.inner, readRecord);
}

function readSidechain(walker: UsageWalker, record: WalkedRecord): boolean {
	const byte = walker.bytes[walker.at];
	record.sidechain = byte === LETTER_T ? true : byte === LETTER_F ? false : undefined;
	return walker.value();
}

function readMessage(walker: UsageWalker, record: WalkedRecord, key: number): boolean {
	if (key !== USAGE) return walker.text(record, TEXT.message + key);
	record.hasUsage = walker.bytes[walker.at] === OPEN;
	return walker.objectIfAny(USAGE_KEYS, record, readUsage);
}

function readUsage(walker: UsageWalker, record: WalkedRecord, key: number): boolean {
	switch (key) {
		case WRITES:
			return walker.objectIfAny(WRITES_KEYS, record, readWrites);
		case SEARCHES:
			return walker.objectIfAny(SEARCHES_KEYS, record, readSearches);
		case ITERATIONS:
			return skipIterations(walker, record);
		default:
			if (key < FIRST_COUNT) return walker.text(record, TEXT.speed + key);
			return walker.count(record, key - FIRST_COUNT);
	}
}

function readWrites(walker: UsageWalker, record: WalkedRecord, key: number): boolean {
	return walker.count(record, COUNT.cacheWrites5m + key);
}

function readSearches(walker: UsageWalker, record: WalkedRecord): boolean {
	return walker.count(record, COUNT.webSearches);
}

/** Ordinary iterations are in the counters already; a list with any other is refused. */
function skipIterations(walker: UsageWalker, record: WalkedRecord): boolean {
	const { bytes } = walker;
	if (bytes[walker.at] !== OPEN_LIST || bytes[walker.at + 1] === CLOSE_LIST) return walker.value();
	do {
		walker.at++;
		if (!walker.object(ITERATION_KEYS, record, skipOrdinary)) return false;
	} while (bytes[walker.at] === COMMA);
	return bytes[walker.at++] === CLOSE_LIST;
}

function skipOrdinary(walker: UsageWalker): boolean {
	return walker.string() && isSpelled(walker.bytes, walker.start, walker.end, ORDINARY);
}

import type { Line } from "./lines.ts";

/** One JSON value of a line. */
export type LineRecord = {
	value: unknown;
	/** Where it starts in its file, in bytes. */
	offset: number;
};

/** What a line holds. */
export type LineRecords = {
	records: LineRecord[];
	/** A part of the line is no JSON, however it is cut. */
	damaged: boolean;
};

/**
 * Reads the JSON of a line. Where two writers or a crash damaged it, its leading whole records are taken, and after a
 * cut one those from the first later place that makes sense of all the rest. A line without `\n` that is no JSON is
 * still being written and holds nothing.
 */
export function readRecords(line: Line): LineRecords {
	const all = line.buffer.subarray(line.start, line.end);
	const marked = line.offset === 0 && all.indexOf(BYTE_ORDER_MARK) === 0;
	const bytes = marked ? all.subarray(BYTE_ORDER_MARK.length) : all;
	const value = parseJson(bytes);
	if (value !== undefined) return { records: [{ value, offset: line.offset }], damaged: false };
	if (!line.terminated) return { records: [], damaged: false };
	return recoverRecords(bytes, line.offset + all.length - bytes.length);
}

const BYTE_ORDER_MARK = Buffer.from("\ufeff");

/** Undefined for what is no JSON. NUL is what file systems leave of a write that a crash cut off. */
function parseJson(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString("utf8").replaceAll("\0", ""));
	} catch {
		return undefined;
	}
}

// How often each byte of a damaged line may be looked at. Real lines need a few; the limit keeps the work linear on
// any other.
const LOOKS = 16;

function recoverRecords(bytes: Buffer, offset: number): LineRecords {
	const leading = readSequence(bytes, 0, offset);
	let start = leading.end;
	for (let looks = LOOKS * bytes.length; looks > 0; ) {
		start = findRecordStart(bytes, start + 1);
		if (start < 0) break;
		// Only a place from which all the rest makes sense: an object inside the cut record is not taken for a record.
		const rest = readSequence(bytes, start, offset);
		if (rest.end === bytes.length) {
			return { records: [...leading.records, ...rest.records], damaged: false };
		}
		looks -= rest.looked;
	}
	return { records: leading.records, damaged: leading.end < bytes.length };
}

type Sequence = {
	records: LineRecord[];
	/** Where the first thing begins that is no whole object. */
	end: number;
	/** Bytes looked at. */
	looked: number;
};

function readSequence(bytes: Buffer, start: number, offset: number): Sequence {
	const records: LineRecord[] = [];
	let at = skipBlank(bytes, start);
	let looked = at - start;
	while (bytes[at] === OPEN) {
		const end = findObjectEnd(bytes, at);
		looked = (end ?? bytes.length) - start;
		const value = end === undefined ? undefined : parseJson(bytes.subarray(at, end));
		if (end === undefined || value === undefined) break;
		records.push({ value, offset: offset + at });
		at = skipBlank(bytes, end);
	}
	return { records, end: at, looked };
}

const RECORD_STARTS = ['{"parentUuid"', '{"type"'];

function findRecordStart(bytes: Buffer, from: number): number {
	for (let at = bytes.indexOf('{"', from); at >= 0; at = bytes.indexOf('{"', at + 1)) {
		const head = bytes.toString("latin1", at, at + 13);
		if (RECORD_STARTS.some((start) => head.startsWith(start))) return at;
	}
	return -1;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Just after the brace that closes the one at `start`. */
function findObjectEnd(bytes: Buffer, start: number): number | undefined {
	let depth = 0;
	let inString = false;
	for (let at = start; at < bytes.length; at++) {
		const byte = bytes[at];
		if (inString && byte === BACKSLASH) at++;
		else if (byte === QUOTE) inString = !inString;
		else if (inString) continue;
		else if (byte === OPEN) depth++;
		else if (byte === CLOSE && --depth === 0) return at + 1;
	}
	return undefined;
}

// NUL, tab, carriage return, space.
const BLANK = [0x00, 0x09, 0x0d, 0x20];

function skipBlank(bytes: Buffer, from: number): number {
	let at = from;
	while (at < bytes.length && BLANK.includes(bytes[at] ?? -1)) at++;
	return at;
}

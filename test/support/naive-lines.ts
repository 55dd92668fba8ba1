import { basename } from "node:path";

/** Tokens of a response or of a part of it, under one model. */
export type NaivePart = {
	model: string;
	input: number;
	output: number;
	cacheWrite5m: number;
	cacheWrite1h: number;
	cacheRead: number;
};

/** What one line tells of a response, as a reader that shares no code with the product finds it. */
export type NaiveSighting = NaivePart & {
	key: string;
	message: string;
	webSearches: number;
	extra: NaivePart[];
	at: number;
	session: string;
	folder: string;
	fork: boolean;
	progress: boolean;
	sidechain: boolean;
	cwd: string;
	/** From the file of a session itself, not of a sub-agent. */
	main: boolean;
};

/** Usage of a file, and by its reason how much that looked like usage could not be counted. */
export type NaiveFile = { sightings: NaiveSighting[]; skipped: Record<string, number> };

type Json = Record<string, unknown>;
type Place = { path: string; folder: string; main: boolean; session: string };
type NaiveRecord = { value: unknown; offset: number };

/**
 * Reads a transcript the slow and plain way: held as a whole, cut at every `\n`, each line given to `JSON.parse`. A
 * line has to name "usage" as every writer of JSON does, without escapes; others are not looked at.
 *
 * @param path below `projects`, with `/`
 */
export function readNaively(bytes: Buffer, path: string): NaiveFile {
	const place = placeOf(path);
	const file: NaiveFile = { sightings: [], skipped: {} };
	const skip = (reason: string) => {
		file.skipped[reason] = (file.skipped[reason] ?? 0) + 1;
	};
	for (const { line, offset, terminated } of linesOf(bytes)) {
		if (!line.includes('"usage"')) continue;
		const { records, damaged } = recordsOf(line, offset, terminated);
		for (const record of records) {
			const seen = sightingOf(record, place);
			if (typeof seen === "string") skip(seen);
			else if (seen) file.sightings.push(seen);
		}
		if (damaged) skip("bad_json");
	}
	return file;
}

function placeOf(path: string): Place {
	const [name = "", ...above] = path.split("/").reverse();
	const dirs = above.reverse();
	const agents = dirs.indexOf("subagents");
	return {
		path,
		folder: dirs[0] ?? "",
		main: agents < 0 && !name.startsWith("agent-"),
		session: dirs[agents - 1] ?? basename(name, ".jsonl"),
	};
}

/** Lines without their `\n`, and where each begins. */
export function* linesOf(bytes: Buffer): Generator<{ line: Buffer; offset: number; terminated: boolean }> {
	let offset = 0;
	while (offset < bytes.length) {
		const newline = bytes.indexOf("\n", offset);
		const terminated = newline >= 0;
		const end = terminated ? newline : bytes.length;
		yield { line: bytes.subarray(offset, end), offset, terminated };
		offset = end + 1;
	}
}

function recordsOf(
	line: Buffer,
	offset: number,
	terminated: boolean,
): { records: NaiveRecord[]; damaged: boolean } {
	const mark = offset === 0 && line.indexOf("\ufeff") === 0 ? 3 : 0;
	const rest = line.subarray(mark);
	const whole = parse(rest);
	if (whole !== undefined) return { records: [{ value: whole, offset }], damaged: false };
	if (!terminated) return { records: [], damaged: false };
	return recover(rest, offset + mark);
}

/** Whole records that a damaged line begins with, and those it ends with after a cut one. */
function recover(line: Buffer, offset: number): { records: NaiveRecord[]; damaged: boolean } {
	const first = wholeRecords(line, 0, offset);
	for (let start = first.end + 1; start < line.length; start++) {
		const text = line.toString("latin1", start, start + 13);
		if (!text.startsWith('{"parentUuid"') && !text.startsWith('{"type"')) continue;
		const last = wholeRecords(line, start, offset);
		if (last.end === line.length) return { records: [...first.records, ...last.records], damaged: false };
	}
	return { records: first.records, damaged: first.end < line.length };
}

function wholeRecords(line: Buffer, from: number, offset: number): { records: NaiveRecord[]; end: number } {
	const records: NaiveRecord[] = [];
	let start = skipBlank(line, from);
	while (line[start] === 0x7b) {
		const found = shortestObject(line, start);
		if (!found) break;
		records.push({ value: found.value, offset: offset + start });
		start = skipBlank(line, found.end);
	}
	return { records, end: start };
}

function shortestObject(line: Buffer, start: number): { value: unknown; end: number } | undefined {
	for (let close = line.indexOf("}", start); close >= 0; close = line.indexOf("}", close + 1)) {
		const value = parse(line.subarray(start, close + 1));
		if (value !== undefined) return { value, end: close + 1 };
	}
	return undefined;
}

function skipBlank(line: Buffer, from: number): number {
	let at = from;
	while (at < line.length && "\0\t\r ".includes(String.fromCharCode(line[at] ?? 0))) at++;
	return at;
}

function parse(bytes: Buffer): unknown {
	try {
		return JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).replaceAll("\0", ""));
	} catch {
		return undefined;
	}
}

function sightingOf({ value, offset }: NaiveRecord, place: Place): NaiveSighting | string | undefined {
	const line = fieldsOf(value);
	const data = fieldsOf(line.data);
	const progress = line.type === "progress" && data.type === "agent_progress";
	const record = progress ? fieldsOf(data.message) : line;
	const message = fieldsOf(record.message);
	if (record.type !== "assistant" || !isFields(message.usage) || message.model === "<synthetic>")
		return undefined;
	const session = text(line.sessionId) || text(record.sessionId) || place.session;
	const agent = progress ? text(data.agentId) || text(record.agentId) : text(line.agentId);
	const at = timeOf(record.timestamp);
	const model = nameOf(message.model) || "unknown";
	const iterations = Array.isArray(message.usage.iterations) ? message.usage.iterations : [];
	const counted = countersOf(message.usage, model);
	const extra = iterations
		.map(fieldsOf)
		.filter(({ type }) => type === "advisor_message" || type === "compaction")
		.map((part) => countersOf(part, nameOf(part.model) || model))
		.filter((part) => numbersOf(part).some((number) => number !== 0));
	const searches = countOf(fieldsOf(message.usage.server_tool_use).web_search_requests);
	if (!isId(session) || (agent !== "" && !isId(agent))) return "bad_id";
	if (at === undefined) return "bad_time";
	if (searches > 1e6 || ![searches, ...[counted, ...extra].flatMap(numbersOf)].every(isCount))
		return "bad_counter";
	const id = text(message.id);
	return {
		...counted,
		key: keyOf(id, text(record.requestId), session, text(record.uuid), `${place.path} ${offset}`),
		message: id,
		webSearches: searches,
		extra,
		at,
		session,
		folder: place.folder,
		fork: isFields(line.forkedFrom) || isFields(record.forkedFrom),
		progress,
		sidechain: progress ? record.isSidechain !== false : record.isSidechain === true,
		cwd: text(line.cwd) || text(record.cwd),
		main: place.main,
	};
}

function keyOf(id: string, request: string, session: string, uuid: string, place: string): string {
	if (id && request) return JSON.stringify([1, id, request]);
	if (id) return JSON.stringify([2, session, id]);
	return JSON.stringify(uuid ? [3, uuid] : [4, place]);
}

function countersOf(usage: Json, model: string): NaivePart {
	const split = fieldsOf(usage.cache_creation);
	const [oneHour, fiveMinutes] = [
		countOf(split.ephemeral_1h_input_tokens),
		countOf(split.ephemeral_5m_input_tokens),
	];
	const written = Math.max(countOf(usage.cache_creation_input_tokens), fiveMinutes + oneHour);
	return {
		model,
		input: countOf(usage.input_tokens),
		output: countOf(usage.output_tokens),
		cacheWrite5m: written - oneHour,
		cacheWrite1h: oneHour,
		cacheRead: countOf(usage.cache_read_input_tokens),
	};
}

function numbersOf({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }: NaivePart): number[] {
	return [input, output, cacheWrite5m, cacheWrite1h, cacheRead];
}

/** NaN for what is no number of tokens: it spreads to whatever is made of it. */
function countOf(value: unknown): number {
	if (value === undefined || value === null) return 0;
	return typeof value === "number" && isCount(value) ? value + 0 : Number.NaN;
}

function isCount(value: number): boolean {
	return value >= 0 && value <= 1_000_000_000 && Math.floor(value) === value;
}

const TIME =
	/^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)$/;

/** Epoch ms from 1970 to 9999; a leap second is the one before it. */
function timeOf(value: unknown): number | undefined {
	const parts = TIME.exec(text(value));
	if (!parts) return undefined;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
		.slice(1, 7)
		.map((part) => Number(part ?? 0));
	const [shiftHours, shiftMinutes] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
	const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, Math.min(second, 59)));
	date.setUTCFullYear(year, month - 1, day);
	const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
	if (!exists || hour > 23 || minute > 59 || second > 60 || shiftHours > 23 || shiftMinutes > 59)
		return undefined;
	const ms = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3));
	const shift = (shiftHours * 60 + shiftMinutes) * 60_000 * (parts[8] === "-" ? -1 : 1);
	const at = date.getTime() + ms - shift;
	return at >= 0 && at < Date.UTC(10_000, 0) ? at : undefined;
}

function isId(value: string): boolean {
	return /^[\w.:-]+$/.test(value) && value.length <= 128;
}

function nameOf(value: unknown): string {
	return text(value)
		.replace(/[\p{Cc}\u2028\u2029]/gu, "")
		.slice(0, 256)
		.toWellFormed();
}

function text(value: unknown): string {
	return typeof value === "string" ? value : "";
}

function isFields(value: unknown): value is Json {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): Json {
	return isFields(value) ? value : {};
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { answer } from "./answers.ts";
import type { Random } from "./random.ts";
import { Raw, writeStrangely } from "./strange-json.ts";
import { progressLine } from "./transcript.ts";

type Fields = Record<string, unknown>;

const FOLDERS = ["../fixtures/claude/projects", "../../../shared/corpus/projects"];
const MOST_REAL_LINES = 400;

/** Lines that told usage to somebody: fixtures, made-up ones, and real ones where they lie beside the repository. */
export function usageLines(): Fields[] {
	const texts = FOLDERS.map((folder) => join(import.meta.dir, folder)).flatMap((folder) =>
		existsSync(folder) ? linesBelow(folder).slice(0, MOST_REAL_LINES) : [],
	);
	const iterations = [
		{ type: "message" },
		{ type: "advisor_message", input_tokens: 3 },
		{ type: "compaction" },
	];
	const everything = {
		cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 },
		server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
		service_tier: "batch",
		inference_geo: "us",
		speed: "fast",
		iterations: [{ type: "message", input_tokens: 1 }],
	};
	const made = [
		answer(1, { usage: everything }),
		answer(2, { usage: { iterations } }),
		answer(3, { requestId: undefined, sidechain: true, agent: "a1" }),
		answer(4, { id: undefined, line: { costUSD: 0.5, forkedFrom: { sessionId: "s0" } } }),
		progressLine({ usage: everything }),
		progressLine({ usage: { iterations, server_tool_use: { web_search_requests: 1 } } }),
	];
	// They have what real lines seldom have, and come as often.
	const as = Math.ceil(texts.length / made.length);
	return [...texts, ...Array<string[]>(as).fill(made).flat()].map((text) => JSON.parse(text));
}

function linesBelow(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((path) => path.endsWith(".jsonl"))
		.sort()
		.flatMap((path) => readFileSync(join(folder, path), "utf8").split("\n"))
		.filter(
			(line) =>
				line.startsWith("{") && line.endsWith("}") && line.includes('"usage"') && line.length < 10_000,
		);
}

/** The line as another one: with ids that no other number gives. */
export function withOwnIds(line: Fields, number: number): Fields {
	const own = structuredClone(line);
	for (const record of [own, at(own, ["data", "message"])]) {
		const message = at(record, ["message"]);
		if (message?.id) message.id = `msg_${number}`;
		if (record?.requestId) record.requestId = `req_${number}`;
		if (record?.uuid) record.uuid = `uuid-${number}`;
	}
	return own;
}

/** The line with something wrong or odd in its values, its JSON or its bytes; some come out with nothing wrong. */
export function hostileLine(line: Fields, random: Random): Buffer {
	const value = structuredClone(line);
	for (let n = random.integer(0, 2); n > 0; n--)
		random.pick([setHostile, setHostile, writeOneStrangely, addDecoy])(value, random);
	const text = random.next() < 0.4 ? writeStrangely(value, random) : writeStrangely(value);
	let bytes: Buffer = Buffer.from(text);
	for (let n = random.pick([0, 0, 1, 2]); n > 0; n--) bytes = random.pick(WOUNDS)(bytes, random);
	return bytes;
}

const USAGE = ["message", "usage"];
const PLACES: string[][] = [
	["type"],
	["timestamp"],
	["sessionId"],
	["requestId"],
	["uuid"],
	["cwd"],
	["gitBranch"],
	["version"],
	["isSidechain"],
	["agentId"],
	["costUSD"],
	["forkedFrom"],
	["message"],
	["message", "id"],
	["message", "model"],
	USAGE,
	[...USAGE, "input_tokens"],
	[...USAGE, "output_tokens"],
	[...USAGE, "cache_creation_input_tokens"],
	[...USAGE, "cache_read_input_tokens"],
	[...USAGE, "cache_creation"],
	[...USAGE, "cache_creation", "ephemeral_5m_input_tokens"],
	[...USAGE, "cache_creation", "ephemeral_1h_input_tokens"],
	[...USAGE, "server_tool_use"],
	[...USAGE, "server_tool_use", "web_search_requests"],
	[...USAGE, "speed"],
	[...USAGE, "inference_geo"],
	[...USAGE, "service_tier"],
	[...USAGE, "iterations"],
	[...USAGE, "iterations", "1"],
	[...USAGE, "iterations", "1", "input_tokens"],
	["data"],
	["data", "type"],
	["data", "agentId"],
	["data", "message"],
];

const TEXTS = [
	"",
	" ",
	"5",
	"assistant",
	"progress",
	"user",
	"<synthetic>",
	"\ud800",
	"a\0b",
	"é",
	"x".repeat(200),
];
const TIMES = [
	"2026-02-30T10:00:00.000Z",
	"2026-03-02T10:00:00Z",
	"2026-03-02t10:00:00.123456789+05:30",
	"2026-03-02T24:00:00.000Z",
	"2026-03-02T10:00:00.000",
	"1969-12-31T23:59:59.999Z",
	"2024-02-29T23:59:60Z",
	"0000-01-01T00:00:00.000Z",
	"+010000-01-01T00:00:00.000Z",
];
const NUMBERS = "-0 0.0 1e3 1E+03 1000.0 10e-1 1e9 1000000001 -1 0.5 1e-3 1e400 1e300 9007199254740993".split(
	" ",
);
const NO_NUMBERS = "NaN Infinity -Infinity 01 +1 1. .5 1e 0x10 1_000 - undefined True nul".split(" ");

function setHostile(line: Fields, random: Random): void {
	const { holder, key } = anyPlace(line, random);
	if (!holder) return;
	if (random.next() < 0.15) delete holder[key];
	else holder[key] = hostileValue(random);
}

function writeOneStrangely(line: Fields, random: Random): void {
	const { holder, key } = anyPlace(line, random);
	if (holder?.[key] !== undefined) holder[key] = new Raw(writeStrangely(holder[key], random));
}

function anyPlace(line: Fields, random: Random): { holder: Fields | undefined; key: string } {
	const place = random.pick(PLACES);
	const path = line.type === "progress" && random.next() < 0.6 ? ["data", "message", ...place] : place;
	return { holder: at(line, path.slice(0, -1)), key: path.at(-1) ?? "" };
}

function hostileValue(random: Random): unknown {
	return random.pick<() => unknown>([
		() => random.pick([null, true, false, [], {}, [1], { usage: { input_tokens: 5 } }]),
		() => random.pick(TEXTS),
		() => random.pick(TIMES),
		() => new Raw(random.pick(NUMBERS)),
		() => new Raw(random.pick(NUMBERS)),
		() => new Raw(random.pick(NO_NUMBERS)),
	])();
}

/** What looks like usage and is none, where people's own words and files stand. */
function addDecoy(line: Fields, random: Random): void {
	const usage = { input_tokens: 777_777, output_tokens: 888_888 };
	const record = { type: "assistant", message: { id: "decoy", usage }, usage, requestId: "decoy" };
	const message = at(line, ["message"]) ?? at(line, ["data", "message", "message"]) ?? line;
	const text = JSON.stringify(record);
	const input = random.pick<unknown>([
		record,
		[record],
		text,
		`${text}\n${text}`,
		`\\"usage":{`,
		{ id: null },
	]);
	if (random.next() < 0.5) message.content = [{ type: "tool_use", name: text, input }];
	else line[random.pick(["toolUseResult", "attachment", "summary", "usage"])] = input;
}

type Wound = (bytes: Buffer, random: Random) => Buffer;

const WOUNDS: Wound[] = [
	(bytes, random) => bytes.subarray(0, random.integer(0, bytes.length)),
	(bytes, random) => bytes.subarray(random.integer(0, Math.min(40, bytes.length))),
	(bytes, random) => {
		const copy = Buffer.from(bytes);
		if (copy.length > 0) copy[random.integer(0, copy.length - 1)] = random.integer(0, 255);
		return copy;
	},
	(bytes, random) => insert(bytes, random, Buffer.alloc(random.pick([1, 3, 4096]))),
	(bytes, random) => insert(bytes, random, Buffer.from([random.integer(0x80, 0xff)])),
	(bytes, random) =>
		insert(bytes, random, Buffer.from(random.pick(['"', "\\", "{", "}", "[", ",", ":", "1", " "]))),
	(bytes, random) =>
		insert(bytes, random, Buffer.from(random.pick(["\ufeff", "\u2028", "\u0085", "\r", "\x01"]))),
	(bytes) => Buffer.concat([Buffer.alloc(512), bytes]),
	(bytes) => Buffer.concat([Buffer.from("\ufeff"), bytes]),
	(bytes) => Buffer.concat([bytes, Buffer.from("\r")]),
	(bytes) => Buffer.concat([bytes, bytes]),
	(bytes, random) => Buffer.concat([bytes.subarray(0, random.integer(0, bytes.length)), bytes]),
	(bytes, random) => Buffer.concat([bytes, bytes.subarray(0, random.integer(0, bytes.length))]),
];

function insert(bytes: Buffer, random: Random, more: Buffer): Buffer {
	const place = random.integer(0, bytes.length);
	return Buffer.concat([bytes.subarray(0, place), more, bytes.subarray(place)]);
}

/** What stands at a path, if it is something that has fields. */
function at(value: unknown, path: readonly string[]): Fields | undefined {
	const found = path.reduce<unknown>((inside, key) => (inside as Fields | undefined)?.[key], value);
	return typeof found === "object" && found !== null ? (found as Fields) : undefined;
}

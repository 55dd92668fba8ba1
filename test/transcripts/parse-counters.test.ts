import { describe, expect, test } from "bun:test";
import { parseLine } from "../../src/transcripts/parse.ts";
import { asLine, assistantLine, FILE, type LineOptions, progressLine } from "../support/transcript.ts";

function parse(options: LineOptions) {
	return parseLine(asLine(assistantLine(options)), FILE);
}

function parseUsage(usage: Record<string, unknown>) {
	return parse({ usage });
}

const COUNTERS = [
	["input_tokens", "input"],
	["output_tokens", "output"],
	["cache_creation_input_tokens", "cacheWrite5m"],
	["cache_read_input_tokens", "cacheRead"],
] as const;

const CORRUPT = [-1, 0.5, 1_000_000_001, "7", "", true, false, [], {}].map((value) => [value]);

describe("a counter", () => {
	test.each(COUNTERS)("%s is taken as it is", (field, name) => {
		expect(parseUsage({ [field]: 12_345 })).toMatchObject([{ event: { [name]: 12_345 } }]);
		expect(parseUsage({ [field]: 1e9 })).toMatchObject([{ event: { [name]: 1e9 } }]);
	});

	test.each(COUNTERS)("%s is 0 when missing or null", (field, name) => {
		expect(parseUsage({ [field]: undefined })).toMatchObject([{ event: { [name]: 0 } }]);
		expect(parseUsage({ [field]: null })).toMatchObject([{ event: { [name]: 0 } }]);
	});

	test.each(CORRUPT)("that is %p makes the line corrupt", (value) => {
		const byLifetime = [{ ephemeral_5m_input_tokens: value }, { ephemeral_1h_input_tokens: value }];
		const bad = [{ skip: "bad_counter" }] as const;
		for (const [field] of COUNTERS) expect(parseUsage({ [field]: value })).toEqual([...bad]);
		for (const cache_creation of byLifetime) expect(parseUsage({ cache_creation })).toEqual([...bad]);
		expect(parseUsage({ server_tool_use: { web_search_requests: value } })).toEqual([...bad]);
		expect(parseLine(asLine(progressLine({ usage: { input_tokens: value } })), FILE)).toEqual([...bad]);
	});

	test("that is an empty usage object is an answer of no tokens", () => {
		expect(parse({ message: { usage: {} } })).toMatchObject([
			{ event: { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0, webSearches: 0 } },
		]);
	});
});

describe("cache writes", () => {
	test.each([
		["without lifetimes all live 5 minutes", 100, undefined, undefined, 100, 0],
		["are split by lifetime", 100, 60, 40, 60, 40],
		["that all live an hour", 100, 0, 100, 0, 100],
		["beyond the lifetimes live 5 minutes", 100, 10, 40, 60, 40],
		["are the lifetimes' sum when that is more", 50, 60, 40, 60, 40],
		["are the lifetimes' sum when the flat field is missing", undefined, 60, 40, 60, 40],
		["with one lifetime only", 100, undefined, 30, 70, 30],
	])("%s", (_, flat, for5m, for1h, cacheWrite5m, cacheWrite1h) => {
		const cache_creation = { ephemeral_5m_input_tokens: for5m, ephemeral_1h_input_tokens: for1h };
		expect(parseUsage({ cache_creation_input_tokens: flat, cache_creation })).toMatchObject([
			{ event: { cacheWrite5m, cacheWrite1h } },
		]);
	});

	test("are corrupt when the flat field is, even where an hour's writes bring the rest into range", () => {
		const cache_creation = { ephemeral_1h_input_tokens: 1e9 };
		const usage = { cache_creation_input_tokens: 1.5e9, cache_creation };
		expect(parseUsage(usage)).toEqual([{ skip: "bad_counter" }]);
	});

	test.each([[null], ["x"], [5], [[]]])("with lifetimes of %p live 5 minutes", (cache_creation) => {
		expect(parseUsage({ cache_creation })).toMatchObject([{ event: { cacheWrite5m: 30, cacheWrite1h: 0 } }]);
	});
});

describe("server tools", () => {
	test("count web searches and no web fetches", () => {
		const server_tool_use = { web_search_requests: 3, web_fetch_requests: 5 };
		expect(parseUsage({ server_tool_use })).toMatchObject([{ event: { webSearches: 3 } }]);
	});

	test.each([[null], [undefined], ["x"], [[]], [{}]])("of %p are no web searches", (server_tool_use) => {
		expect(parseUsage({ server_tool_use })).toMatchObject([{ event: { webSearches: 0 } }]);
	});
});

describe("thinking tokens", () => {
	test("are a part of the output and not added to it", () => {
		const output_tokens_details = { thinking_tokens: 15 };
		expect(parseUsage({ output_tokens: 20, output_tokens_details })).toMatchObject([
			{ event: { output: 20 } },
		]);
	});
});

const MODIFIERS = [
	["speed", "speed", "fast", ["standard"]],
	["inference_geo", "geo", "us", ["global", "not_available"]],
	["service_tier", "tier", "batch", ["standard"]],
] as const;

describe("a modifier", () => {
	test.each(MODIFIERS)("%s is kept when it is out of the ordinary", (field, name, value) => {
		expect(parseUsage({ [field]: value })).toMatchObject([{ event: { [name]: value } }]);
		expect(parseUsage({ [field]: value.toUpperCase() })).toMatchObject([{ event: { [name]: value } }]);
		expect(parseUsage({ [field]: "new_one-2" })).toMatchObject([{ event: { [name]: "new_one-2" } }]);
	});

	test.each(MODIFIERS)("%s is absent when it is ordinary or no name", (field, name, _, ordinary) => {
		const noNames = [undefined, null, "", "a b", "x".repeat(33), "é", "a\n", 5, true, {}, ["us"]];
		for (const value of [...ordinary, ...noNames]) {
			expect(parseUsage({ [field]: value })).toMatchObject([{ event: { [name]: undefined } }]);
		}
	});

	test("service_tier priority is kept", () => {
		expect(parseUsage({ service_tier: "priority" })).toMatchObject([{ event: { tier: "priority" } }]);
	});
});

describe("iterations", () => {
	const message = { type: "message", input_tokens: 10, output_tokens: 20 };
	const advisor = {
		type: "advisor_message",
		model: "claude-opus-4-6",
		input_tokens: 823,
		output_tokens: 1612,
		cache_read_input_tokens: 5,
		cache_creation_input_tokens: 9,
		cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 7 },
	};
	const compaction = { type: "compaction", input_tokens: 180_000, output_tokens: 3_500 };

	test("of an advisor and of a compaction are extra parts in their order", () => {
		expect(parseUsage({ iterations: [compaction, message, advisor] })).toMatchObject([
			{
				event: {
					input: 10,
					output: 20,
					extra: [
						{
							model: "claude-sonnet-4-5-20250929",
							input: 180_000,
							output: 3_500,
							cacheWrite5m: 0,
							cacheWrite1h: 0,
							cacheRead: 0,
						},
						{
							model: "claude-opus-4-6",
							input: 823,
							output: 1_612,
							cacheWrite5m: 2,
							cacheWrite1h: 7,
							cacheRead: 5,
						},
					],
				},
			},
		]);
	});

	test.each([
		["missing", undefined],
		["null", null],
		["an object", advisor],
		["none", []],
		["only those in the counters", [message, message]],
		["of unknown types", [null, 1, "x", [advisor], {}, { ...advisor, type: "new" }]],
	])("that are %s are no extra parts", (_, iterations) => {
		expect(parseUsage({ iterations })).toMatchObject([{ event: { input: 10, extra: undefined } }]);
	});

	test("with a corrupt counter make the line corrupt", () => {
		for (const [value] of CORRUPT) {
			const iterations = [{ ...advisor, output_tokens: value }];
			expect(parseUsage({ iterations })).toEqual([{ skip: "bad_counter" }]);
		}
	});
});

describe("costUSD", () => {
	test.each([
		[0.0375, 37_500_000],
		[0, 0],
		[1.0000000004, 1_000_000_000],
		[0.0000000005, 1],
		[undefined, undefined],
		[null, undefined],
		[-1, undefined],
		["0.5", undefined],
		[true, undefined],
		[1e300, undefined],
	])("%p is %p nano-dollars", (costUSD, reportedNanoUsd) => {
		expect(parse({ line: { costUSD } })).toMatchObject([{ event: { reportedNanoUsd } }]);
	});

	test("beyond any number is absent", () => {
		const line = assistantLine({ line: { costUSD: 12_345 } }).replace("12345", "1e999");
		expect(parseLine(asLine(line), FILE)).toMatchObject([{ event: { reportedNanoUsd: undefined } }]);
	});
});

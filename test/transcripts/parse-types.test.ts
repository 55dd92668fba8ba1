import { describe, expect, test } from "bun:test";
import { parseLine } from "../../src/transcripts/parse.ts";
import { asLine, assistantLine, FILE, progressLine, usageOf } from "../support/transcript.ts";

function parse(text: string) {
	return parseLine(asLine(text), FILE);
}

describe("an answer", () => {
	test("is an assistant line with a usage object", () => {
		expect(parse(assistantLine())).toEqual([
			{
				cwd: "/home/dev/app",
				event: {
					key: expect.stringMatching(/^[\w-]{16}$/),
					message: expect.any(Number),
					sidechainOnly: false,
					model: "claude-sonnet-4-5-20250929",
					input: 10,
					output: 20,
					cacheWrite5m: 30,
					cacheWrite1h: 0,
					cacheRead: 40,
					webSearches: 0,
					speed: undefined,
					geo: undefined,
					tier: undefined,
					reportedNanoUsd: undefined,
					extra: undefined,
					countedAt: Date.UTC(2026, 2, 2, 10),
					at: Date.UTC(2026, 2, 2, 10),
					session: "11111111-1111-4111-8111-111111111111",
					fork: false,
					progress: false,
					sidechain: false,
					project: undefined,
					folder: "-home-dev-app",
					branch: "main",
					agent: undefined,
					version: "2.1.39",
					machine: undefined,
				},
			},
		]);
	});

	test("is found whatever the order of the keys", () => {
		const reversed = JSON.stringify(
			Object.fromEntries(Object.entries(JSON.parse(assistantLine())).reverse()),
		);
		expect(reversed).not.toBe(assistantLine());
		expect(parse(reversed)).toEqual(parse(assistantLine()));
	});

	test("is found in JSON that is written with spaces", () => {
		expect(parse(JSON.stringify(JSON.parse(assistantLine()), undefined, " ").replaceAll("\n", ""))).toEqual(
			parse(assistantLine()),
		);
	});

	test("is found in an agent_progress line, with the sub-agent's ids and time and the parent's session", () => {
		const [own] = parse(assistantLine());
		const [seen] = parse(progressLine());
		if (own === undefined || !("event" in own)) throw new Error("no event");
		expect(seen).toEqual({
			cwd: own.cwd,
			event: { ...own.event, progress: true, sidechain: true, sidechainOnly: true, agent: "a1b2c3d" },
		});
	});

	test("in an agent_progress line is a side chain unless the sub-agent's record says not", () => {
		expect(parse(progressLine({}, { isSidechain: false }))).toMatchObject([{ event: { sidechain: false } }]);
		expect(parse(progressLine({}, { isSidechain: true }))).toMatchObject([{ event: { sidechain: true } }]);
		expect(parse(progressLine({}, { isSidechain: "no" }))).toMatchObject([{ event: { sidechain: true } }]);
	});

	test("in an agent_progress line takes from the sub-agent's record what the outer one lacks", () => {
		const outer = {
			session: undefined,
			cwd: undefined,
			branch: undefined,
			version: undefined,
			agent: undefined,
		};
		const inner = { sessionId: "s2", cwd: "/srv/b", gitBranch: "dev", version: "2.1.40", agentId: "a9" };
		expect(parse(progressLine(outer, inner))).toMatchObject([
			{ cwd: "/srv/b", event: { session: "s2", branch: "dev", version: "2.1.40", agent: "a9" } },
		]);
	});
});

describe("no answer", () => {
	test.each([
		"user",
		"system",
		"summary",
		"attachment",
		"file-history-snapshot",
		"queue-operation",
		"permission-mode",
		"last-prompt",
		"custom-title",
		"pr-link",
		"started",
		"result",
		"progress",
		"something-new",
		"",
		null,
		7,
		undefined,
	])("is in a line of type %p", (type) => {
		expect(parse(assistantLine({ line: { type } }))).toEqual([]);
	});

	test.each(["hook_progress", "bash_progress", "mcp_progress", null])(
		"is in progress data of type %p",
		(type) => {
			const line = JSON.parse(progressLine());
			expect(parse(JSON.stringify({ ...line, data: { ...line.data, type } }))).toEqual([]);
		},
	);

	test.each(["user", "system", undefined])(
		"is in an agent_progress line about a record of type %p",
		(type) => {
			expect(parse(progressLine({}, { type }))).toEqual([]);
		},
	);

	test.each([[undefined], [null], ["text"], [1], [[]]])("is in a progress line whose data is %p", (data) => {
		expect(parse(progressLine({ line: { data } }))).toEqual([]);
	});

	test.each([[undefined], [null], ["text"], [1], [[]]])(
		"is in an agent_progress line whose record is %p",
		(message) => {
			const data = { type: "agent_progress", message };
			expect(parse(progressLine({ line: { data } }))).toEqual([]);
		},
	);

	test.each([[undefined], [null], ["text"], [1], [true], [[]]])(
		"is in a line whose message is %p",
		(message) => {
			expect(parse(assistantLine({ line: { message } }))).toEqual([]);
		},
	);

	test.each([[undefined], [null], ["text"], [1], [true], [[]]])("is in a line whose usage is %p", (usage) => {
		expect(parse(assistantLine({ message: { usage } }))).toEqual([]);
		expect(parse(progressLine({ message: { usage } }))).toEqual([]);
	});

	test("is what Claude Code made up itself", () => {
		const zero = {
			input_tokens: 0,
			output_tokens: 0,
			cache_creation_input_tokens: 0,
			cache_read_input_tokens: 0,
		};
		const line = { isApiErrorMessage: true, timestamp: "broken" };
		expect(parse(assistantLine({ model: "<synthetic>", usage: zero, line }))).toEqual([]);
		expect(parse(progressLine({ model: "<synthetic>" }))).toEqual([]);
	});

	test("is a sub-agent's total shown to its parent", () => {
		const toolUseResult = { usage: usageOf(), totalTokens: 100, agentId: "a1" };
		expect(
			parse(assistantLine({ line: { type: "user", message: { role: "user" }, toolUseResult } })),
		).toEqual([]);
		const [plain] = parse(assistantLine());
		expect(parse(assistantLine({ line: { toolUseResult } }))).toEqual(plain ? [plain] : []);
	});

	test("is anything in the content of a message", () => {
		const record = JSON.parse(assistantLine({ id: "msg_9", usage: { output_tokens: 999 } }));
		const content = [
			{ type: "tool_use", id: null, input: record },
			{ type: "text", text: JSON.stringify(record) },
		];
		expect(parse(assistantLine({ message: { content } }))).toEqual(parse(assistantLine()));
		expect(parse(assistantLine({ message: { content, usage: undefined } }))).toEqual([]);
		expect(parse(progressLine({ message: { content } }))).toEqual(parse(progressLine()));
	});

	test.each(["null", "1", '"usage"', "true", "[]", '[{"type":"assistant"}]', "{}"])(
		"is in the line %s",
		(text) => {
			expect(parse(text)).toEqual([]);
		},
	);
});

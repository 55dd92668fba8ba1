import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseLine } from "../../src/transcripts/parse.ts";
import { UsageReader } from "../../src/transcripts/usage-reader.ts";
import { readFast } from "../support/both-readers.ts";
import { runs } from "../support/runs.ts";
import { asLine, assistantLine, FILE, progressLine } from "../support/transcript.ts";

/** What is said of a line, after a look at whether the line parser says the same; and whether it had to be asked. */
function read(text: string, reader = new UsageReader()) {
	const line = asLine(text);
	const before = reader.parsed;
	const told = readFast(reader, line, FILE);
	expect(told).toEqual(parseLine(line, FILE));
	return { told, isParsed: reader.parsed > before };
}

describe("read from its bytes", () => {
	const usage = {
		input_tokens: 1,
		cache_creation_input_tokens: 50,
		cache_read_input_tokens: 3,
		output_tokens: 4,
		cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 },
		server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
		service_tier: "batch",
		inference_geo: "us",
		speed: "fast",
		iterations: [{ type: "message", input_tokens: 1, output_tokens: 4 }],
	};

	test.each<[string, string]>([
		["an answer", assistantLine()],
		["an answer with all that its usage can say", assistantLine({ usage })],
		["an answer with nothing in its usage", assistantLine({ message: { usage: {} } })],
		[
			"nulls, which are nothing",
			assistantLine({ usage: { ...usage, input_tokens: null, speed: null, iterations: null } }),
		],
		["a sub-agent's answer inside a progress line", progressLine({ usage })],
		["a directory with escapes", assistantLine({ cwd: 'C:\\Users\\ada\\"app"' })],
		["names beyond ASCII", assistantLine({ cwd: "/home/ада/プロジェクト", branch: "fête/😀" })],
		["a fork", assistantLine({ line: { forkedFrom: { sessionId: "s", messageUuid: "u" } } })],
		["a side chain", assistantLine({ line: { isSidechain: true, agentId: "a1" } })],
		["an answer without request id", assistantLine({ line: { requestId: undefined } })],
		[
			"an answer without any id",
			assistantLine({ message: { id: undefined }, line: { requestId: undefined, uuid: undefined } }),
		],
		["an answer of no model", assistantLine({ message: { model: undefined } })],
		["what Claude Code made itself", assistantLine({ message: { model: "<synthetic>" } })],
		[
			"the same with a character that no name keeps",
			assistantLine({ message: { model: "<synthetic>\x7f" } }),
		],
		[
			"a decoy in a tool's input",
			assistantLine({ message: { content: [{ type: "tool_use", input: { message: { id: "x", usage } } }] } }),
		],
		[
			"a decoy in a text",
			assistantLine({ message: { content: [{ type: "text", text: '"usage":{"input_tokens":1}' }] } }),
		],
		["a user's line with a tool's total", JSON.stringify({ type: "user", toolUseResult: { usage } })],
		[
			"another kind of progress",
			JSON.stringify({ type: "progress", data: { type: "bash_progress", usage } }),
		],
		["a reported cost", assistantLine({ line: { costUSD: 0.25 } })],
		["a tiny reported cost", assistantLine({ line: { costUSD: 1.5e-7 } })],
		["a reported cost that is none", assistantLine({ line: { costUSD: -1 } })],
		["a reported cost that is no number", assistantLine({ line: { costUSD: "0.25" } })],
		["a line that ends as on Windows", `${assistantLine()}\r`],
	])("is %s", (_what, line) => {
		expect(read(line).isParsed).toBe(false);
	});
});

describe("left to the line parser", () => {
	test.each<[string, string]>([
		["white space between tokens", assistantLine().replace('"role":', '"role": ')],
		["a key with an escape", assistantLine().replace('"usage"', '"usage":{},"us\\u0061ge"')],
		["an id with an escape", assistantLine().replace('"sessionId":"1', '"sessionId":"\\u0031')],
		["a key that comes twice", assistantLine().replace('"usage":', '"usage":{"input_tokens":9},"usage":')],
		[
			"a message that comes twice",
			assistantLine().replace('"message":', '"message":{"usage":{"output_tokens":7}},"message":'),
		],
		["a counter in another notation", assistantLine().replace('"output_tokens":20', '"output_tokens":2e1')],
		["a counter that is none", assistantLine({ usage: { output_tokens: -1 } })],
		["a counter of ten digits", assistantLine({ usage: { output_tokens: 1_000_000_000 } })],
		["a time in another form", assistantLine({ line: { timestamp: "2026-03-02T10:00:00Z" } })],
		["a session id that is none", assistantLine({ line: { sessionId: "../etc" } })],
		["an agent id that is none", assistantLine({ line: { agentId: "a b" } })],
		[
			"an advisor's answer",
			assistantLine({ usage: { iterations: [{ type: "advisor_message", output_tokens: 5 }] } }),
		],
		["two records on one line", assistantLine({ id: "msg_a" }) + assistantLine({ id: "msg_b" })],
		[
			"a whole record after a cut one",
			assistantLine({ id: "msg_a" }).slice(0, -60) + assistantLine({ id: "msg_b" }),
		],
		["a cut record", assistantLine().slice(0, -1)],
		["a control character", assistantLine().replace("Done.", "Do\tne.")],
		["NUL before the record", `\0\0${assistantLine()}`],
		["no JSON at all", '"usage"'],
	])("is %s", (_what, line) => {
		expect(read(line).isParsed).toBe(true);
	});

	test("is a last line without newline, which is nothing odd", () => {
		const reader = new UsageReader();
		const told = readFast(reader, asLine(assistantLine(), { terminated: false }), FILE);
		expect(told).toEqual(parseLine(asLine(assistantLine()), FILE));
		expect(reader.parsed).toBe(0);
	});
});

test("of lines in any order each is read as if it were alone", () => {
	const one = fc.record(
		{
			id: fc.constantFrom("msg_a", "msg_b", "", "m".repeat(300)),
			request: fc.constantFrom("req_a", "req_ab", "r".repeat(300)),
			session: fc.constantFrom("s1", "s2", "s11"),
			cwd: fc.constantFrom("/a", "/b", "/a/b", "/\\", "/é"),
			branch: fc.constantFrom("main", "", "x\u0007y", "b".repeat(300)),
			version: fc.constantFrom("2.1.0", "2.1.10", "v".repeat(40)),
			agent: fc.constantFrom("a1", "a2", undefined),
			model: fc.constantFrom("claude-opus-4-5", "claude-opus-4-6", "", "<synthetic>"),
			progress: fc.boolean(),
		},
		{ noNullPrototype: true },
	);
	fc.assert(
		fc.property(fc.array(one, { maxLength: 12 }), (lines) => {
			const reader = new UsageReader();
			for (const { id, request, session, cwd, branch, version, agent, model, progress } of lines) {
				const options = { cwd, branch, message: { id, model } };
				const line = { requestId: request, sessionId: session, version, agentId: agent };
				read(progress ? progressLine({ ...options, line }) : assistantLine({ ...options, line }), reader);
			}
		}),
		runs(300),
	);
});

test("what else stands in a line's buffer is nothing that the line tells", () => {
	const reader = new UsageReader();
	// Its text ends where a time would that stood first in the buffer.
	read('{"timestamp":"abcdefghij"}', reader);
	const before = Buffer.from("2026-03-02T10:00:00.000Z\n");
	const { buffer, ...line } = asLine(assistantLine({ line: { timestamp: undefined } }));
	const start = before.length + line.start;
	const end = before.length + line.end;
	const moved = { ...line, buffer: Buffer.concat([before, buffer]), start, end };
	expect(readFast(reader, moved, FILE)).toEqual(parseLine(moved, FILE));
});

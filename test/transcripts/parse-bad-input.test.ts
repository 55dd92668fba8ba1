import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseLine } from "../../src/transcripts/parse.ts";
import { eventKey, rejectCode } from "../../src/usage/event.ts";
import { mergeEvents } from "../../src/usage/response.ts";
import { asLine, assistantLine, FILE, progressLine } from "../support/transcript.ts";

function parse(text: string | Buffer, over: { offset?: number; terminated?: boolean } = {}) {
	return parseLine(asLine(text, over), FILE);
}

function outputsOf(text: string | Buffer): (number | string)[] {
	return parse(text).map((sighting) => ("event" in sighting ? sighting.event.output : sighting.skip));
}

function answer(output: number): string {
	return assistantLine({ id: `msg_${output}`, usage: { output_tokens: output } });
}

const PLAIN = parse(assistantLine());

describe("a last line without newline", () => {
	test("that is no JSON is being written and no error", () => {
		const line = assistantLine();
		for (const cut of [1, 200, line.length - 1])
			expect(parse(line.slice(0, cut), { terminated: false })).toEqual([]);
		expect(parse(`${line}${line}`, { terminated: false })).toEqual([]);
	});

	test("that is JSON is counted", () => {
		expect(parse(assistantLine(), { terminated: false })).toEqual(PLAIN);
	});
});

describe("bytes around and in a record", () => {
	test("a final carriage return is left out", () => {
		expect(parse(`${assistantLine()}\r`)).toEqual(PLAIN);
	});

	test("a byte order mark is left out at the start of the file", () => {
		expect(parse(`\ufeff${assistantLine()}`)).toEqual(PLAIN);
		expect(parse(`\ufeff${assistantLine()}`, { terminated: false })).toEqual(PLAIN);
	});

	test("runs of NUL are left out before, in and after a record", () => {
		const nuls = "\0".repeat(4096);
		expect(parse(nuls + assistantLine())).toEqual(PLAIN);
		expect(parse(`${assistantLine()}${nuls}\r`)).toEqual(PLAIN);
		expect(parse(assistantLine().replace('"message"', `${nuls}"mess\0age"`))).toEqual(PLAIN);
	});

	test("NUL alone is nothing", () => {
		expect(parse("\0".repeat(4096))).toEqual([]);
		expect(parse("")).toEqual([]);
		expect(parse("\r")).toEqual([]);
	});

	test("bytes that are no UTF-8 are replaced", () => {
		const line = Buffer.from(assistantLine({ branch: "a~b" }));
		line[line.indexOf("~")] = 0xff;
		expect(parse(line)).toMatchObject([{ event: { branch: "a\ufffdb" } }]);
	});

	test("line separators of Unicode are ordinary characters of a string", () => {
		const content = [{ type: "text", text: "a\u2028b\u2029c\u0085d" }];
		expect(parse(assistantLine({ message: { content } }))).toEqual(PLAIN);
	});
});

describe("records that run into each other", () => {
	test("are all taken when they are whole", () => {
		expect(outputsOf(answer(1) + answer(2))).toEqual([1, 2]);
		expect(
			outputsOf(`${answer(1)}\0\0${answer(2)} ${progressLine({ usage: { output_tokens: 3 } })}\r`),
		).toEqual([1, 2, 3]);
		expect(outputsOf(`{"type":"summary"}${answer(2)}`)).toEqual([2]);
	});

	test("are taken after one that was cut anywhere", () => {
		const first = answer(1);
		for (let cut = 1; cut < first.length; cut++) {
			expect(outputsOf(first.slice(0, cut) + answer(2) + answer(3))).toEqual([2, 3]);
		}
	});

	test("are taken after a cut one of the shape that begins with its type", () => {
		const second = assistantLine({ usage: { output_tokens: 2 } }).replace('{"parentUuid":null,', "{");
		const typed = second
			.replace("{", '{"type":"assistant",')
			.replace(',"type":"assistant","message"', ',"message"');
		expect(outputsOf(answer(1).slice(0, 300) + typed)).toEqual([2]);
	});

	test("are taken before, after and around a cut one", () => {
		expect(outputsOf(answer(1) + answer(2).slice(0, 300) + answer(3))).toEqual([1, 3]);
		expect(outputsOf(answer(1) + answer(2).slice(0, 300))).toEqual([1, "bad_json"]);
		expect(outputsOf(`garbage ${answer(1)}`)).toEqual([1]);
	});

	test("hide no object inside a cut one that looks like a record", () => {
		const inside = JSON.parse(answer(7));
		const content = [
			{ type: "tool_use", input: { type: "assistant", ...inside } },
			{ type: "text", text: "x" },
		];
		const outer = assistantLine({ message: { content } });
		const cut = outer.slice(0, outer.indexOf('"stop_reason"'));
		expect(outputsOf(cut)).toEqual(["bad_json"]);
		expect(outputsOf(cut + answer(2))).toEqual([2]);
	});

	test("are identified, without ids, by where each of them begins", () => {
		const noIds = assistantLine({ id: undefined, uuid: undefined });
		const cut = `${"é".repeat(10)}\0${noIds.slice(0, 100)}`;
		const start = Buffer.byteLength(cut);
		const at = (offset: number) => ({
			event: { key: eventKey({ session: "", path: FILE.relative, offset }) },
		});
		expect(parse(cut + noIds + noIds, { offset: 1000 })).toMatchObject([
			at(1000 + start),
			at(1000 + start + noIds.length),
		]);
		expect(parse(`\ufeff${noIds}${noIds}`)).toMatchObject([at(3), at(3 + noIds.length)]);
	});
});

describe("a line that is no JSON", () => {
	test.each([
		"garbage",
		'{"type":"assistant","usage":{',
		'{"type":"assistant"',
		'"usage"}',
		'{"usage":{}}}',
		'{"parentUuid"{"parentUuid"',
		"{'usage':1}",
	])("is one corrupt line: %s", (text) => {
		expect(outputsOf(text).at(-1)).toBe("bad_json");
		expect(outputsOf(text)).toHaveLength(1);
	});

	test("is given up soon, however many records seem to begin in it", () => {
		expect(outputsOf('{"type":'.repeat(100_000))).toEqual(["bad_json"]);
		expect(outputsOf('{"parentUuid":"'.repeat(50_000))).toEqual(["bad_json"]);
	});
});

describe("a large line", () => {
	test.each([3_000, 100_000])("may nest %d levels", (levels) => {
		const deep = `${'{"a":['.repeat(levels)}null${"]}".repeat(levels)}`;
		const line = assistantLine({ message: { content: [{ type: "tool_use", input: "DEEP" }] } });
		expect(parse(line.replace('"DEEP"', deep))).toEqual(PLAIN);
		expect(outputsOf(answer(1).slice(0, 300) + line.replace('"DEEP"', deep))).toEqual([20]);
	});

	test("may hold a string of 3 MB", () => {
		const text = 'é"\\\n'.repeat(600_000);
		expect(parse(assistantLine({ message: { content: [{ type: "text", text }] } }))).toEqual(PLAIN);
	});
});

describe("a null", () => {
	test("is no reason to drop a line", () => {
		const content = [{ type: "tool_use", id: null, input: { id: null, requestId: null } }, null];
		const nulls = {
			advisorModel: null,
			userType: null,
			parentUuid: null,
			toolUseResult: null,
			costUSD: null,
		};
		expect(parse(assistantLine({ message: { content, stop_reason: null }, line: nulls }))).toEqual(PLAIN);
	});
});

describe("a time", () => {
	test.each([undefined, null, "", "yesterday", 1_772_445_600_000, "2026-03-02", "2026-02-30T10:00:00.000Z"])(
		"%p makes the line corrupt",
		(timestamp) => {
			expect(parse(assistantLine({ timestamp }))).toEqual([{ skip: "bad_time" }]);
			expect(parse(progressLine({ timestamp }))).toEqual([{ skip: "bad_time" }]);
		},
	);

	test("in the future is taken as it is", () => {
		const at = Date.UTC(2999, 0);
		expect(parse(assistantLine({ timestamp: "2999-01-01T00:00:00.000Z" }))).toMatchObject([
			{ event: { at, countedAt: at } },
		]);
	});

	test("before 1970 makes the line corrupt", () => {
		expect(parse(assistantLine({ timestamp: "1969-12-31T23:59:59.999Z" }))).toEqual([{ skip: "bad_time" }]);
	});
});

describe("any bytes at all", () => {
	test("give sound answers or a reason, and never an error", () => {
		const source = Buffer.from(`${answer(1)}${progressLine()}`);
		const change = fc.record({
			at: fc.nat(source.length - 1),
			byte: fc.constantFrom(...Buffer.from('{}[]":,\\0-e\0\xff')),
		});
		fc.assert(
			fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(source.length), (changes, cut) => {
				const bytes = Buffer.from(source.subarray(cut));
				for (const { at, byte } of changes) bytes[at % (bytes.length + 1)] = byte;
				for (const sighting of parse(bytes)) {
					if ("event" in sighting) expect(rejectCode(sighting.event)).toBeUndefined();
					else expect(["bad_json", "bad_counter", "bad_time", "bad_id"]).toContain(sighting.skip);
				}
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe("one answer with different content", () => {
	test("has one identity, and the larger of its lines counts", () => {
		const [small, large] = [20, 900].map(
			(output) => parse(assistantLine({ usage: { output_tokens: output } }))[0],
		);
		if (!small || !large || !("event" in small) || !("event" in large)) throw new Error("no event");
		expect(large.event.key).toBe(small.event.key);
		expect(mergeEvents(large.event, small.event).output).toBe(900);
	});
});

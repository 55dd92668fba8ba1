import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { LineReader } from "../../src/transcripts/lines.ts";

let dir: string;
let fd: number;

beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), "lines-"));
	fd = openSync(join(dir, "file"), "w+");
});

afterEach(() => {
	closeSync(fd);
	rmSync(dir, { recursive: true });
});

function fill(content: string | Buffer): number {
	ftruncateSync(fd, 0);
	return append(content, 0);
}

function append(content: string | Buffer, position: number): number {
	const bytes = Buffer.from(content);
	return writeSync(fd, bytes, 0, bytes.length, position);
}

type Seen = { bytes: Buffer; offset: number; terminated: boolean };

function collect(reader: LineReader, from: number, until: number) {
	const lines: Seen[] = [];
	for (const line of reader.read(fd, from, until)) {
		const { buffer, start, end, offset, terminated } = line;
		lines.push({ bytes: Buffer.from(buffer.subarray(start, end)), offset, terminated });
	}
	return { lines, end: reader.end, bytes: reader.bytes, tooLong: reader.tooLong };
}

function read(content: string | Buffer, reader = new LineReader(16)) {
	const { lines, ...rest } = collect(reader, 0, fill(content));
	return {
		...rest,
		lines: lines.map(({ bytes, offset, terminated }) => [bytes.toString(), offset, terminated]),
	};
}

/** The same by the shortest way: everything in memory. */
function naive(content: Buffer, from: number, longest: number) {
	const lines: Seen[] = [];
	let tooLong = 0;
	let offset = from;
	const parts = content.toString("latin1").slice(from).split("\n");
	parts.forEach((part, index) => {
		const terminated = index < parts.length - 1;
		const isCandidate = part.includes('"usage"');
		if (part.length > longest) tooLong += Number(isCandidate && terminated);
		else if (isCandidate) lines.push({ bytes: Buffer.from(part, "latin1"), offset, terminated });
		if (terminated) offset += part.length + 1;
	});
	return { lines, end: offset, bytes: content.length - from, tooLong };
}

describe("the reader", () => {
	test("yields the lines that hold the marker, each with its place", () => {
		const content = 'x\n{"usage":1}\n\n{"usage":22}\n{"use":1}\n';
		expect(read(content)).toEqual({
			lines: [
				['{"usage":1}', 2, true],
				['{"usage":22}', 15, true],
			],
			end: content.length,
			bytes: content.length,
			tooLong: 0,
		});
	});

	test("does not take the marker in a string for the marker", () => {
		expect(read('{"text":"\\"usage\\":{}"}\n').lines).toEqual([]);
	});

	test("yields nothing of an empty file", () => {
		expect(read("")).toEqual({ lines: [], end: 0, bytes: 0, tooLong: 0 });
	});

	test("yields a last line without newline and comes back to its start", () => {
		expect(read('ab\n{"usage":')).toMatchObject({ lines: [['{"usage":', 3, false]], end: 3, bytes: 12 });
		expect(read("ab\ncd")).toMatchObject({ lines: [], end: 3 });
		expect(read('"usage"')).toMatchObject({ lines: [['"usage"', 0, false]], end: 0 });
	});

	test("splits at no other line separator and keeps carriage returns and NUL", () => {
		const line = '{"usage":"a\u2028b\u2029c\u0085d\u000be\u000cf"}\r';
		expect(read(`${line}\n\0\0\0${line}\n`).lines).toEqual([
			[line, 0, true],
			[`\0\0\0${line}`, Buffer.byteLength(line) + 1, true],
		]);
	});

	test("takes lines longer than its chunk, and short ones after them", () => {
		const long = `{"usage":"${"x".repeat(1000)}"}`;
		const lines = ['"usage"', long, '"usage"', `${"y".repeat(500)}"usage"`, "z".repeat(700), '"usage"'];
		expect(read(`${lines.join("\n")}\n`).lines.map(([text]) => text)).toEqual(
			lines.filter((l) => l[0] !== "z"),
		);
	});

	test("passes over lines that are too long and tells how many of them might have told usage", () => {
		const reader = new LineReader(16, 40);
		const longest = `"usage"${"x".repeat(33)}`;
		const longer = `${"y".repeat(500)}"usage"${"z".repeat(500)}`;
		const nothing = "y".repeat(500);
		expect(read(`${longest}x\n${longest}\n${longer}\n${nothing}\n"usage"\n`, reader)).toMatchObject({
			lines: [
				[longest, 42, true],
				['"usage"', 1592, true],
			],
			end: 1600,
			tooLong: 2,
		});
		expect(read(`a\n${longest}xyz`, reader)).toMatchObject({ lines: [], end: 2, tooLong: 0 });
		expect(read(`a\n${longest}`, reader)).toMatchObject({ lines: [[longest, 2, false]], end: 2, tooLong: 0 });
	});

	test("begins where it is told, without moving the descriptor", () => {
		const until = fill('"usage"1\n"usage"2\n"usage"3\n');
		const { lines, end, bytes } = collect(new LineReader(), 9, until);
		expect(lines.map((line) => [line.bytes.toString(), line.offset])).toEqual([
			['"usage"2', 9],
			['"usage"3', 18],
		]);
		expect([end, bytes]).toEqual([27, 18]);
	});

	test("reads no further than the size it was told, and the rest the next time", () => {
		const until = fill('"usage"1\n"usa');
		const reader = new LineReader();
		append('ge"2\n', until);
		const first = collect(reader, 0, until);
		expect(first).toMatchObject({ end: 9, bytes: 13, lines: [{ offset: 0 }] });
		expect(collect(reader, first.end, until + 5)).toMatchObject({ end: 18, lines: [{ offset: 9 }] });
	});

	test("ends where a file ends that has shrunk", () => {
		fill('"usage"1\n"usage"2');
		expect(collect(new LineReader(8), 0, 1_000)).toMatchObject({
			end: 9,
			bytes: 17,
			lines: [
				{ offset: 0, terminated: true },
				{ offset: 9, terminated: false },
			],
		});
		expect(collect(new LineReader(), 500, 400)).toEqual({ lines: [], end: 500, bytes: 0, tooLong: 0 });
		expect(collect(new LineReader(), 500, 1_000)).toEqual({ lines: [], end: 500, bytes: 0, tooLong: 0 });
	});

	test("sees a file shrink while it reads", () => {
		const until = fill('"usage"1\n"usage"2\n"usage"3\n');
		const reader = new LineReader(10);
		const offsets: number[] = [];
		for (const line of reader.read(fd, 0, until)) {
			offsets.push(line.offset);
			ftruncateSync(fd, 4);
		}
		expect(offsets).toEqual([0]);
		expect(reader.end).toBe(9);
	});

	test("tells between two lines how far it has come, and starts anew for the next file", () => {
		const until = fill('"usage"1\nx\n"usage"2\n');
		const reader = new LineReader();
		const walk = reader.read(fd, 0, until);
		walk.next();
		expect(reader.end).toBe(9);
		walk.return();
		expect(read('"usage"3\n', reader)).toMatchObject({ end: 9, bytes: 9, lines: [['"usage"3', 0, true]] });
	});

	test("throws what the system says", () => {
		const other = join(dir, "other");
		writeFileSync(other, "x");
		const closed = openSync(other, "r");
		closeSync(closed);
		expect(() => [...new LineReader().read(closed, 0, 1)]).toThrow("EBADF");
	});

	test("finds what a naive reader finds, however the chunks cut the file", () => {
		const piece = fc.constantFrom(
			'"usage"',
			'"usage":{}',
			"\n",
			"\n",
			"\r\n",
			"\0",
			"x",
			'"',
			"é",
			"\u2028",
			"y".repeat(40),
		);
		const pieces = fc.array(piece, { maxLength: 60 }).map((list) => Buffer.from(list.join("")));
		const cases = fc.record({
			content: pieces,
			chunk: fc.integer({ min: 1, max: 70 }),
			longest: fc.oneof(fc.integer({ min: '"usage"'.length, max: 90 }), fc.constant(10_000)),
			start: fc.nat(20),
		});
		fc.assert(
			fc.property(cases, ({ content, chunk, longest, start }) => {
				const from = [...naive(content, 0, Infinity).lines.map((line) => line.offset), 0][start] ?? 0;
				expect(collect(new LineReader(chunk, longest), from, fill(content))).toEqual(
					naive(content, from, longest),
				);
			}),
			{ numRuns: 500 },
		);
	});
});

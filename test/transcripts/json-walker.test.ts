import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { JsonWalker } from "../../src/transcripts/json-walker.ts";
import { runs } from "../support/runs.ts";

/** Where the walker stands after the value, or undefined where it refuses. A newline follows, as after a line. */
function walk(json: string | Buffer): number | undefined {
	const walker = new JsonWalker();
	walker.bytes = Buffer.concat([Buffer.from(json), Buffer.from("\n")]);
	return walker.value() ? walker.at : undefined;
}

const anyJson = fc.json({ depthSize: "medium", maxDepth: 12, stringUnit: "binary" });

describe("the walker", () => {
	test("steps over whatever JSON.stringify writes", () => {
		fc.assert(
			fc.property(anyJson, (json) => {
				const bytes = Buffer.from(json);
				expect(walk(bytes)).toBe(bytes.length);
			}),
			runs(500),
		);
	});

	test("accepts nothing that is no JSON, whatever was done to it", () => {
		const damage = fc.record({
			place: fc.nat(200),
			length: fc.nat(3),
			bytes: fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
		});
		const odd = fc.constantFrom(
			'"',
			"\\",
			"{",
			"}",
			"[",
			"]",
			",",
			":",
			"-",
			"0",
			"1.",
			"e5",
			"\\u12",
			"nul",
			"\t",
		);
		fc.assert(
			fc.property(
				anyJson,
				fc.oneof(damage, fc.record({ place: fc.nat(200), length: fc.nat(2), bytes: odd })),
				(json, { place, length, bytes }) => {
					const damaged = json.slice(0, place) + bytes + json.slice(place + length);
					if (walk(damaged) === Buffer.from(damaged).length) expect(() => JSON.parse(damaged)).not.toThrow();
				},
			),
			runs(2_000),
		);
	});

	test.each([
		"01",
		"-",
		"1.",
		".5",
		"+1",
		"1e",
		"1e+",
		"0x10",
		"NaN",
		"nulL",
		"tru",
		'"a',
		'"\\x"',
		'"\\u12G4"',
		'"\t"',
		"{",
		"[1,]",
		"[,1]",
		'{"a":1,}',
		'{"a"}',
		'{"a" :1}',
		"{1:2}",
		"[1 ,2]",
		"",
		" 1",
		"[1}",
		'{"a":1]',
		"'a'",
	])("refuses %j", (json) => {
		expect(walk(json)).not.toBe(json.length);
	});

	test("goes down 31 levels and no further", () => {
		const nested = (depth: number) => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
		expect(walk(nested(31))).toBe(63);
		expect(walk(nested(32))).toBeUndefined();
		expect(walk(nested(100_000))).toBeUndefined();
	});

	test("steps over a key to its value, and refuses one with an escape", () => {
		const walker = new JsonWalker();
		walker.bytes = Buffer.from('"key":1\n');
		expect([walker.key(), walker.at, walker.start, walker.end]).toEqual([true, 6, 1, 4]);
		for (const text of ['"k\\u0065y":1\n', '"key"1\n', "key:1\n"]) {
			walker.bytes = Buffer.from(text);
			walker.at = 0;
			expect(walker.key()).toBe(false);
		}
	});
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { END, JsonWalker, KEY, KeySet } from "../../src/transcripts/json-walker.ts";
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

	test("goes through an object key by key", () => {
		const walker = new JsonWalker();
		walker.bytes = Buffer.from('{"a":"x","b":{"c":[]},"d":null}\n');
		const keys: string[] = [];
		for (let step = walker.firstKey(); step === KEY; step = walker.nextKey()) {
			keys.push(walker.bytes.toString("utf8", walker.start, walker.end));
			expect(walker.value()).toBe(true);
		}
		expect(keys).toEqual(["a", "b", "d"]);
		expect(walker.at).toBe(walker.bytes.length - 1);
	});

	test("finds no key in an empty object", () => {
		const walker = new JsonWalker();
		walker.bytes = Buffer.from("{}\n");
		expect([walker.firstKey(), walker.at]).toEqual([END, 2]);
	});
});

describe("a set of keys", () => {
	const keys = new KeySet(["id", "model", "usage"]);
	const find = (text: string) => keys.find(Buffer.from(text), 0, Buffer.byteLength(text));

	test("tells its own apart, and from all others", () => {
		expect(["id", "model", "usage"].map(find)).toEqual([0, 1, 2]);
		expect(["", "i", "Id", "ids", "modem", "usagé", "m".repeat(37)].map(find)).toEqual(Array(7).fill(-1));
	});

	test("cannot be made of names that its table would mix up", () => {
		expect(() => new KeySet(["id", "id"])).toThrow("id looks like another key");
	});
});

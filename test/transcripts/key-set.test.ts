import { describe, expect, test } from "bun:test";
import { KeySet } from "../../src/transcripts/key-set.ts";

function find(keys: KeySet, text: string, previous = keys.beginning): number {
	return keys.find(Buffer.from(text), 0, Buffer.byteLength(text), previous);
}

describe("a set of keys", () => {
	test("tells its own apart, and from all others", () => {
		const keys = new KeySet(["id", "model", "usage"]);
		expect(["id", "model", "usage"].map((name) => find(keys, name))).toEqual([0, 1, 2]);
		for (const other of ["i", "Id", "ids", "modem", "usagé", "m".repeat(37), ""]) {
			const place = find(keys, other);
			expect(place < 0 || place >= keys.wanted).toBe(true);
		}
		expect(["id", "model", "usage"].map((name) => find(keys, name))).toEqual([0, 1, 2]);
	});

	test("guesses what followed the last time, in the spelling in which it stands before a value", () => {
		const keys = new KeySet(["id", "model"]);
		expect(keys.spelling(keys.follower(keys.beginning)).toString()).not.toContain("id");
		const id = find(keys, "id");
		const role = find(keys, "role", id);
		expect(keys.follower(keys.beginning)).toBe(id);
		expect(keys.follower(id)).toBe(role);
		expect(Buffer.from(keys.spelling(role)).toString()).toBe('"role":');
		expect(find(keys, "model", id)).toBe(1);
		expect(keys.follower(id)).toBe(1);
	});

	test("remembers so many names and no more, and goes on telling its own apart", () => {
		const keys = new KeySet(["id"]);
		const names = Array.from({ length: 1_000 }, (_, i) =>
			String.fromCharCode(97 + (i % 26)).repeat(1 + (i % 31)),
		);
		const places = new Set(names.map((name) => find(keys, name)));
		expect([Math.min(...places), Math.max(...places)]).toEqual([-1, 63]);
		expect(find(keys, "id")).toBe(0);
	});

	test("remembers no name that is longer than any of Claude Code's, and goes on telling its own apart", () => {
		const keys = new KeySet(["id"]);
		expect(find(keys, "x".repeat(64))).toBe(1);
		expect(find(keys, "y".repeat(65))).toBe(-1);
		expect(keys.follower(keys.beginning)).toBe(-1);
		expect(find(keys, "id")).toBe(0);
	});

	test("cannot be made of names that its table would mix up", () => {
		expect(() => new KeySet(["id", "id"])).toThrow("id looks like another key");
	});
});

import { describe, expect, test } from "bun:test";
import { findCacheBreaks, type Prompt } from "../../src/usage/cache-breaks.ts";
import { contextWindow } from "../../src/usage/context-window.ts";

const MINUTE = 60_000;

function prompt(minute: number, cacheRead: number, more: Partial<Prompt> = {}): Prompt {
	const written = { input: 10, cacheWrite5m: 1_000, cacheWrite1h: 0 };
	return { at: minute * MINUTE, lane: "", model: "m", cacheRead, ...written, ...more };
}

function kinds(...prompts: Prompt[]): (string | undefined)[] {
	return findCacheBreaks(prompts).map((found) => found?.kind);
}

describe("a cache miss", () => {
	test("is a prompt that reads less than half of what was cached, within the cache's life", () => {
		const again = { cacheWrite5m: 20_000 };
		expect(kinds(prompt(0, 20_000), prompt(4, 21_000), prompt(8, 0, again))).toEqual([
			undefined,
			undefined,
			"miss",
		]);
		expect(kinds(prompt(0, 19_000), prompt(5, 10_000, again))).toEqual([undefined, undefined]);
		expect(kinds(prompt(0, 19_000), prompt(5, 9_999, again))).toEqual([undefined, "miss"]);
	});

	test("tells how long ago the cache was used, and what was in it", () => {
		const [, found] = findCacheBreaks([prompt(0, 19_000), prompt(2, 0, { cacheWrite5m: 20_000 })]);
		expect(found).toEqual({ kind: "miss", sinceMs: 2 * MINUTE, cached: 20_000 });
	});

	test("is told from a cache that expired: after five minutes, or after the hour that it was written for", () => {
		const again = { cacheWrite5m: 20_000 };
		const long = { cacheWrite5m: 0, cacheWrite1h: 1_000 };
		expect(kinds(prompt(0, 20_000), prompt(5, 0, again))[1]).toBe("miss");
		expect(kinds(prompt(0, 20_000), prompt(5.1, 0, again))[1]).toBe("expired");
		expect(kinds(prompt(0, 20_000, long), prompt(60, 0, again))[1]).toBe("miss");
		expect(kinds(prompt(0, 20_000, long), prompt(60.1, 0, again))[1]).toBe("expired");
	});

	test("that only reads keeps the life that was written before", () => {
		const long = prompt(0, 20_000, { cacheWrite5m: 0, cacheWrite1h: 1_000 });
		const reads = prompt(1, 21_000, { cacheWrite5m: 0 });
		expect(kinds(long, reads, prompt(31, 0, { cacheWrite5m: 22_000 }))[2]).toBe("miss");
	});

	test("is none where the prompt itself became short, as after a compaction", () => {
		expect(kinds(prompt(0, 150_000), prompt(1, 5_000, { cacheWrite5m: 20_000 }))).toEqual([
			undefined,
			undefined,
		]);
	});

	test("is looked for in each line and model by itself", () => {
		const first = prompt(0, 20_000);
		const again = { cacheWrite5m: 21_000 };
		expect(kinds(first, prompt(1, 0, { ...again, lane: "a" }))[1]).toBeUndefined();
		expect(kinds(first, prompt(1, 0, { ...again, model: "n" }))[1]).toBeUndefined();
		const back = kinds(first, prompt(1, 0, { ...again, model: "n" }), prompt(2, 0, again));
		expect(back[2]).toBe("miss");
	});

	test("cannot be the first, nor where nothing was cached", () => {
		const none = { cacheWrite5m: 0 };
		expect(kinds(prompt(0, 0), prompt(1, 0, none))).toEqual([undefined, undefined]);
		expect(kinds(prompt(0, 0, none), prompt(1, 0, none))).toEqual([undefined, undefined]);
	});
});

describe("a context window", () => {
	test("is told by the name, or by a prompt that the usual one could not hold", () => {
		expect(contextWindow("claude-opus-4-6", 90_000)).toBe(200_000);
		expect(contextWindow("us.anthropic.claude-sonnet-4-20250514-v1:0", 200_000)).toBe(200_000);
		expect(contextWindow("claude-sonnet-4-5[1m]", 10)).toBe(1_000_000);
		expect(contextWindow("claude-opus-4-6", 200_001)).toBe(1_000_000);
	});

	test("is not guessed", () => {
		expect(contextWindow("gpt-5", 10)).toBeUndefined();
		expect(contextWindow("claude-opus-4-6", 1_000_001)).toBeUndefined();
	});
});

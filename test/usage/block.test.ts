import { describe, expect, test } from "bun:test";
import {
	BLOCK_MS,
	type BlockUse,
	blockStart,
	burnRate,
	isActiveBlock,
	isGap,
	projectBlock,
} from "../../src/usage/block.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TEN = Date.parse("2026-03-02T10:00:00.000Z");

test("a block lasts five hours", () => {
	expect(BLOCK_MS).toBe(5 * HOUR);
});

describe("a block begins", () => {
	test.each([
		["2026-03-02T10:00:00.000Z", "2026-03-02T10:00:00.000Z"],
		["2026-03-02T10:00:00.001Z", "2026-03-02T10:00:00.000Z"],
		["2026-03-02T10:59:59.999Z", "2026-03-02T10:00:00.000Z"],
		["2026-03-02T23:30:00.000Z", "2026-03-02T23:00:00.000Z"],
		["1970-01-01T00:59:00.000Z", "1970-01-01T00:00:00.000Z"],
	])("for a response at %s at %s, the UTC hour", (at, start) => {
		expect(blockStart(Date.parse(at))).toBe(Date.parse(start));
	});
});

test("a silence is a gap once it is longer than five hours", () => {
	expect(isGap(TEN, TEN + 5 * HOUR)).toBe(false);
	expect(isGap(TEN, TEN + 5 * HOUR + 1)).toBe(true);
});

describe("a block is active", () => {
	test.each<[string, number, number, boolean]>([
		["from its first response", TEN + MINUTE, TEN + MINUTE, true],
		["until just before its end", TEN + MINUTE, TEN + 5 * HOUR - 1, true],
		["but not at its end", TEN + MINUTE, TEN + 5 * HOUR, false],
		["but not through a response in the future", TEN + MINUTE, TEN + MINUTE - 1, false],
		["but not days later", TEN + MINUTE, TEN + 50 * HOUR, false],
	])("%s", (_when, firstAt, now, active) => {
		expect(isActiveBlock({ start: TEN, firstAt }, now)).toBe(active);
	});
});

describe("the burn rate", () => {
	const use: BlockUse = {
		firstAt: TEN,
		lastAt: TEN + 90 * MINUTE,
		tokens: 9_000,
		plainTokens: 1_800,
		costNanoUsd: 3_000_000_000,
	};

	test("is over the time from the first response to the last", () => {
		expect(burnRate(use)).toEqual({ tokensPerMinute: 100, indicatorPerMinute: 20, costUsdPerHour: 2 });
	});

	test("is unknown where all responses came at one moment", () => {
		expect(burnRate({ ...use, lastAt: TEN })).toBeUndefined();
	});

	test("is nothing for nothing, over whatever time", () => {
		const rate = burnRate({ ...use, lastAt: TEN + 1, tokens: 0, plainTokens: 0, costNanoUsd: 0 });
		expect(rate).toEqual({ tokensPerMinute: 0, indicatorPerMinute: 0, costUsdPerHour: 0 });
	});

	test("continues to the block's end in the projection", () => {
		const rate = burnRate(use) ?? { tokensPerMinute: 0, indicatorPerMinute: 0, costUsdPerHour: 0 };
		expect(projectBlock(use, rate, TEN, TEN + 2 * HOUR)).toEqual({
			remainingMinutes: 180,
			totalTokens: 9_000 + 100 * 180,
			totalCostUsd: 3 + 2 * 3,
		});
	});

	test("gives minutes and tokens that are whole, and dollars to the cent", () => {
		const rate = { tokensPerMinute: 0.334, indicatorPerMinute: 0, costUsdPerHour: 1.001 };
		const now = TEN + 5 * HOUR - 100 * MINUTE - 29_999;
		expect(projectBlock({ ...use, tokens: 1, costNanoUsd: 10_000_000 }, rate, TEN, now)).toEqual({
			remainingMinutes: 100,
			totalTokens: 34,
			totalCostUsd: 1.68,
		});
	});
});

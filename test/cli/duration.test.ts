import { describe, expect, test } from "bun:test";
import { parseDuration, readDuration } from "../../src/cli/duration.ts";
import { expectAppError } from "../support/database-files.ts";

describe("a duration", () => {
	test.each([
		["500ms", 500],
		["60s", 60_000],
		["5m", 300_000],
		["0s", 0],
		["007s", 7_000],
		["60m", 3_600_000],
	])("%s is read in milliseconds", (text, ms) => {
		expect(parseDuration(text)).toBe(ms);
		expect(readDuration("--debounce", text)).toBe(ms);
	});

	test.each([
		"",
		"60",
		"s",
		"60 s",
		"60S",
		"1h",
		"1.5s",
		"-1s",
		"1e3ms",
		"61m",
		"3601s",
		"99999999999999999999s",
	])("%p is not one, and the flag is named", async (text) => {
		expect(parseDuration(text)).toBeUndefined();
		await expectAppError("usage", () => readDuration("--debounce", text), "--debounce", text);
	});
});

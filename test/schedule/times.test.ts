import { describe, expect, test } from "bun:test";
import { findNextRun, INTERVALS, intervalOf, parseMinutes, timesOf } from "../../src/schedule/times.ts";

const MACHINE = "00000025-0000-4000-8000-000000000001"; // 37 minutes past

describe("the times of an interval", () => {
	test("begin at the machine's own minute and are as far apart as it says", () => {
		expect(INTERVALS.map((interval) => timesOf(interval, MACHINE))).toEqual([
			{ minutes: [7, 22, 37, 52], hour: undefined },
			{ minutes: [7, 37], hour: undefined },
			{ minutes: [37], hour: undefined },
			{ minutes: [37], hour: 9 },
		]);
	});

	test("spread the machines over all minutes", () => {
		const minutes = Array.from({ length: 1_000 }, () => timesOf("60", crypto.randomUUID()).minutes[0]);
		expect(new Set(minutes).size).toBe(60);
	});

	test("tell their interval, and other times tell none", () => {
		for (const interval of INTERVALS) expect(intervalOf(timesOf(interval, MACHINE))).toBe(interval);
		expect(intervalOf({ minutes: [1, 2, 3, 4], hour: undefined })).toBeUndefined();
		expect(intervalOf({ minutes: [7, 37], hour: 9 })).toBeUndefined();
		expect(intervalOf({ minutes: [0, 10, 20, 30, 40, 50], hour: undefined })).toBeUndefined();
		expect(intervalOf({ minutes: [], hour: undefined })).toBeUndefined();
	});
});

describe("the next run", () => {
	const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds;
	const quarters = timesOf("15", MACHINE);
	const daily = timesOf("daily", MACHINE);

	test.each([
		["a quarter", quarters, "UTC", "2026-11-24T10:05:00Z", "2026-11-24T10:07:00Z"],
		[
			"the quarter after, at that very instant",
			quarters,
			"UTC",
			"2026-11-24T10:07:00Z",
			"2026-11-24T10:22:00Z",
		],
		[
			"one in the next hour, and day, and year",
			quarters,
			"UTC",
			"2026-12-31T23:59:00Z",
			"2027-01-01T00:07:00Z",
		],
		[
			"a minute of a zone with half hours",
			timesOf("60", MACHINE),
			"Asia/Kolkata",
			"2026-11-24T10:00:00Z",
			"2026-11-24T10:07:00Z",
		],
		["today", daily, "Europe/Berlin", "2026-11-24T07:00:00Z", "2026-11-24T08:37:00Z"],
		["tomorrow", daily, "Europe/Berlin", "2026-11-24T09:00:00Z", "2026-11-25T08:37:00Z"],
		[
			"the same local time after a change of the clock",
			daily,
			"Europe/Berlin",
			"2026-10-24T09:00:00Z",
			"2026-10-25T08:37:00Z",
		],
		[
			"one before an hour that comes twice",
			quarters,
			"Europe/Berlin",
			"2026-10-25T00:55:00Z",
			"2026-10-25T01:07:00Z",
		],
		[
			"one after an hour that is left out",
			quarters,
			"Europe/Berlin",
			"2026-03-29T00:55:00Z",
			"2026-03-29T01:07:00Z",
		],
	])("is %s", (_what, times, zone, now, expected) => {
		expect(new Date(findNextRun(times, zone, at(now))).toISOString()).toBe(
			new Date(at(expected)).toISOString(),
		);
	});
});

test("what is no list of minutes is none", () => {
	expect(parseMinutes("7,22")).toEqual([7, 22]);
	for (const text of ["60", "-1", "*/5", "none", "1.5"]) expect(parseMinutes(text)).toBeUndefined();
});

import { describe, expect, test } from "bun:test";
import { dayText, parseDay } from "../../src/usage/day.ts";
import {
	nextReportAt,
	periodFrom,
	REPORT_FREQUENCIES,
	reportedPeriod,
} from "../../src/usage/report-times.ts";

const at = (text: string) => Date.parse(text);
const iso = (moment: number) => new Date(moment).toISOString();
const words = ({ since, until }: { since: number; until: number }) =>
	`${dayText(since)} to ${dayText(until)}`;

describe("the next report", () => {
	test.each([
		["daily", "2026-11-24T06:59:00Z", "2026-11-24T07:00:00.000Z"],
		["daily", "2026-11-24T07:00:00Z", "2026-11-25T07:00:00.000Z"],
		["weekly", "2026-11-24T07:00:00Z", "2026-11-30T07:00:00.000Z"],
		["weekly", "2026-11-30T06:00:00Z", "2026-11-30T07:00:00.000Z"],
		["monthly", "2026-11-24T07:00:00Z", "2026-12-01T07:00:00.000Z"],
		["monthly", "2026-12-01T07:00:00Z", "2027-01-01T07:00:00.000Z"],
	] as const)("%s, at 8 in Berlin, after %s is due %s", (every, after, due) => {
		expect(iso(nextReportAt({ every, minute: 480, zone: "Europe/Berlin" }, at(after)))).toBe(due);
	});

	test("keeps its local time when the clock is put forward and back", () => {
		const time = { every: "daily", minute: 480, zone: "Europe/Berlin" } as const;
		expect(iso(nextReportAt(time, at("2026-03-28T12:00Z")))).toBe("2026-03-29T06:00:00.000Z");
		expect(iso(nextReportAt(time, at("2026-10-24T12:00Z")))).toBe("2026-10-25T07:00:00.000Z");
	});

	test("is an hour later at a time that is left out, and at the first of one that comes twice", () => {
		const time = { every: "daily", minute: 150, zone: "Europe/Berlin" } as const;
		expect(iso(nextReportAt(time, at("2026-03-28T12:00Z")))).toBe("2026-03-29T01:30:00.000Z");
		const first = nextReportAt(time, at("2026-10-24T12:00Z"));
		expect(iso(first)).toBe("2026-10-25T00:30:00.000Z");
		expect(iso(nextReportAt(time, first))).toBe("2026-10-26T01:30:00.000Z");
	});
});

describe("a report is of", () => {
	test.each([
		["daily", "2026-11-24T07:00Z", "2026-11-23 to 2026-11-23"],
		["weekly", "2026-11-30T07:00Z", "2026-11-23 to 2026-11-29"],
		["monthly", "2027-01-01T07:00Z", "2026-12-01 to 2026-12-31"],
	] as const)("what is over: %s at %s of %s", (every, due, period) => {
		expect(words(reportedPeriod(every, "Europe/Berlin", at(due)))).toBe(period);
	});

	test("the day of its reader's zone", () => {
		const due = at("2026-11-24T20:00Z");
		expect(words(reportedPeriod("daily", "Pacific/Auckland", due))).toBe("2026-11-24 to 2026-11-24");
		expect(words(reportedPeriod("daily", "America/Los_Angeles", due))).toBe("2026-11-23 to 2026-11-23");
	});

	test.each(REPORT_FREQUENCIES)("the period that its first day tells: %s", (every) => {
		for (let day = parseDay("2026-01-01") as number; day < (parseDay("2028-03-02") as number); day++) {
			const due = nextReportAt({ every, minute: 0, zone: "UTC" }, day * 86_400_000 - 1);
			const period = reportedPeriod(every, "UTC", due);
			expect(periodFrom(every, period.since)).toEqual(period);
		}
	});
});

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
		expect(iso(nextReportAt({ every, minute: 480, zone: "Europe/Berlin", weekStart: 0 }, at(after)))).toBe(
			due,
		);
	});

	test("keeps its local time when the clock is put forward and back", () => {
		const time = { every: "daily", minute: 480, zone: "Europe/Berlin", weekStart: 0 } as const;
		expect(iso(nextReportAt(time, at("2026-03-28T12:00Z")))).toBe("2026-03-29T06:00:00.000Z");
		expect(iso(nextReportAt(time, at("2026-10-24T12:00Z")))).toBe("2026-10-25T07:00:00.000Z");
	});

	test("is an hour later at a time that is left out, and at the first of one that comes twice", () => {
		const time = { every: "daily", minute: 150, zone: "Europe/Berlin", weekStart: 0 } as const;
		expect(iso(nextReportAt(time, at("2026-03-28T12:00Z")))).toBe("2026-03-29T01:30:00.000Z");
		const first = nextReportAt(time, at("2026-10-24T12:00Z"));
		expect(iso(first)).toBe("2026-10-25T00:30:00.000Z");
		expect(iso(nextReportAt(time, first))).toBe("2026-10-26T01:30:00.000Z");
	});
});

describe("a weekly report", () => {
	// 2026-11-24 is a Tuesday.
	test.each([
		["Saturday", 5, "2026-11-28T07:00:00.000Z", "2026-11-21 to 2026-11-27"],
		["Sunday", 6, "2026-11-29T07:00:00.000Z", "2026-11-22 to 2026-11-28"],
		["Tuesday", 1, "2026-12-01T07:00:00.000Z", "2026-11-24 to 2026-11-30"],
	] as const)(
		"comes on the first day of its reader's week, a %s, and is of the week before it",
		(_, weekStart, due, week) => {
			const time = { every: "weekly", minute: 480, zone: "Europe/Berlin", weekStart } as const;
			const next = nextReportAt(time, at("2026-11-24T07:00Z"));
			expect(iso(next)).toBe(due);
			expect(words(reportedPeriod(time, next))).toBe(week);
		},
	);
});

describe("a report is of", () => {
	test.each([
		["daily", "2026-11-24T07:00Z", "2026-11-23 to 2026-11-23"],
		["weekly", "2026-11-30T07:00Z", "2026-11-23 to 2026-11-29"],
		["monthly", "2027-01-01T07:00Z", "2026-12-01 to 2026-12-31"],
	] as const)("what is over: %s at %s of %s", (every, due, period) => {
		expect(words(reportedPeriod({ every, zone: "Europe/Berlin", weekStart: 0 }, at(due)))).toBe(period);
	});

	test("the day of its reader's zone", () => {
		const due = at("2026-11-24T20:00Z");
		const dayIn = (zone: string) => words(reportedPeriod({ every: "daily", zone, weekStart: 0 }, due));
		expect(dayIn("Pacific/Auckland")).toBe("2026-11-24 to 2026-11-24");
		expect(dayIn("America/Los_Angeles")).toBe("2026-11-23 to 2026-11-23");
	});

	test.each(REPORT_FREQUENCIES)("the period that its first day tells: %s", (every) => {
		for (let day = parseDay("2026-01-01") as number; day < (parseDay("2028-03-02") as number); day++) {
			const weekStart = day % 7;
			const due = nextReportAt({ every, minute: 0, zone: "UTC", weekStart }, day * 86_400_000 - 1);
			const period = reportedPeriod({ every, zone: "UTC", weekStart }, due);
			expect(periodFrom(every, period.since)).toEqual(period);
		}
	});
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { dayText, isZone, monthOf, monthText, parseDay, utcDay, ZoneClock } from "../../src/usage/day.ts";
import { runs } from "../support/runs.ts";

const HOUR = 3_600_000;

/** The local day of a moment, written out. */
function dayAt(zone: string, moment: string): string {
	return dayText(new ZoneClock(zone).dayAt(Date.parse(moment)));
}

function day(text: string): number {
	const parsed = parseDay(text);
	if (parsed === undefined) throw new Error(`${text} is no day`);
	return parsed;
}

describe("the local day of a moment", () => {
	test.each([
		["UTC", "2026-03-02T23:59:59.999Z", "2026-03-02"],
		["UTC", "2026-03-03T00:00:00.000Z", "2026-03-03"],
		["Asia/Tokyo", "2026-03-02T14:59:59.999Z", "2026-03-02"],
		["Asia/Tokyo", "2026-03-02T15:00:00.000Z", "2026-03-03"],
		["Pacific/Kiritimati", "2026-03-02T10:00:00.000Z", "2026-03-03"],
		["Pacific/Pago_Pago", "2026-03-02T10:59:59.999Z", "2026-03-01"],
	])("in %s at %s is %s", (zone, moment, expected) => {
		expect(dayAt(zone, moment)).toBe(expected);
	});

	test.each([
		["Asia/Kolkata, 5:30 ahead", "Asia/Kolkata", "2026-03-02T18:30:00.000Z"],
		["Asia/Kathmandu, 5:45 ahead", "Asia/Kathmandu", "2026-03-02T18:15:00.000Z"],
		["Australia/Eucla, 8:45 ahead", "Australia/Eucla", "2026-03-02T15:15:00.000Z"],
		["Pacific/Chatham, 13:45 ahead in summer", "Pacific/Chatham", "2026-03-02T10:15:00.000Z"],
		["America/St_Johns, 3:30 behind in winter", "America/St_Johns", "2026-03-03T03:30:00.000Z"],
	])("begins to the millisecond in %s", (_name, zone, midnight) => {
		const at = Date.parse(midnight);
		const clock = new ZoneClock(zone);
		expect(dayText(clock.dayAt(at - 1))).toBe("2026-03-02");
		expect(dayText(clock.dayAt(at))).toBe("2026-03-03");
	});

	test("in the first hours of 1970 is in 1969 west of Greenwich", () => {
		expect(dayAt("America/New_York", "1970-01-01T00:00:00.000Z")).toBe("1969-12-31");
		expect(dayAt("Asia/Tokyo", "1970-01-01T00:00:00.000Z")).toBe("1970-01-01");
	});

	test("is that of the moment before and the moment itself where the clock is put back over midnight", () => {
		// 2018-02-18 00:00 became 2018-02-17 23:00.
		expect(dayAt("America/Sao_Paulo", "2018-02-18T01:59:59.999Z")).toBe("2018-02-17");
		expect(dayAt("America/Sao_Paulo", "2018-02-18T02:00:00.000Z")).toBe("2018-02-17");
		expect(dayAt("America/Sao_Paulo", "2018-02-18T03:00:00.000Z")).toBe("2018-02-18");
	});

	test("is never one that a zone has left out", () => {
		// Samoa went over the date line: 2011-12-29 was followed by 2011-12-31.
		expect(dayAt("Pacific/Apia", "2011-12-30T09:59:59.999Z")).toBe("2011-12-29");
		expect(dayAt("Pacific/Apia", "2011-12-30T10:00:00.000Z")).toBe("2011-12-31");
	});
});

describe("the length of a day", () => {
	test.each([
		["Europe/Berlin", "2026-03-29", 23],
		["Europe/Berlin", "2026-10-25", 25],
		["Europe/Berlin", "2026-07-01", 24],
		["America/New_York", "2026-03-08", 23],
		["America/New_York", "2026-11-01", 25],
		["Australia/Lord_Howe", "2025-10-05", 23.5],
		["Australia/Lord_Howe", "2025-04-06", 24.5],
		["Antarctica/Troll", "2025-03-30", 22],
		["Pacific/Chatham", "2025-09-28", 23],
		["America/Sao_Paulo", "2018-11-04", 23],
		["America/Sao_Paulo", "2018-02-17", 25],
		["America/Havana", "2025-11-02", 25],
		["Asia/Beirut", "2024-03-31", 23],
		["Pacific/Apia", "2011-12-30", 0],
	])("in %s on %s is %d h", (zone, text, hours) => {
		const clock = new ZoneClock(zone);
		const start = clock.startOf(day(text));
		expect((clock.startOf(day(text) + 1) - start) / HOUR).toBe(hours);
	});

	test.each([
		["America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z"],
		["Asia/Beirut", "2024-03-31", "2024-03-30T22:00:00.000Z"],
		["America/Havana", "2025-03-09", "2025-03-09T05:00:00.000Z"],
	])("in %s on %s is counted from one o'clock, for there is no midnight", (zone, text, start) => {
		const clock = new ZoneClock(zone);
		const at = Date.parse(start);
		expect(clock.startOf(day(text))).toBe(at);
		expect(clock.dayAt(at)).toBe(day(text));
		expect(clock.dayAt(at - 1)).toBe(day(text) - 1);
	});
});

describe("any zone at any moment", () => {
	const zone = fc.constantFrom(...Intl.supportedValuesOf("timeZone"));
	const moment = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
	/** Most trouble is within the hours around a change of the clock. */
	const nearChange = fc.record({ zone, moment, hours: fc.integer({ min: -26, max: 26 }) }).map((drawn) => {
		const change = new ZoneClock(drawn.zone).spanAt(drawn.moment).from;
		return { zone: drawn.zone, at: Math.max(0, change + drawn.hours * HOUR) };
	});
	const anywhere = fc.oneof(fc.record({ zone, at: moment }), nearChange);

	test("has the day that Temporal gives it", () => {
		fc.assert(
			fc.property(anywhere, fc.integer({ min: -1, max: 1 }), (drawn, ms) => {
				const at = drawn.at + ms;
				const date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(drawn.zone).toPlainDate();
				expect(dayText(new ZoneClock(drawn.zone).dayAt(at))).toBe(date.toString());
			}),
			runs(1000),
		);
	});

	test("has the same day from a clock that was asked for others before", () => {
		fc.assert(
			fc.property(zone, fc.array(moment, { maxLength: 10 }), (name, moments) => {
				const clock = new ZoneClock(name);
				for (const at of moments) expect(clock.dayAt(at)).toBe(new ZoneClock(name).dayAt(at));
			}),
			runs(200),
		);
	});

	test("lies between the start of its day and the start of the next", () => {
		fc.assert(
			fc.property(anywhere, (drawn) => {
				const clock = new ZoneClock(drawn.zone);
				const at = clock.dayAt(drawn.at);
				// Put back over midnight, a clock comes to the end of a day twice; then the day has begun before.
				expect(clock.startOf(at)).toBeLessThanOrEqual(drawn.at);
				expect(clock.startOf(at + 2)).toBeGreaterThan(drawn.at);
			}),
			runs(500),
		);
	});

	test("lies in one span of equal distance from UTC, and spans leave no gap", () => {
		fc.assert(
			fc.property(zone, moment, fc.nat(4 * 366 * 24 * HOUR), (name, from, length) => {
				const until = from + length;
				const spans = new ZoneClock(name).spansBetween(from, until);
				expect(spans.length > 0).toBe(length > 0);
				if (length === 0) return;
				expect(spans[0]?.from).toBeLessThanOrEqual(from);
				expect(spans.at(-1)?.from).toBeLessThan(until);
				expect(spans.at(-1)?.until).toBeGreaterThanOrEqual(until);
				for (const [i, span] of spans.entries()) {
					if (i > 0) expect(span.from).toBe(spans[i - 1]?.until ?? 0);
					for (const at of [Math.max(span.from, from), Math.min(span.until, until) - 1]) {
						const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name);
						expect(span.offset).toBe(offsetNanoseconds / 1e6);
					}
				}
			}),
			runs(200),
		);
	});
});

describe("spans", () => {
	test("begin at the very moment at which the clock is changed", () => {
		const clock = new ZoneClock("Europe/Berlin");
		const change = Date.parse("2026-03-29T01:00:00.000Z");
		expect(clock.spanAt(change - 1)).toMatchObject({ until: change, offset: HOUR });
		expect(clock.spanAt(change)).toMatchObject({ from: change, offset: 2 * HOUR });
	});

	test("do not reach into the one after when the range ends at the change", () => {
		const clock = new ZoneClock("Europe/Berlin");
		const change = Date.parse("2026-03-29T01:00:00.000Z");
		expect(clock.spansBetween(change - 1, change)).toHaveLength(1);
		expect(clock.spansBetween(change - 1, change + 1)).toHaveLength(2);
	});

	test("of UTC are one without end", () => {
		const [span, ...more] = new ZoneClock("UTC").spansBetween(0, Date.UTC(9999, 0));
		expect(more).toEqual([]);
		expect(span).toEqual({ from: -8.64e15, until: 8.64e15, offset: 0 });
	});
});

describe("a day's text", () => {
	test.each<[string, string | undefined]>([
		["2026-03-02", "2026-03-02"],
		["20260302", "2026-03-02"],
		["2024-02-29", "2024-02-29"],
		["1970-01-01", "1970-01-01"],
		["1969-12-31", "1969-12-31"],
		["9999-12-31", "9999-12-31"],
		["2026-02-29", undefined],
		["2026-04-31", undefined],
		["2026-13-01", undefined],
		["2026-00-10", undefined],
		["2026-01-00", undefined],
		["0000-00-00", undefined],
		["2026-0302", undefined],
		["202603-02", undefined],
		["2026-3-2", undefined],
		["26-03-02", undefined],
		["2026-03-02T00:00:00Z", undefined],
		[" 2026-03-02", undefined],
		["2026-03-02\n", undefined],
		["+002026-03-02", undefined],
		["today", undefined],
		["", undefined],
	])("%j is %p", (text, expected) => {
		const parsed = parseDay(text);
		expect(parsed === undefined ? undefined : dayText(parsed)).toBe(expected as string);
	});

	test("is read as it is written, from the year 1000 to 9999", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: utcDay(Date.UTC(1000, 0)), max: utcDay(Date.UTC(9999, 11, 31)) }),
				(number) => {
					expect(parseDay(dayText(number))).toBe(number);
					expect(parseDay(dayText(number).replaceAll("-", ""))).toBe(number);
				},
			),
			runs(200),
		);
	});
});

test("a day of the year 10000, where it is the last one in some zones, has a text too", () => {
	const last = new ZoneClock("Pacific/Kiritimati").dayAt(Date.UTC(9999, 11, 31, 23, 59));
	expect(dayText(last)).toBe("+010000-01-01");
	expect(monthText(monthOf(last))).toBe("+010000-01");
});

describe("the calendar", () => {
	test("has its months counted from January 1970", () => {
		expect(monthOf(day("1970-01-31"))).toBe(0);
		expect(monthOf(day("1970-02-01"))).toBe(1);
		expect(monthOf(day("1969-12-31"))).toBe(-1);
		expect(monthOf(day("2026-11-24"))).toBe(56 * 12 + 10);
		expect(["1969-12-31", "1970-01-01", "2026-11-24"].map((text) => monthText(monthOf(day(text))))).toEqual([
			"1969-12",
			"1970-01",
			"2026-11",
		]);
	});

	test("has UTC days that begin at midnight", () => {
		expect(utcDay(Date.parse("2026-03-02T23:59:59.999Z"))).toBe(day("2026-03-02"));
		expect(utcDay(Date.parse("2026-03-03T00:00:00.000Z"))).toBe(day("2026-03-03"));
		expect(utcDay(0)).toBe(0);
	});
});

describe("a zone", () => {
	test.each(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Calcutta", "Etc/GMT+5"])(
		"can be %s",
		(name) => {
			expect(isZone(name)).toBe(true);
			expect(new ZoneClock(name).dayAt(0)).toBeWithin(-1, 2);
		},
	);

	test.each(["", "Mars/Olympus", "Europe/Berlin\n", "../etc/passwd", "Europe/"])("cannot be %j", (name) => {
		expect(isZone(name)).toBe(false);
		expect(() => new ZoneClock(name)).toThrow(RangeError);
	});
});

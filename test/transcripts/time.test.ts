import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseTime, timeAt } from "../../src/transcripts/time.ts";
import { runs } from "../support/runs.ts";

const AT = Date.UTC(2026, 2, 2, 10, 0, 0, 123);

test.each([
	["2026-03-02T10:00:00.123Z", AT],
	["2026-03-02T10:00:00.123999Z", AT],
	["2026-03-02T10:00:00.1239999999999999Z", AT],
	["2026-03-02T10:00:00.12Z", AT - 3],
	["2026-03-02T10:00:00Z", AT - 123],
	["2026-03-02T10:00Z", AT - 123],
	["2026-03-02T10:00:00.123+00:00", AT],
	["2026-03-02T12:00:00.123+02:00", AT],
	["2026-03-02T04:30:00.123-0530", AT],
	["2026-03-03T00:00:00.123456+14", AT],
	["2024-02-29T00:00:00.000Z", Date.UTC(2024, 1, 29)],
])("%s is a time", (text, at) => {
	expect(parseTime(text)).toBe(at);
});

test.each([
	"2026-03-02T10:00:00.123",
	"2026-03-02",
	"2026-03-02 10:00:00Z",
	"2026-02-29T00:00:00.000Z",
	"2025-02-30T00:00:00.000Z",
	"2025-02-30T00:00:00Z",
	"2026-13-01T00:00:00.000Z",
	"2026-00-10T00:00:00.000Z",
	"2026-03-02T25:00:00.000Z",
	"2026-03-02T24:00:00.000Z",
	"2026-03-02T10:61:00.000Z",
	"2026-03-02T10:00:057000Z",
	"2026-03-02T10:0000Z",
	"2026-03-02T10:00:00.000+25:00",
	"2026-03-02T10:00:00.123Z[UTC]",
	" 2026-03-02T10:00:00.123Z",
	"2026-03-02T10:00:00.123Z\n",
	"Mon, 02 Mar 2026 10:00:00 GMT",
	"1772445600000",
	"",
	1_772_445_600_000,
	null,
	undefined,
	{},
])("%p is no time", (value) => {
	expect(parseTime(value)).toBeNaN();
});

test("every millisecond comes back from its ISO form", () => {
	const years = { min: new Date(0), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true };
	fc.assert(
		fc.property(fc.date(years), (date) => {
			expect(parseTime(date.toISOString())).toBe(date.getTime());
		}),
	);
});

test("a time read from bytes is the same, or left to be read as text", () => {
	const written = fc.date({
		min: new Date(0),
		max: new Date("9999-12-31T23:59:59.999Z"),
		noInvalidDate: true,
	});
	const digits = fc.stringMatching(
		/^[0-9]{4}-[0-9]{2}-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{3}Z$/,
	);
	const odd = fc
		.tuple(written, fc.nat(23), fc.constantFrom("x", "-", ":", "/", "Z", " "))
		.map(
			([date, place, letter]) =>
				date.toISOString().slice(0, place) + letter + date.toISOString().slice(place + 1),
		);
	const times = fc.oneof(
		written.map((date) => date.toISOString()),
		digits,
		odd,
		fc.string(),
	);
	fc.assert(
		fc.property(times, (text) => {
			const bytes = Buffer.from(`"${text}"`);
			const at = timeAt(bytes, 1, bytes.length - 1);
			if (!Number.isNaN(at)) expect(at).toBe(parseTime(text));
			else if (text === new Date(parseTime(text) || 0).toISOString()) throw new Error(`${text} was not read`);
		}),
		runs(1_000),
	);
});

import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseTime } from "../../src/transcripts/time.ts";

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

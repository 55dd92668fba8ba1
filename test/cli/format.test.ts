import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
	ago,
	clockTime,
	cost,
	costAs,
	counted,
	megabytes,
	minutes,
	moment,
	short,
	shortCost,
	usd,
	whole,
} from "../../src/cli/screen/format.ts";
import { NO_USAGE } from "../../src/usage/usage.ts";
import { runs } from "../support/runs.ts";

describe("counts", () => {
	test.each([
		[0, "0", "0"],
		[999, "999", "999"],
		[1_000, "1,000", "1K"],
		[1_234_567, "1,234,567", "1.23M"],
		[Number.MAX_SAFE_INTEGER, "9,007,199,254,740,991", "9010T"],
		[90_071_992_547_409_930n, "90,071,992,547,409,930", "90,100T"],
	])("%p is %s in full and %s for short", (count, full, brief) => {
		expect(whole(count)).toBe(full);
		expect(short(count)).toBe(brief);
	});

	test("come with their word, one of them with its own", () => {
		expect(counted(0, "file")).toBe("0 files");
		expect(counted(1, "file")).toBe("1 file");
		expect(counted(1_234, "file")).toBe("1,234 files");
		expect(counted(2, "directory", "directories")).toBe("2 directories");
	});

	test("of bytes are never nothing where there is something", () => {
		expect(megabytes(0)).toBe("0 MB");
		expect(megabytes(1)).toBe("1 MB");
		expect(megabytes(1_117_000_001)).toBe("1,118 MB");
	});
});

describe("money", () => {
	test.each([
		[0, "$0.00"],
		[0.004, "$0.00"],
		[0.005, "$0.01"],
		[1_234.565, "$1,234.57"],
		[1e9, "$1,000,000,000.00"],
	])("%d dollars are %s", (dollars, text) => {
		expect(usd(dollars)).toBe(text);
	});

	const usage = (costNanoUsd: number | bigint, unpriced: number) => ({ ...NO_USAGE, costNanoUsd, unpriced });

	test("is nothing where nothing was used", () => {
		expect(cost(usage(0, 0))).toBe("$0.00");
	});

	test("is marked where some of it has no price, and is no number where nothing has one", () => {
		expect(cost(usage(1_200_000_000, 0))).toBe("$1.20");
		expect(cost(usage(1_200_000_000, 3))).toBe("≥ $1.20");
		expect(cost(usage(0, 3))).toBe("unpriced");
	});

	test("is shortened to thousands where it has some, and marked as ever", () => {
		expect(shortCost(usage(999_990_000_000, 0))).toBe("$999.99");
		expect(shortCost(usage(1_234_567_000_000, 0))).toBe("$1.23K");
		expect(shortCost(usage(1_234_567_000_000, 1))).toBe("≥ $1.23K");
		expect(shortCost(usage(0, 1))).toBe("unpriced");
	});

	test("that follows from a cost is marked as that is", () => {
		expect(costAs(usage(1, 0), 2.5)).toBe("$2.50");
		expect(costAs(usage(1, 1), 2.5)).toBe("≥ $2.50");
		expect(costAs(usage(0, 1), 2.5)).toBe("unpriced");
	});

	test("may be more than a number holds", () => {
		expect(cost(usage(90_071_992_547_409_930n, 0))).toBe("$90,071,992.55");
	});
});

describe("numbers are written as Intl writes them", () => {
	const WHOLE = new Intl.NumberFormat("en-US");
	const SHORT = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
	const USD = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

	test("counts, in full and for short", () => {
		const rounded = fc.tuple(fc.nat(9_999), fc.nat(12)).map(([digits, zeros]) => digits * 10 ** zeros);
		const count = fc.oneof(fc.nat(2_000), fc.maxSafeNat(), rounded, fc.bigInt(0n, 10n ** 20n));
		fc.assert(
			fc.property(count, (count) => {
				expect(whole(count)).toBe(WHOLE.format(count));
				expect(short(count)).toBe(SHORT.format(count));
			}),
			runs(1_000),
		);
	});

	test("dollars of whole nano-dollars, those between two cents upwards", () => {
		const between = fc.nat(10 ** 7).map((halfCents) => halfCents * 5_000_000);
		fc.assert(
			fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(2 ** 31 - 1), between), (nanoUsd) => {
				expect(usd(nanoUsd / 1e9)).toBe(USD.format(nanoUsd / 1e9));
			}),
			runs(1_000),
		);
		expect(usd(-1.2)).toBe("-$1.20");
	});
});

describe("a length of time", () => {
	test.each([
		[0, "0 min"],
		[0.99, "0 min"],
		[59.9, "59 min"],
		[60, "1 h 00 min"],
		[125, "2 h 05 min"],
		[47 * 60 + 59, "47 h 59 min"],
		[48 * 60, "2 days"],
		[71 * 60 + 59, "2 days"],
		[26 * 24 * 60, "26 days"],
		[1_234 * 24 * 60, "1,234 days"],
	])("of %d minutes is %s", (count, text) => {
		expect(minutes(count)).toBe(text);
	});
});

describe("how long ago", () => {
	test.each([
		[0, "less than a minute ago"],
		[59_999, "less than a minute ago"],
		[60_000, "1 min ago"],
		[2 * 3_600_000 + 300_000, "2 h 05 min ago"],
		[72 * 3_600_000, "3 days ago"],
		[-59_999, "less than a minute ago"],
		[-60_000, "ahead of this machine's clock"],
	])("%d ms are %s", (passed, text) => {
		expect(ago(1_000_000 - passed, 1_000_000)).toBe(text);
	});
});

describe("a moment", () => {
	const at = Date.parse("2026-11-24T22:05:59.999Z");

	test.each([
		["UTC", "2026-11-24 22:05"],
		["Europe/Berlin", "2026-11-24 23:05"],
		["Asia/Kathmandu", "2026-11-25 03:50"],
		["America/St_Johns", "2026-11-24 18:35"],
	])("is told in the local time of %s, its seconds cut off", (zone, text) => {
		expect(moment(at, zone)).toBe(text);
		expect(clockTime(at, zone)).toBe(text.slice(11));
	});
});

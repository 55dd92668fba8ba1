import { describe, expect, test } from "bun:test";
import { type FilterFlags, inZone, readFilter } from "../../src/cli/report/report-flags.ts";
import { readConfig } from "../../src/config.ts";
import { AppError } from "../../src/errors.ts";
import { parseDay } from "../../src/usage/day.ts";

function refusalOf(flags: FilterFlags): AppError {
	try {
		readFilter(flags);
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
	throw new Error("the flags were taken");
}

test("no flags mean all days of the machine's zone at list price", () => {
	const all = { since: undefined, until: undefined, mode: "calculate" } as const;
	expect(readFilter({})).toEqual({ ...all, zone: undefined });
	const config = readConfig({ TZ: "Europe/Berlin" });
	for (const known of ["Europe/Berlin", "Asia/Tokyo"]) {
		const zone = known === "Europe/Berlin" ? known : config.zone;
		expect(inZone(readFilter({}), config, known)).toEqual({ ...all, zone });
		expect(inZone(readFilter({ timezone: "Asia/Kolkata" }), config, known).zone).toBe("Asia/Kolkata");
	}
});

describe("days", () => {
	const day = parseDay("2026-03-02");

	test.each(["2026-03-02", "20260302"])("may be written as %s", (text) => {
		expect(readFilter({ since: text, until: text })).toMatchObject({ since: day, until: day });
	});

	test.each([
		"",
		" ",
		"today",
		"2026-3-2",
		"2026-03",
		"2026-0302",
		"202603-02",
		"2026/03/02",
		"02.03.2026",
		"2026-03-02T10:00:00Z",
		"2026-02-29",
		"2026-13-01",
		"2026-00-10",
		"-2026-03-02",
		"2026-03-02\u202e",
		"1e9",
		"٢٠٢٦-٠٣-٠٢",
	])("%p is refused as --since and as --until, with how to write it", (text) => {
		for (const flag of ["since", "until"] as const) {
			const { code, message, hint } = refusalOf({ [flag]: text });
			expect(code).toBe("usage");
			expect(message).toBe(`--${flag} ${JSON.stringify(text)} is not a day.`);
			expect(hint).toBe("Write it as YYYY-MM-DD or YYYYMMDD.");
		}
	});

	test("are refused where the first is after the last", () => {
		const { code, message, hint } = refusalOf({ since: "2026-03-03", until: "20260302" });
		expect(code).toBe("usage");
		expect(message).toBe("--since 2026-03-03 is after --until 20260302.");
		expect(hint).toBe("Give the earlier day to --since.");
	});

	test("may be the last that can be written", () => {
		expect(readFilter({ until: "9999-12-31" }).until).toBe(parseDay("9999-12-31"));
	});
});

describe("a zone", () => {
	test.each(["UTC", "Asia/Kathmandu", "europe/berlin", "Etc/GMT+12", "US/Eastern"])("may be %s", (zone) => {
		expect(readFilter({ timezone: zone }).zone).toBe(zone);
	});

	test.each([
		"",
		"Berlin",
		"Europe/Atlantis",
		"Mars/Olympus",
		"GMT+25",
		"../etc/localtime",
		"Europe/Berlin\n",
	])("%p is refused, with what to give instead", (zone) => {
		const { code, message, hint } = refusalOf({ timezone: zone });
		expect(code).toBe("usage");
		expect(message).toBe(`--timezone ${JSON.stringify(zone)} is not a time zone that this machine knows.`);
		expect(hint).toContain("Europe/Berlin");
	});
});

test.each(["calculate", "auto", "display"] as const)("the mode is taken as it is: %s", (mode) => {
	expect(readFilter({ mode }).mode).toBe(mode);
});

import { describe, expect, test } from "bun:test";
import { type Fact, factsText } from "../../src/cli/screen/facts.ts";
import type { Terminal } from "../../src/cli/screen/terminal.ts";

const FACTS: readonly Fact[] = [
	{ label: "Kept", lines: ["12,534 responses since 2026-01-03"] },
	{ label: "Last collect", lines: ["2026-11-24 09:05, 3 min ago", "It ended well."] },
];

function screen(columns: number, color = false): Terminal {
	return { out: () => {}, err: () => {}, columns, color };
}

describe("facts", () => {
	test("stand beside their labels, line below line", () => {
		expect(factsText(screen(200), FACTS).split("\n")).toEqual([
			"Kept          12,534 responses since 2026-01-03",
			"Last collect  2026-11-24 09:05, 3 min ago",
			"              It ended well.",
		]);
	});

	test("are broken between words where there is less room", () => {
		expect(factsText(screen(40), FACTS).split("\n")).toEqual([
			"Kept          12,534 responses since",
			"              2026-01-03",
			"Last collect  2026-11-24 09:05, 3 min",
			"              ago",
			"              It ended well.",
		]);
	});

	test("keep a word whole that no line has room for", () => {
		const path = "/home/ada/a/rather/long/way/to/.promptpulse";
		expect(factsText(screen(30), [{ label: "Home", lines: [`in ${path} it is`] }]).split("\n")).toEqual([
			"Home  in",
			`      ${path}`,
			"      it is",
		]);
	});

	test("have bold labels where the screen has colours, in the same places", () => {
		const coloured = factsText(screen(40, true), FACTS);
		expect(coloured).toContain("\x1b[1mLast collect\x1b[22m");
		expect(Bun.stripANSI(coloured)).toBe(factsText(screen(40), FACTS));
	});
});

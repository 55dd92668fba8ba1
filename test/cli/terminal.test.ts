import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { bold, dim, harmless, plain, type Terminal } from "../../src/cli/screen/terminal.ts";
import { runs } from "../support/runs.ts";

describe("a name on a screen", () => {
	test.each([
		["colours", "\x1b[31mred\x1b[0m", "[31mred[0m"],
		["what moves the cursor and wipes the screen", "\x1b[2J\x1b[Happ", "[2J[Happ"],
		["what sets the window's title", "\x1b]0;gone\x07app", "]0;goneapp"],
		["the one-byte forms of both", "\x9b31mapp\x9d0;x\x9c", "31mapp0;x"],
		["what rings and goes back", "\x07a\bb\x7f", "ab"],
		["new lines of every kind", "a\nb\r\nc\u0085d\u2028e\u2029f\vg\fh", "abcdefgh"],
		["tabs", "a\tb", "ab"],
		["NUL", "a\0b", "ab"],
		["marks that turn the text around", "\u202egnp.exe\u202c \u2067a\u2069\u200f\u061c", "gnp.exe a"],
		["what cannot be seen", "a\u200bb\u2060c\ufeffd\u00ade", "abcde"],
		["tags, which are a hidden text of their own", "a\u{e0061}\u{e007f}b", "ab"],
	])("loses %s", (_what, name, expected) => {
		expect(plain(name)).toBe(expected);
	});

	test.each([
		"my-app",
		"/home/ada/app with blanks",
		"日本語",
		"שלום",
		"ẞß é",
		"🎉 👍🏽",
		"a|b`c$d\"e'f<g>&h",
	])("is left alone if nothing is wrong with it: %s", (name) => {
		expect(plain(name)).toBe(name);
	});

	test("never has anything left that a terminal obeys, wherever it stood", () => {
		const dangerous = fc.constantFrom(..."\x1b\x9b\x9d\x90\x07\n\r\t\0\u2028\u202e\u2066\u200f\u{e0041}");
		const name = fc.array(fc.oneof(dangerous, fc.string({ unit: "binary", maxLength: 5 })));
		fc.assert(
			fc.property(name, (parts) => {
				expect(plain(parts.join(""))).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
			}),
			runs(300),
		);
	});
});

describe("what is printed on a screen", () => {
	test.each([
		["lines, tabs and letters", "a\tb\r\nעברית 日本 🎉\n"],
		["emphasis", "\x1b[1mTotal\x1b[22m \x1b[2mnote\x1b[22m"],
	])("keeps %s", (_what, text) => {
		expect(harmless(text)).toBe(text);
	});

	test("shows as JSON writes it whatever else it would obey, and JSON means the same then", () => {
		expect(harmless("a\x1b[31mb\rc\x9b2Jd")).toBe("a\\u001b[31mb\\u000dc\\u009b2Jd");
		const signs = fc.constantFrom(..."\x1b\x9b\x07\n\r\t\u2028\u202e\u2066\u200f\u{e0041}");
		fc.assert(
			fc.property(fc.array(fc.oneof(signs, fc.string({ maxLength: 5 }))), (parts) => {
				const value = { name: parts.join("") };
				const shown = harmless(JSON.stringify(value, null, 2));
				expect(JSON.parse(shown)).toEqual(value);
				expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
			}),
			runs(300),
		);
	});
});

describe("emphasis", () => {
	const screen = (color: boolean): Terminal => ({ out: () => {}, err: () => {}, columns: 80, color });

	test("is an escape around the text where the screen has colours", () => {
		expect(bold(screen(true), "Total")).toBe("\x1b[1mTotal\x1b[22m");
		expect(dim(screen(true), "note")).toBe("\x1b[2mnote\x1b[22m");
	});

	test("is nothing elsewhere", () => {
		expect(bold(screen(false), "Total")).toBe("Total");
		expect(dim(screen(false), "note")).toBe("note");
	});
});

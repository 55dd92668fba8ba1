import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseShownName } from "../../src/account/shown-name.ts";
import { runs } from "../support/runs.ts";

const E_ACUTE = "\u00e9";

describe("a name for others", () => {
	test.each([
		["Ada", "Ada", "ada"],
		["  Ada   Lovelace ", "Ada Lovelace", "adalovelace"],
		["Ada\u00a0\u3000L", "Ada L", "adal"],
		[`Jos${E_ACUTE}`, `Jos${E_ACUTE}`, "jose"],
		["Jose\u0301", `Jos${E_ACUTE}`, "jose"],
		["\uff21\uff24\uff21", "\uff21\uff24\uff21", "ada"],
		["stra\u00dfe", "stra\u00dfe", "strasse"],
		["<b>x</b>", "<b>x</b>", "<b>x</b>"],
		["\u5c0f\u660e", "\u5c0f\u660e", "\u5c0f\u660e"],
		["\u{1f980}", "\u{1f980}", "\u{1f980}"],
		["\u2764\ufe0f", "\u2764\ufe0f", "\u2764"],
	])("%j is read as %j", (typed, text, key) => {
		expect(parseShownName(typed)).toEqual({ text, key });
	});

	test.each([
		"",
		"   ",
		"\u3000\u00a0",
		"a\u0000b",
		"a\nb",
		"a\tb",
		"a\u007fb",
		"a\u0085b",
		"a\u2028b",
		"\u202eada",
		"ada\u202c",
		"\u2066ada\u2069",
		"a\u200bda",
		"a\u200dda",
		"a\ufeffda",
		"a\u00adda",
		"\u115f\u1160",
		"\u3164",
		"\ufe0f",
		"\u2800\u2800",
		"ada\u2800",
		"ada\ufffc",
		"\ud800",
		"\ue000",
		`a${"\u0301\u0302\u0303\u0304"}`,
		"x".repeat(51),
		"\u{1f980}".repeat(51),
	])("%j is none", (typed) => {
		expect(parseShownName(typed)).toBeUndefined();
	});

	test.each([
		["Alice", ["\u0410lice", "A\u04cfice", "AIice", "A1ice", "\u0391l\u0456\u0441\u0435"]],
		["Bob", ["B0b", "\u0412\u043eb", "B\u03bfb"]],
		// Lisu, Cherokee, Coptic, Armenian, small capitals, a Greek lunate sigma.
		[
			"Grace",
			[
				"\ua4d6\ua4e3\ua4ee\ua4da\ua4f0",
				"\u13c0race",
				"gra\u2ca5e",
				"\u0262\u0280\u1d00\u1d04\u1d07",
				"gra\u03f2e",
			],
		],
		["hopper", ["h\u0585pper", "\u0570opper", "\u13bbopper"]],
		["a-b", ["a\u2010b", "a\u2011b", "a\u2012b", "a\u2013b", "a\u2014b", "a\u2212b"]],
		["o'neil", ["o\u2019neil", "o\u02bcneil"]],
	])("%j has the key of what looks like it", (name, looks) => {
		const keys = looks.map((look) => parseShownName(look)?.key);
		expect(new Set([...keys, parseShownName(name)?.key]).size).toBe(1);
	});

	test("has at most 50 characters, whatever each of them takes", () => {
		for (const one of ["x", "\u{1f980}", E_ACUTE]) {
			expect(parseShownName(one.repeat(50))?.text).toBe(one.repeat(50));
		}
	});

	test("is read the same once more, and looks that nobody tells apart have one key", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (typed) => {
				const name = parseShownName(typed);
				if (!name) return;
				expect(parseShownName(name.text)).toEqual(name);
				for (const look of [` ${name.text} `, name.text.normalize("NFD"), `${name.text}\u0301`])
					expect([name.key, undefined]).toContain(parseShownName(look)?.key);
			}),
			runs(300),
		);
	});
});

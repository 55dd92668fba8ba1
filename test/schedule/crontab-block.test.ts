import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findBlocks, withBlock, withoutBlocks } from "../../src/schedule/crontab-block.ts";
import { runs } from "../support/runs.ts";

const LINE = "7 * * * * /usr/bin/env -i /bin/promptpulse collect --quiet --log --trigger schedule";
const OTHER = "9 * * * * /usr/bin/env -i /opt/promptpulse collect --quiet --log --trigger schedule";
const [BEGIN = "", , END = ""] = withBlock("", LINE).split("\n");

/** Lines as people have them, also such as look like ours. */
const foreignLine = fc.oneof(
	fc.constantFrom(
		"",
		"# m h dom mon dow command",
		'MAILTO="me@example.com"',
		"SHELL=/usr/bin/fish",
		'*/5 * * * * echo "$HOME `date` \\\\ 100\\%" > /dev/null',
		"# BEGIN promptpulse-other",
		" # BEGIN promptpulse",
		"# END promptpulse 2",
		"# BEGIN backup: promptpulse",
		"*/15 * * * * promptpulse collect",
		"\tum\u0000laut \u00ff\u0080",
	),
	fc
		.string({ unit: "binary" })
		.map((text) => text.replace(/[\r\n]/g, " "))
		.filter((text) => !/promptpulse/.test(text)),
);
const crontab = fc
	.tuple(fc.array(foreignLine, { maxLength: 8 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
	.map(([lines, newline, ends]) => lines.join(newline) + (ends && lines.length > 0 ? newline : ""));

describe("a crontab", () => {
	test("is as it was, byte for byte, when the block is put in, changed and taken out", () => {
		fc.assert(
			fc.property(crontab, (before) => {
				const set = withBlock(before, LINE);
				expect(withBlock(set, LINE)).toBe(set);
				const changed = withBlock(set, OTHER);
				expect(changed).toBe(set.replace(LINE, OTHER));
				expect(findBlocks(changed).map(({ lines }) => lines)).toEqual([[OTHER]]);
				expect(withoutBlocks(changed)).toBe(before);
			}),
			runs(200),
		);
	});

	test("keeps a block where somebody has moved it to, whatever the ends of its lines", () => {
		fc.assert(
			fc.property(crontab, crontab, fc.constantFrom("\n", "\r\n", "  \r\n"), (above, below, newline) => {
				const ended = above === "" || above.endsWith("\n") ? above : `${above}\n`;
				const block = [BEGIN, LINE, END].join(newline) + newline;
				const text = ended + block + below;
				expect(withoutBlocks(text)).toBe(ended + below);
				expect(withBlock(text, OTHER)).toBe(ended + withBlock("", OTHER) + below);
			}),
			runs(100),
		);
	});

	test("gets its new block above everything, where no other line's settings reach", () => {
		expect(withBlock("SHELL=/usr/bin/fish\n", LINE)).toBe(`${BEGIN}\n${LINE}\n${END}\nSHELL=/usr/bin/fish\n`);
	});

	test("without a last line's end, and with the block at its end, is understood too", () => {
		const text = `0 0 * * * true\n${BEGIN}\n${LINE}\n${END}`;
		expect(withoutBlocks(text)).toBe("0 0 * * * true\n");
		expect(withBlock(text, OTHER)).toBe(`0 0 * * * true\n${withBlock("", OTHER)}`);
	});
});

describe("what is plain to mend is mended:", () => {
	const block = withBlock("", LINE);
	test.each([
		["two blocks", `a\n${block}b\n${block}c\n`, `a\n${withBlock("", OTHER)}b\nc\n`],
		["three at once", block + block + block, withBlock("", OTHER)],
		["a block with nothing in it", `a\n${BEGIN}\n${END}\nb\n`, `a\n${withBlock("", OTHER)}b\n`],
		["a block of an earlier wording", `# BEGIN promptpulse\n${LINE}\n${END}\n`, withBlock("", OTHER)],
		["a line that was put out of force", `${BEGIN}\n# ${LINE}\n\n${END}\n`, withBlock("", OTHER)],
	])("%s", (_what, before, after) => {
		expect(withBlock(before, OTHER)).toBe(after);
		expect(withoutBlocks(before)).toBe(after.replace(withBlock("", OTHER), ""));
	});
});

describe("a damaged block is refused, with the line:", () => {
	test.each([
		["a beginning without an end", `a\n${BEGIN}\n${LINE}\n`, "begins and does not end (line 2)"],
		["a beginning alone, at the very end", `a\n${BEGIN}`, "begins and does not end (line 2)"],
		["an end without a beginning", `a\n${LINE}\n${END}\nb\n`, "ends, and did not begin (line 3)"],
		[
			"a second beginning",
			`${BEGIN}\n${LINE}\n${BEGIN}\n${LINE}\n${END}\n`,
			"begins a second time before it ends (line 3)",
		],
		["a second end", `${BEGIN}\n${LINE}\n${END}\n${END}\n`, "ends, and did not begin (line 4)"],
		[
			"somebody's own line in it",
			`${BEGIN}\n${LINE}\n0 0 * * * backup\n${END}\n`,
			"a line in it that promptpulse did not write",
		],
		[
			"somebody's note in it",
			`${BEGIN}\n# mine\n${LINE}\n${END}\n`,
			"a line in it that promptpulse did not write",
		],
	])("%s", (_what, text, why) => {
		expect(() => withBlock(text, OTHER)).toThrow(why);
		expect(() => withoutBlocks(text)).toThrow(why);
	});
});

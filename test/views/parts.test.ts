import { describe, expect, test } from "bun:test";
import { CommandBox } from "../../views/parts/command-box.tsx";
import { JsonIsland } from "../../views/parts/json-island.tsx";
import { labelPaths, labelsOf } from "../../views/parts/names.ts";
import { escapeAttribute, safeUrl } from "../../views/parts/safe-url.ts";
import { SparkLine } from "../../views/parts/spark-line.tsx";
import { ThemeSwitch } from "../../views/parts/theme-switch.tsx";
import { duration, money, percent, roundMoney, short } from "../../views/parts/words.ts";
import { byClass, elementsOf, plain } from "../support/markup.ts";

describe("an address", () => {
	test.each([
		["/", "/"],
		["/?a=1&b=2", "/?a=1&amp;b=2"],
		["?range=7d", "?range=7d"],
		["#models", "#models"],
		["https://example.org/a?b", "https://example.org/a?b"],
		["HTTP://example.org", "HTTP://example.org"],
		["javascript:alert(1)", "#"],
		["JaVaScRiPt:alert(1)", "#"],
		[" javascript:alert(1)", "#"],
		["java\tscript:alert(1)", "#"],
		["\u0001javascript:alert(1)", "#"],
		["data:text/html,<script>", "#"],
		["vbscript:x", "#"],
		["//evil.example", "#"],
		["/\\evil.example", "#"],
		["\\\\evil.example", "#"],
		["/\t/evil.example", "#"],
		["https:evil.example", "#"],
		["https:///evil.example", "#"],
		["evil.example", "#"],
		["", "#"],
	])("%j becomes %j", (given, address) => {
		expect(safeUrl(given)).toBe(address);
	});
});

test("a text in an attribute stays the text it is", () => {
	expect(escapeAttribute("a&lt;b & c")).toBe("a&amp;lt;b &amp; c");
});

describe("data for a script", () => {
	test.each([
		"</script><script>alert(1)</script>",
		"<!--<script>",
		"]]>",
		"&amp;",
		"\u2028\u2029",
		'"quoted"',
	])("%j cannot break out", async (text) => {
		const island = String(JsonIsland({ id: "x", data: { text } }));
		const inside = island.slice(island.indexOf(">") + 1, island.lastIndexOf("</script>"));
		expect(inside).not.toMatch(/[<>&\u2028\u2029]/);
		expect(JSON.parse(inside)).toEqual({ text });
		expect(await elementsOf(island)).toHaveLength(1);
	});
});

describe("labels of folders", () => {
	test.each([
		[["/home/ann/shop"], ["shop"]],
		[
			["/home/ann/shop", "/home/bob/shop", "/srv/blog"],
			["ann/shop", "bob/shop", "blog"],
		],
		[
			["/a", "/x/a"],
			["a", "x/a"],
		],
		[
			["C:\\code\\app", "D:\\code\\app"],
			["C:/code/app", "D:/code/app"],
		],
		[
			["/a/b", "a/b/"],
			["a/b", "a/b"],
		],
		[
			["", "/"],
			["no folder", "/"],
		],
	])("%j are %j", (paths, labels) => {
		expect(paths.map((path) => labelPaths(paths).get(path))).toEqual(labels);
	});

	test("of what is not known are its last part, its name, its UUID", () => {
		const labels = labelsOf({ projects: [], models: [], machines: [] });
		expect([labels.project("/a/b"), labels.model("m"), labels.machine("u")]).toEqual(["b", "m", "u"]);
	});
});

describe("numbers", () => {
	test.each([
		[money(1_073_070_000_000), "$1,073.07"],
		[money(0), "$0.00"],
		[money(1), "<$0.01"],
		[money(10_000_000_000_000_000_000n), "$10,000,000,000.00"],
		[roundMoney(898_400_000_000), "$898"],
		[roundMoney(4_200_000_000), "$4.20"],
		[roundMoney(12_385_000_000_000), "$12.4 k"],
		[short(1_380_000_000), "1.38 B"],
		[short(639_123), "639 k"],
		[short(11_000_000), "11.0 M"],
		[short(999_600), "1.00 M"],
		[short(1_000), "1.00 k"],
		[short(999), "999"],
		[short(12), "12"],
		[short(2n ** 60n), "1,150,000 T"],
		[percent(0.361), "36.1 %"],
		[percent(1), "100 %"],
		[percent(12.4), "1,240 %"],
		[duration(7_020_000), "1 h 57 m"],
		[duration(172_799_000), "2 d 0 h"],
		[duration(172_700_000), "47 h 58 m"],
		[duration(457_200_000), "5 d 7 h"],
		[duration(-5), "0 min"],
	])("%s is %s", (written, expected) => {
		expect(plain(written)).toBe(expected);
	});
});

test("a spark line is drawn from two values on, and not from nothing", () => {
	expect(String(SparkLine({ values: [0, 10] }))).toContain('points="0,22 100,2"');
	expect(String(SparkLine({ values: [0, 0, 0] }))).not.toContain("polyline");
	expect(String(SparkLine({ values: [3] }))).not.toContain("polyline");
});

test("the theme in force is pressed, and the way back is kept", async () => {
	const elements = await elementsOf(ThemeSwitch({ id: "t", theme: "dark", next: "/?a=1&copy=2" }));
	const pressed = byClass(elements, "theme-choice").filter(
		({ attributes }) => attributes.get("aria-pressed") === "true",
	);
	expect(pressed.map(({ attributes }) => attributes.get("value"))).toEqual(["dark"]);
	expect(elements.find(({ tag }) => tag === "input")?.attributes.get("value")).toBe("/?a=1&copy=2");
});

test("a command is whole in its button, which scripts alone show", async () => {
	const [button] = (await elementsOf(CommandBox({ id: "c", command: 'run "a" && b' }))).filter(
		({ tag }) => tag === "button",
	);
	expect(button?.attributes.get("data-copy")).toBe('run "a" && b');
	expect(button?.attributes.has("hidden")).toBe(true);
});

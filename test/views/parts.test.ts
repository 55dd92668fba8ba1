import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { JsonIsland } from "../../views/parts/json-island.tsx";
import { escapeAttribute, safeUrl } from "../../views/parts/safe-url.ts";
import { readSources } from "../support/imports.ts";
import { readMarkup } from "../support/markup.ts";

describe("data for a script", () => {
	test("comes out as it went in, and no text in it ends the element", async () => {
		const property = fc.asyncProperty(fc.jsonValue(), fc.string(), async (value, text) => {
			const data = { value, text, hostile: "</script><script>alert(1)</script><!--\u2028&" };
			const html = String(JsonIsland({ id: "data", data }));
			const inside = html.slice(html.indexOf(">") + 1, html.lastIndexOf("</script>"));
			expect(inside).not.toMatch(/[<>&\u2028\u2029]/);
			expect(JSON.parse(inside)).toEqual(JSON.parse(JSON.stringify(data)));
			expect((await readMarkup(html)).elements).toHaveLength(1);
		});
		await fc.assert(property, { numRuns: 200 });
	});
});

describe("an address for a link", () => {
	test.each([
		["/", "/"],
		["/?range=7d&by=model", "/?range=7d&amp;by=model"],
		["?range=7d", "?range=7d"],
		["#projects", "#projects"],
		["https://example.com/a?b=c", "https://example.com/a?b=c"],
		["javascript:alert(1)", "#"],
		["JaVaScRiPt:alert(1)", "#"],
		["java\nscript:alert(1)", "#"],
		["\u0001javascript:alert(1)", "#"],
		["data:text/html,<script>", "#"],
		["vbscript:x", "#"],
		["//evil.example", "#"],
		["/\\evil.example", "#"],
		["\\\\evil.example", "#"],
		["/\t/evil.example", "#"],
		["https:evil", "#"],
		["evil.example", "#"],
		["", "#"],
	])("%j is %j", (address, link) => {
		expect(safeUrl(address)).toBe(link);
	});

	test("in an attribute is read as it was written", () => {
		expect(escapeAttribute('&lt;b&gt; & "')).toBe('&amp;lt;b&amp;gt; &amp; "');
	});
});

test("every part that views export is used by a page", async () => {
	const files = (await readSources(join(import.meta.dir, "../.."))).filter(({ path }) =>
		/^(views|src\/web)\//.test(path),
	);
	const unused = files.flatMap(({ path, text }) =>
		Array.from(text.matchAll(/^export (?:async )?function ([A-Z]\w*)/gm), ([, name = ""]) => name)
			.filter(() => path.endsWith(".tsx"))
			.filter(
				(name) => !files.some((other) => other.path !== path && new RegExp(`\\b${name}\\b`).test(other.text)),
			)
			.map((name) => `${path} exports ${name}`),
	);
	expect(unused).toEqual([]);
});

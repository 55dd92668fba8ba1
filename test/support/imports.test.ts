import { expect, test } from "bun:test";
import { join } from "node:path";
import { findUnclearImports, listImports, readSources } from "./imports.ts";

test("an import is told with its line and whether it takes types only", () => {
	const text = [
		'import type { A } from "./a.ts";',
		'import { type B } from "./b.ts";',
		'export type { C } from "./c.ts";',
		'import type from "./d.ts";',
		"const name = await import(path);",
		'const told = "import(path)";',
		'import {\n\te, // it\'s "quoted"\n\tf,\n} from "./e.ts";',
	].join("\n");
	expect(listImports(text)).toEqual([
		{ line: 1, specifier: "./a.ts", typeOnly: true },
		{ line: 2, specifier: "./b.ts", typeOnly: false },
		{ line: 3, specifier: "./c.ts", typeOnly: true },
		{ line: 4, specifier: "./d.ts", typeOnly: false },
		{ line: 7, specifier: "./e.ts", typeOnly: false },
		{ line: 5, specifier: undefined, typeOnly: false },
	]);
});

test("imports without an extension and computed ones are unclear", () => {
	const text = 'import { a } from "./a";\nawait import(`./b.ts`);\nimport { c } from "commander";';
	expect(findUnclearImports([{ path: "src/x.ts", text }])).toEqual([
		"src/x.ts:1 imports ./a",
		"src/x.ts:2 imports a computed name",
	]);
});

test("no import that Bun's parser sees in this repository is missed", async () => {
	const typescript = new Bun.Transpiler({ loader: "ts" });
	const withMarkup = new Bun.Transpiler({ loader: "tsx" });
	const files = await readSources(join(import.meta.dir, "..", ".."));
	const missed = files.flatMap(({ path, text }) => {
		const read = new Set(listImports(text).map(({ specifier }) => specifier));
		const parser = path.endsWith(".tsx") ? withMarkup : typescript;
		const seen = parser
			.scanImports(text.replace(/^#!/, "//"))
			// What markup is turned into stands in no source.
			.filter((found) => found.path !== "react" && !found.path.includes("/jsx-"));
		return seen.filter((found) => !read.has(found.path)).map((found) => `${path} imports ${found.path}`);
	});
	expect(missed).toEqual([]);
});

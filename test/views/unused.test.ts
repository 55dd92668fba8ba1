import { expect, test } from "bun:test";
import { join } from "node:path";
import { readSources } from "../support/imports.ts";

test("every part that views export is used by a page", async () => {
	const sources = await readSources(join(import.meta.dir, "../.."));
	const files = sources.filter(({ path }) => /^(views|src\/web)\//.test(path));
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

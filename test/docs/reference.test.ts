import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXAMPLES } from "../../src/cli/examples.ts";
import { OPTION_NAMES, variableOf } from "../../src/config.ts";
import { isForPrograms } from "../../src/web/openapi/openapi.ts";
import { makeReferences } from "../reference/references.ts";
import { listCommands } from "../support/all-commands.ts";
import { DOCUMENTS, type Document } from "../support/documents.ts";
import { TestServer } from "../support/server.ts";

const PATHS = ["docs/api.md", "docs/cli.md"] as const;
const made = await makeReferences();
const [api, cli] = PATHS.map(find);

function find(path: string): Document {
	const document = DOCUMENTS.find((one) => one.path === path);
	if (!document) throw new Error(`there is no ${path}: bun run docs makes it`);
	return document;
}

describe("the references", () => {
	test.each(PATHS)("%s is what `bun run docs` makes of the program as it is", (path) => {
		expect(find(path).text).toBe(made[path] ?? "");
	});

	test("the examples of the API's document are those of its reference", () => {
		const path = "src/web/openapi/examples.json";
		expect(readFileSync(join(import.meta.dir, "../..", path), "utf8")).toBe(made[path] ?? "");
	});

	test.each(PATHS)("%s says nothing by halves", (path) => {
		const { text } = find(path);
		const parts = text.replace(/^```.*?^```$/gms, "").split(/\n{2,}/);
		const rows = parts.filter((part) => part.startsWith("|")).flatMap((part) => part.trim().split("\n"));
		expect(rows.length).toBeGreaterThan(50);
		const cells = rows.flatMap((row) => row.slice(1, -1).split(/(?<!\\)\|/));
		expect(cells.filter((one) => one.trim() === "")).toEqual([]);
		const prose = parts.filter((part) => !/^(?:#|\||<|\*\*[^*]+\*\*$|Body:$|$)/.test(part.trim()));
		expect(prose.length).toBeGreaterThan(30);
		expect(prose.filter((part) => !/[.:]\s*$/.test(part))).toEqual([]);
		expect(text).not.toMatch(/undefined|\[object|NaN/);
	});
});

describe("of commands", () => {
	const commands = listCommands();

	test.each(commands)("promptpulse $path stands there with all of its flags", ({ path, flags }) => {
		const [, section = ""] = cli?.text.split(`\n## promptpulse ${path}\n`) ?? [];
		const own = section.split("\n## ")[0] ?? "";
		for (const flag of flags.filter((one) => !["-h", "--help"].includes(one))) expect(own).toContain(flag);
		expect(EXAMPLES[path]?.length ?? 0).toBeGreaterThan(0);
	});

	test.each(
		Object.entries(EXAMPLES).flatMap(([path, examples]) => examples.map(([call]) => [path, call] as const)),
	)("the example of %s calls what there is: %s", (path, call) => {
		const [program, ...words] = call.split(/\s+/);
		if (program !== "promptpulse") return expect([path, program]).toEqual(["import ccusage", "ccusage"]);
		const command = commands.find((one) => one.path === path);
		if (words.length > 0) expect(`${words.join(" ")} `).toStartWith(`${path} `);
		for (const flag of words.filter((word) => word.startsWith("-") && word !== "-")) {
			expect(command?.flags).toContain(flag);
		}
	});

	test("every variable stands there, and each that a flag names is one", () => {
		const variables = OPTION_NAMES.map(variableOf);
		for (const variable of variables) expect(cli?.text).toContain(`\`${variable}\``);
		const named = [...(cli?.text.matchAll(/Without it: ([^|]*)\|/g) ?? [])].flatMap(
			([, words = ""]) => words.match(/\b[A-Z]{2,}(?:_[A-Z]+)*\b/g) ?? [],
		);
		expect(named.length).toBeGreaterThan(5);
		expect(named.filter((word) => !variables.includes(word))).toEqual([]);
	});
});

test("every route that programs ask stands in the API's reference, with what it was asked and what came back", async () => {
	const server = await TestServer.start();
	for (const { method, path } of (await server.server.routes()).filter(isForPrograms)) {
		const name = `${method} ${path.replace(/:(\w+)/g, "{$1}")}`;
		const [, section = ""] = api?.text.split(new RegExp(`\\n### ${RegExp.escape(name)}(?: †)?\\n`)) ?? [];
		const [own = ""] = section.split("\n### ");
		expect([name, own]).toEqual([name, expect.stringContaining(`\`\`\`http\n${method} `)]);
		expect([name, own]).toEqual([name, expect.stringMatching(/\nErrors: `|\. Errors: `/)]);
	}
});

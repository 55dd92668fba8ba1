import { readFileSync } from "node:fs";
import { join } from "node:path";
import { apiReference } from "./api.ts";
import { type Asked, askAll } from "./api-calls.ts";
import { cliReference } from "./cli.ts";

/** The documents that are made from the program itself, and the examples in the API's own, by their paths. */
export async function makeReferences(): Promise<Record<string, string>> {
	const all = await askAll();
	return {
		"docs/cli.md": cliReference(TABLES),
		"docs/api.md": await apiReference(all),
		"src/web/openapi/examples.json": examplesText([...all.asked]),
	};
}

/** A line a route. */
function examplesText(asked: readonly [name: string, Asked][]): string {
	const told = asked.filter(([, { example }]) => Object.keys(example).length > 0);
	const lines = told.map(([name, { example }]) => `\t${JSON.stringify(name)}: ${JSON.stringify(example)}`);
	return `{\n${lines.join(",\n")}\n}\n`;
}

/** Documents in whose tables people are told of variables. */
const TABLES = ["README.md", "docs/machine.md", "docs/operating.md"].map((path) =>
	readFileSync(join(import.meta.dir, "../..", path), "utf8"),
);

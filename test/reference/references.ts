import { readFileSync } from "node:fs";
import { join } from "node:path";
import { apiReference } from "./api.ts";
import { cliReference } from "./cli.ts";

/** The documents that are made from the program itself, by their paths. */
export async function makeReferences(): Promise<Record<string, string>> {
	return { "docs/cli.md": cliReference(TABLES), "docs/api.md": await apiReference() };
}

/** Documents in whose tables people are told of variables. */
const TABLES = ["README.md", "docs/machine.md", "docs/operating.md"].map((path) =>
	readFileSync(join(import.meta.dir, "../..", path), "utf8"),
);

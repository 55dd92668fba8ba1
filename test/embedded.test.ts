import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { migrations } from "../src/embedded.ts";

const folder = join(import.meta.dir, "..", "migrations");

test("the list of migrations is the folder's, in order and with the same text", () => {
	const names = readdirSync(folder).sort();
	expect(migrations.map(({ name, sql }) => ({ name, sql }))).toEqual(
		names.map((name) => ({ name, sql: readFileSync(join(folder, name), "utf8") })),
	);
});

test("versions count from 1 without holes and are those of the names", () => {
	expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
	const written = migrations.map(({ name }) => Number(/^(\d{4})_[a-z0-9-]+\.sql$/.exec(name)?.[1]));
	expect(written).toEqual(migrations.map(({ version }) => version));
});

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readLock } from "../build/lock.ts";
import { readAllLicences } from "../build/package-licence.ts";
import manifest from "../package.json";

const lockText = readFileSync(join(import.meta.dir, "..", "bun.lock"), "utf8");

test.each(Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))(
	"the version of %s is exact: %s",
	(_, version) => {
		expect(version).toMatch(/^(?:npm:[@\w/-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/);
	},
);

test("the lock file names no host", () => {
	expect(lockText.split("\n").filter((line) => /"https?:\/\//.test(line))).toEqual([]);
});

test("the licence of every package that is used, even only to test, is one that is allowed", async () => {
	const { packages } = await readLock();
	expect(packages.length).toBeGreaterThan(Object.keys(manifest.dependencies).length);
	expect((await readAllLicences(packages)).size).toBe(packages.length);
});

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../package.json";

/** A package of the lock file: where it lies in `node_modules`, and whether only some systems have it. */
type Locked = { folder: string; systemBound: boolean };

const root = join(import.meta.dir, "..");
const lockText = readFileSync(join(root, "bun.lock"), "utf8");
const FREE_LICENCES = /^(?:MIT|ISC|Apache-2\.0|BSD-\d-Clause|0BSD|BlueOak-1\.0\.0|Unlicense|CC0-1\.0)$/;
/** Other licences that allow what we do: a font served unchanged with its licence, a checker that only tests run. */
const ALLOWED: Record<string, string> = {
	"node_modules/@fontsource-variable/geist": "OFL-1.1",
	"node_modules/axe-core": "MPL-2.0",
};

test.each(Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))(
	"the version of %s is exact: %s",
	(_, version) => {
		expect(version).toMatch(/^(?:npm:[@\w/-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/);
	},
);

test("the lock file names no host", () => {
	expect(lockText.split("\n").filter((line) => /"https?:\/\//.test(line))).toEqual([]);
});

describe("licences", () => {
	test("of every package that is installed are free", () => {
		const packages = readLocked();
		expect(packages.length).toBeGreaterThan(Object.keys(manifest.dependencies).length);
		expect(packages.flatMap(findLicenceFault)).toEqual([]);
	});

	test.each([
		["MIT", true],
		["BSD-3-Clause", true],
		["(MIT OR GPL-3.0-only)", true],
		["MIT AND Apache-2.0", true],
		["MIT AND GPL-3.0-only", false],
		["AGPL-3.0-only", false],
		["SEE LICENSE IN LICENSE.txt", false],
		["", false],
	])('"%s" is free: %p', (licence, free) => {
		expect(isFree(licence)).toBe(free);
	});
});

function readLocked(): Locked[] {
	const { packages } = Bun.JSONC.parse(lockText) as { packages: Record<string, [string, string, object]> };
	return Object.entries(packages).map(([key, [, , details]]) => ({
		// A key holds the names of nested packages in a row: "a/b", "@a/b/@c/d".
		folder: (key.match(/@[^/]+\/[^/]+|[^/]+/g) ?? []).map((name) => join("node_modules", name)).join("/"),
		systemBound: "os" in details || "cpu" in details,
	}));
}

function findLicenceFault({ folder, systemBound }: Locked): string[] {
	const path = join(root, folder, "package.json");
	if (!existsSync(path)) return systemBound ? [] : [`${folder} is not installed`];
	const told: { license?: string; licenses?: { type: string }[] } = JSON.parse(readFileSync(path, "utf8"));
	// Manifests of long ago have a list, any of which may be chosen.
	const license = told.license ?? (told.licenses ?? []).map(({ type }) => type).join(" OR ");
	return isFree(license) || ALLOWED[folder] === license ? [] : [`${folder} has the licence "${license}"`];
}

/** Of an SPDX expression without nesting, which is what packages write. */
function isFree(licence: string): boolean {
	const choices = licence.replace(/[()]/g, "").split(" OR ");
	return choices.some((choice) => choice.split(" AND ").every((name) => FREE_LICENCES.test(name.trim())));
}

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { folderOf, type LockedPackage } from "./lock.ts";
import { pathTo } from "./root.ts";

/** Licences under which others' work may be part of this. */
const FREE_LICENCES =
	/^(?:MIT|ISC|Apache-2\.0|BSD-[123]-Clause|0BSD|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|Zlib)$/;

/** Other licences that allow what we do: a font served unchanged with its licence, a checker that only tests run. */
const ALLOWED: Readonly<Record<string, string>> = {
	"@fontsource-variable/geist": "OFL-1.1",
	"axe-core": "MPL-2.0",
};

/** What packages write, and what SPDX calls it. */
const SPDX_NAMES: Readonly<Record<string, string>> = { "BSD-0-Clause": "0BSD" };

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[-.].*)?$/i;

/**
 * The licence of an installed package, as an SPDX expression.
 *
 * @param folder `node_modules/open`
 * @throws Error where it has none or one that is not allowed: that is for a person to decide
 */
export async function readLicence(folder: string): Promise<string> {
	const { name, license, licenses } = await readManifest(folder);
	// Manifests of long ago have a list, any of which may be chosen.
	const told = license ?? (licenses ?? []).map(({ type }) => type).join(" OR ");
	const licence = SPDX_NAMES[told] ?? told;
	if (!isFree(licence) && ALLOWED[name] !== licence)
		throw new Error(`${name} has the licence "${licence}", which build/package-licence.ts does not allow.`);
	return licence;
}

/**
 * Licences of all packages of the lock file, by key. Packages that only some systems have are parts of those that bring
 * them and need not be installed, so they are told to have the licence of these: the same on every machine.
 */
export async function readAllLicences(packages: readonly LockedPackage[]): Promise<Map<string, string>> {
	const bringers = new Map(
		packages
			.filter(({ isSystemBound }) => isSystemBound)
			.map(({ key }) => [key, packages.find(({ dependsOn }) => dependsOn.includes(key))?.key] as const),
	);
	const licences = packages.map(
		async ({ key }) => [key, await readLicence(folderOf(bringers.get(key) ?? key))] as const,
	);
	return new Map(await Promise.all(licences));
}

/** Of an SPDX expression without nesting, which is what packages write. */
export function isFree(licence: string): boolean {
	const choices = licence.replace(/[()]/g, "").split(" OR ");
	return choices.some((choice) => choice.split(" AND ").every((name) => FREE_LICENCES.test(name.trim())));
}

/** What a package says of its licence, in full; undefined where it only names it. */
export async function readLicenceText(folder: string): Promise<string | undefined> {
	const names = (await readdir(pathTo(folder))).filter((name) => LICENCE_FILE.test(name)).sort();
	const texts = await Promise.all(names.map((name) => Bun.file(join(pathTo(folder), name)).text()));
	return texts.length === 0
		? undefined
		: texts.map((text) => text.replaceAll("\r\n", "\n").trim()).join("\n\n");
}

export type Manifest = {
	name: string;
	version: string;
	license?: string;
	licenses?: { type: string }[];
	author?: string | { name: string };
};

export async function readManifest(folder: string): Promise<Manifest> {
	return await Bun.file(join(pathTo(folder), "package.json")).json();
}

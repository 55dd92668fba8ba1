import packageManifest from "../package.json";
import type { LicencedPart, Notices } from "../src/cli/licence-text.ts";
import { findBundledPackages } from "./bundled.ts";
import { readLicence, readLicenceText, readManifest } from "./package-licence.ts";
import { pathTo } from "./root.ts";
import { RUNTIME_PARTS } from "./runtime-parts.ts";

/** Writes `notices.json.file`: the licences of all that is in the binary. */
export async function makeNotices(folder: URL): Promise<void> {
	await Bun.write(new URL("notices.json.file", folder), JSON.stringify(await collectNotices()));
}

/** @throws Error where a package in the binary has a licence that is not allowed, or one whose text is not here */
export async function collectNotices(): Promise<Notices> {
	const product = await readOwn();
	const packages = await Promise.all((await findBundledPackages()).map(readPackage));
	const runtime = [
		bunItself(),
		...RUNTIME_PARTS.map(({ copyright, ...rest }) => only({ ...rest, copyright })),
	];
	const named = [...packages.filter(({ notice }) => isOnlyNamed(notice)), ...runtime];
	return { product, packages, runtime, texts: await readTexts(named.map(({ licence }) => licence)) };
}

async function readOwn(): Promise<LicencedPart> {
	const { version, license } = packageManifest;
	const text = await Bun.file(pathTo("LICENSE")).text();
	return { name: "PromptPulse", version, licence: license, notice: text.trim() };
}

async function readPackage(folder: string): Promise<LicencedPart> {
	const [{ name, version, author }, licence, text] = await Promise.all([
		readManifest(folder),
		readLicence(folder),
		readLicenceText(folder),
	]);
	if (text !== undefined) return { name, version, licence, notice: text };
	const copyright = typeof author === "object" ? author.name : author;
	if (copyright === undefined) throw new Error(`${name} says neither its licence's text nor whose it is.`);
	return only({ name, version, licence, copyright });
}

function bunItself(): LicencedPart {
	const { bun } = packageManifest.devDependencies;
	return only({ name: "Bun", version: bun, licence: "MIT", copyright: "Oven and contributors" });
}

const FULL_TEXT = "The full text stands below: ";

/** A part that names its licence without saying it. */
function only(part: { name: string; version?: string; licence: string; copyright: string }): LicencedPart {
	const { name, version = null, licence, copyright } = part;
	const texts = textNames(licence).join(", ");
	return { name, version, licence, notice: `Copyright: ${copyright}\n${FULL_TEXT}${texts}` };
}

function isOnlyNamed(notice: string): boolean {
	return notice.includes(`\n${FULL_TEXT}`);
}

async function readTexts(licences: readonly string[]): Promise<Record<string, string>> {
	const names = [...new Set(licences.flatMap(textNames))].sort();
	const texts = names.map(async (name) => {
		const file = Bun.file(pathTo(`build/licences/${name}.txt`));
		if (!(await file.exists())) throw new Error(`The text of the licence ${name} is not in build/licences.`);
		return [name, (await file.text()).trimEnd()] as const;
	});
	return Object.fromEntries(await Promise.all(texts));
}

/** Names of files: "LGPL-2.1-or-later AND MIT" has the texts LGPL-2.1 and MIT. */
function textNames(licence: string): string[] {
	return licence.split(" AND ").map((name) => name.replace(/-(?:only|or-later)$/, ""));
}

import { copyFileSync, linkSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { makeRelease, type Release } from "../../release/make-release.ts";
import { TARGETS, type Target } from "../../release/targets.ts";
import { OWN_TARGET } from "./npm.ts";

export const REPOSITORY = join(import.meta.dir, "../..");
/** When the sources of a test's release are of. */
export const TIME = 1_764_000_000_000;

/** The target that this machine is. */
export function ownTarget(): Target {
	const own = TARGETS.find(({ name }) => name === OWN_TARGET);
	if (!own) throw new Error(`nothing is released for ${OWN_TARGET}`);
	return own;
}

/** Makes a release for this machine, from the Bun that runs this; gives what was told. */
export async function makeOwnRelease(folder: string, more: Partial<Release> = {}): Promise<string> {
	const told: string[] = [];
	await makeRelease({
		targets: [ownTarget()],
		runtimeOf: async () => process.execPath,
		signers: "",
		time: TIME,
		out: pathToFileURL(`${folder}/`),
		tell: (sentence) => told.push(sentence),
		...more,
	});
	return told.join("\n");
}

/** What a release is made from, in another folder of the same disk: sources copied, packages linked. */
export function copySources(folder: string): void {
	const left = /^(?:dist|coverage|test|bench|docs|\..*)$/;
	for (const place of readdirSync(REPOSITORY, { withFileTypes: true })) {
		const [from, to] = [join(REPOSITORY, place.name), join(folder, place.name)];
		if (left.test(place.name)) continue;
		if (place.isFile()) copyFileSync(from, to);
		else copyTree(from, to, place.name === "node_modules" ? linkSync : copyFileSync);
	}
}

function copyTree(from: string, to: string, copy: (from: string, to: string) => void): void {
	for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile() || entry.parentPath.includes(".cache")) continue;
		const path = join(entry.parentPath, entry.name);
		const other = join(to, path.slice(from.length));
		mkdirSync(dirname(other), { recursive: true });
		copy(path, other);
	}
}

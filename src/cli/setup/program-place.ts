import { VERSION } from "../../version.ts";

/** Where package runners keep what they run once: npx, bunx, `pnpm dlx` and `yarn dlx`. */
const CACHE = /[\\/](?:_npx|\.?bunx-[^\\/]*|dlx(?:-[^\\/]*)?)[\\/]/;
/** Not as part of another version: of Node in `v20.1.0`, say. */
const OWN_VERSION = new RegExp(`(?<![\\d.])${VERSION.replaceAll(".", "\\.")}(?![\\d.])`);

/**
 * Why what starts the program by its path may find nothing there one day, and what to do; undefined where it stays.
 *
 * Of an npm package it is the program's own path that is installed, not that of its launcher: that needs Node, which a
 * schedule does not find where a version manager keeps it. npm, Yarn 1 and Bun put the program of every version to the
 * same place; pnpm and newer Yarns have the version in the folder's name.
 *
 * @param path the program's, absolute
 */
export function findPlaceCaveat(path: string): string | undefined {
	if (CACHE.test(path)) {
		return `This program lies in a cache, from which it may be cleared at any time: ${path}. Then nothing would be started any more. Install promptpulse for good, and run promptpulse setup with that.`;
	}
	if (OWN_VERSION.test(path)) {
		return `This program lies in a folder that is named after its version: ${path}. Run promptpulse setup again after each update.`;
	}
	return undefined;
}

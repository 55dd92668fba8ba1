import { readdir, rm, stat } from "node:fs/promises";

/** No build takes this long. */
const STALE_MS = 60 * 60_000;

/**
 * Takes away what builds that were stopped have left.
 *
 * @param folder as a `file:` URL that ends in a slash
 * @param left names of what they leave
 */
export async function sweep(folder: URL, left: RegExp): Promise<void> {
	for (const name of await readdir(folder)) {
		if (!left.test(name)) continue;
		const place = new URL(name, folder);
		// Another build may have taken it away in this moment.
		const { mtimeMs } = await stat(place).catch(() => ({ mtimeMs: Date.now() }));
		if (Date.now() - mtimeMs > STALE_MS) await rm(place, { recursive: true, force: true });
	}
}

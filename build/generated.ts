import { mkdir, rename, rm } from "node:fs/promises";
import { makeAssets } from "./assets.ts";
import { makeNotices } from "./notices.ts";
import { ROOT } from "./root.ts";
import { sweep } from "./sweep.ts";

/** Makes `src/generated/`: what the program holds beside its sources. Made aside, so that nobody finds it half done. */
export async function makeGenerated(): Promise<void> {
	const aside = new URL(`src/generated.${process.pid}/`, ROOT);
	await mkdir(aside, { recursive: true });
	await Promise.all([makeAssets(aside), makeNotices(aside)]);
	const out = new URL("src/generated", ROOT);
	await rm(out, { recursive: true, force: true });
	await rename(aside, out);
	await sweep(new URL("src/", ROOT), /^generated\.\d+$/);
}

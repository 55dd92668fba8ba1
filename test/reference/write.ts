import { join } from "node:path";
import { makeReferences } from "./references.ts";

/** Writes the documents that are made from the program itself: `bun run docs`. */
for (const [path, text] of Object.entries(await makeReferences())) {
	await Bun.write(join(import.meta.dir, "../..", path), text);
	console.log(path);
}

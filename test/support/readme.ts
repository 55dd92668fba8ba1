import { readFileSync } from "node:fs";
import { join } from "node:path";

export const README = readFileSync(join(import.meta.dir, "../../README.md"), "utf8");

/** What the README tells people to type, line by line, without what it says beside it. */
export function listReadmeLines(): string[] {
	const blocks = [...README.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
	return blocks.flatMap((text) => text.trim().split("\n")).map((line) => line.replace(/\s+#.*$/, ""));
}

/** Every call of the program that stands anywhere in the README, as words. */
export function listReadmeCalls(): string[][] {
	const spans = [...README.matchAll(/`(promptpulse [^`]+)`/g)].map(([, text = ""]) => text);
	const lines = listReadmeLines().filter((line) => line.startsWith("promptpulse "));
	return [...spans, ...lines].map((text) => text.split(" ").slice(1));
}

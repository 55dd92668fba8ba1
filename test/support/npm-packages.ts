import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packNpm } from "../../release/npm.ts";
import { fileNameOf, TARGETS } from "../../release/targets.ts";
import { OWN_TARGET } from "./npm.ts";

/**
 * A program that tells how it was started and what came to it: `answer CODE` tells it as JSON and ends with the code,
 * `wait` tells of each signal until its input ends, `die SIGNAL` ends itself.
 */
const STAND_IN = `#!${process.execPath}
const [word, what] = process.argv.slice(2);
if (word === "die") {
	process.kill(process.pid, what);
	setInterval(() => {}, 1000);
} else if (word === "wait") {
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"])
		process.on(signal, () => console.log(signal));
	console.log("waits as " + process.pid);
	process.stdin.on("data", () => {}).on("end", () => process.exit(7));
} else {
	const input = require("node:fs").readFileSync(0, "latin1");
	console.log(JSON.stringify({ path: process.argv[1], words: process.argv.slice(2), env: process.env, cwd: process.cwd(), input }));
	console.error("told");
	process.exit(Number(what));
}
`;

/** Packs all packages; this machine's program is the stand-in, the others cannot be run. */
export async function packStandIns(made: string): Promise<{ folder: string; names: string[] }> {
	mkdirSync(made, { recursive: true });
	for (const target of TARGETS) {
		const text = target.name === OWN_TARGET ? STAND_IN : `the program for ${target.name}\n`;
		writeFileSync(join(made, fileNameOf(target)), text);
	}
	writeFileSync(join(made, "LICENSES.txt"), "the licences\n");
	const names = await packNpm({ made: pathToFileURL(`${made}/`), targets: TARGETS });
	return { folder: join(made, "npm"), names };
}

/** A file of a package: its mode in octal digits, and where it lies. */
export type PackedFile = { path: string; mode: string; content: Buffer };

/** Reads a packed package by the format's own description. */
export function readPacked(path: string): PackedFile[] {
	const tar = Buffer.from(Bun.gunzipSync(new Uint8Array(readFileSync(path))));
	const files: PackedFile[] = [];
	const text = (from: number, length: number) =>
		tar.toString("latin1", from, from + length).replace(/\0.*$/s, "");
	for (let at = 0; tar[at] !== 0; ) {
		const size = Number.parseInt(text(at + 124, 12), 8);
		files.push({
			path: text(at, 100),
			mode: text(at + 100, 8),
			content: tar.subarray(at + 512, at + 512 + size),
		});
		at += 512 + Math.ceil(size / 512) * 512;
	}
	return files;
}

import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { answer } from "./answers.ts";
import { Random } from "./random.ts";

const FILES = ["-home-dev-app/s1.jsonl", "-home-dev-app/s2.jsonl", "-home-dev-web/s1.jsonl"];

/**
 * Writes transcripts without a pause, as a process of its own, until all is written. Lines come in pieces; files are
 * written over in place with what they had, and replaced by such that have it too: nothing is lost in the end.
 */
async function writeBusily(projects: string, seed: number, lines: number): Promise<void> {
	const random = new Random(seed);
	const rest = new Map<string, Buffer>();
	const flush = (path: string, share: number) => {
		const bytes = rest.get(path) ?? Buffer.alloc(0);
		const end = Math.floor(bytes.length * share);
		appendFileSync(path, bytes.subarray(0, end));
		rest.set(path, bytes.subarray(end));
	};
	for (let n = 0; n < lines; n++) {
		const name = random.pick(FILES);
		const path = join(projects, name);
		mkdirSync(dirname(path), { recursive: true });
		const line = `${answer(random.integer(0, n), { usage: { output_tokens: n }, session: name.slice(-8, -6) })}\n`;
		rest.set(path, Buffer.concat([rest.get(path) ?? Buffer.alloc(0), Buffer.from(line)]));
		flush(path, random.pick([1, 1, random.next(), 0]));
		if (random.next() < 0.03) await random.pick([writeOver, replace])(path);
		if (random.next() < 0.02) await Bun.sleep(1);
	}
	for (const path of rest.keys()) flush(path, 1);
}

function writeOver(path: string): void {
	writeFileSync(path, readFileSync(path));
}

function replace(path: string): void {
	writeFileSync(`${path}.new`, readFileSync(path));
	renameSync(`${path}.new`, path);
}

if (import.meta.main) {
	const [projects = "", seed, lines] = process.argv.slice(2);
	await writeBusily(projects, Number(seed), Number(lines));
}

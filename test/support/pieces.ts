import { appendFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Random } from "./random.ts";

/**
 * Copies the transcripts of one config directory into another as time would bring them: files in random order, each
 * in random pieces that break anywhere, lines and characters included.
 *
 * @param afterEach called after every piece
 */
export async function copyInPieces(
	from: string,
	to: string,
	random: Random,
	afterEach: () => Promise<void>,
): Promise<void> {
	const waiting = readdirSync(join(from, "projects"), { recursive: true, encoding: "utf8" })
		.filter((path) => path.endsWith(".jsonl"))
		.map((path) => ({ path, pieces: cut(readFileSync(join(from, "projects", path)), random) }));
	while (waiting.length > 0) {
		const next = random.pick(waiting);
		const target = join(to, "projects", next.path);
		mkdirSync(dirname(target), { recursive: true });
		appendFileSync(target, next.pieces.shift() ?? "");
		if (next.pieces.length === 0) waiting.splice(waiting.indexOf(next), 1);
		await afterEach();
	}
}

function cut(bytes: Buffer, random: Random): Buffer[] {
	const places = Array.from({ length: random.integer(0, 2) }, () => random.integer(0, bytes.length));
	const ends = [...places.sort((a, b) => a - b), bytes.length];
	return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

import {
	type BigIntStats,
	closeSync,
	mkdirSync,
	openSync,
	renameSync,
	rmSync,
	statSync,
	truncateSync,
	utimesSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { answer } from "./answers.ts";
import type { Random } from "./random.ts";

/** Does to a file what no transcript's writer does: whatever was read of it stays, and what is there now is read. */
export type Damage = (path: string, bytes: Buffer, random: Random) => void;

/** So far into a file a change is seen though it has grown as well: before it grows, changes are seen everywhere. */
const NEAR = 1024;

/** By what it is, for a test's title. */
export const DAMAGES = {
	"cut off anywhere": (path, bytes, random) => truncateSync(path, random.integer(0, bytes.length)),
	emptied: (path) => truncateSync(path, 0),
	"rewritten in place without its first lines": (path, bytes, random) =>
		writeFileSync(path, withoutLines(bytes, random.integer(1, 3))),
	"rewritten in place, longer and with another first line": (path, bytes, random) =>
		writeFileSync(path, Buffer.concat([Buffer.from(`{"type":"summary","n":${random.next()}}\n`), bytes])),
	"cut off and written on with other lines, longer than it was": (path, bytes, random) => {
		const kept = bytes.subarray(0, random.integer(0, bytes.length));
		const first = random.integer(1_000_000, 2_000_000);
		const lines = Array.from(
			{ length: 2 + Math.ceil(bytes.length / 400) },
			(_, n) => `\n${answer(first + n)}`,
		);
		writeFileSync(path, Buffer.concat([kept, Buffer.from(lines.join(""))]));
	},
	"rewritten in place with the same size and time": (path, bytes, random) =>
		rewriteUnseen(path, withOtherCount(bytes, random, NEAR)),
	"replaced by another file": (path, bytes, random) => {
		writeFileSync(`${path}.new`, withOtherCount(withoutLines(bytes, random.integer(0, 2)), random, NEAR));
		renameSync(`${path}.new`, path);
	},
	"deleted and made again": (path, bytes, random) => {
		rmSync(path);
		writeFileSync(path, withOtherCount(bytes, random, NEAR));
	},
	deleted: (path) => rmSync(path),
	"moved to another folder": (path) => {
		const folder = join(dirname(path), "../-home-dev-moved");
		mkdirSync(folder, { recursive: true });
		renameSync(path, join(folder, path.slice(path.lastIndexOf("/") + 1)));
	},
} satisfies Record<string, Damage>;

function withoutLines(bytes: Buffer, lines: number): Buffer {
	let start = 0;
	for (let n = 0; n < lines; n++) start = bytes.indexOf("\n", start) + 1 || bytes.length;
	return bytes.subarray(start);
}

// Of a response itself, which its tier follows, and not of one of its extra parts.
const OUTPUT = /(?<="output_tokens":)\d(?=\d*,"service_tier")/g;

/** The same bytes but for one digit of an output before `end`, which is another one. */
export function withOtherCount(bytes: Buffer, random: Random, end: number): Buffer {
	const text = bytes.toString("latin1", 0, end);
	const places = Array.from(text.matchAll(OUTPUT), ({ index }) => index);
	if (places.length === 0) return bytes;
	const changed = Buffer.from(bytes);
	const place = random.pick(places);
	changed[place] = changed[place] === 0x39 ? 0x38 : 0x39;
	return changed;
}

/** Only the time of the inode's change tells of it, which cannot be set; it is waited for where clocks are coarse. */
export function rewriteUnseen(path: string, bytes: Buffer): void {
	const before = statSync(path, { bigint: true });
	let after: BigIntStats;
	do {
		const fd = openSync(path, "r+");
		writeSync(fd, bytes);
		closeSync(fd);
		utimesSync(path, Number(before.atimeNs) / 1e9, Number(before.mtimeNs) / 1e9);
		after = statSync(path, { bigint: true });
	} while (after.ctimeNs === before.ctimeNs);
}

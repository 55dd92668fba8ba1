import { HOUR } from "../ledger.ts";
import type { NaivePart } from "./naive-parts.ts";
import { PRESENT } from "./page-team.ts";

export type NaiveBlock = { start: number; end: number; isActive: boolean; parts: NaivePart[] };

/** Windows of five hours from an hour mark, ended sooner by five hours of silence; the oldest first. */
export function blocksOf(parts: readonly NaivePart[]): NaiveBlock[] {
	const blocks: NaiveBlock[] = [];
	let last = 0;
	for (const part of parts.toSorted((a, b) => a.at - b.at)) {
		const open = blocks.at(-1);
		if (open && part.at - open.start <= 5 * HOUR && part.at - last <= 5 * HOUR) open.parts.push(part);
		else blocks.push(blockFrom(part));
		last = part.at;
	}
	return blocks;
}

function blockFrom(part: NaivePart): NaiveBlock {
	const start = part.at - (part.at % HOUR);
	const end = start + 5 * HOUR;
	return { start, end, isActive: part.at <= PRESENT && PRESENT < end, parts: [part] };
}

import type { BlocksData, HistoryBlock, HistoryRow, OwnBlock } from "../../../views/blocks.tsx";
import { findLastBefore } from "../../reports/block-before.ts";
import { listBlockCourse } from "../../reports/block-course.ts";
import { type BlockShareRow, listBlockShares } from "../../reports/block-shares.ts";
import { type BlockRow, listBlocks, withGaps } from "../../reports/blocks.ts";
import { listReportedBlocks } from "../../reports/reported.ts";
import { hasNames } from "../../reports/source.ts";
import { BLOCK_MS, isGap } from "../../usage/block.ts";
import { type BlockPlace, type BlocksQuery, comparePlaces } from "../../usage/blocks-query.ts";
import { courseOf } from "../../usage/course.ts";
import { sumUsage } from "../../usage/usage.ts";
import type { Reading } from "./usage-page.ts";

/** So many blocks are drawn as bars: more would be too thin to point at. */
const MOST_BARS = 120;

/** Reads what the page of blocks shows for an address. */
export async function readBlocks(reading: Reading<BlocksQuery>): Promise<BlocksData> {
	const [active, history] = await Promise.all([readActive(reading), readHistory(reading)]);
	return { active, ...history };
}

/** The block that runs, over all machines and whatever the filters: limits count it so. */
async function readActive({ source, today, now }: Reading<BlocksQuery>): Promise<BlocksData["active"]> {
	const { db, asker, zone } = source;
	const blocks = await listBlocks(db, asker, { zone, mode: "calculate", since: today - 1 }, now);
	const block = blocks.find(({ isActive }) => isActive);
	if (!block) return undefined;
	return { block, course: courseOf(block, await listBlockCourse(db, asker, block), now) };
}

async function readHistory(reading: Reading<BlocksQuery>): Promise<Omit<BlocksData, "active">> {
	const { source, filter, query, now, most } = reading;
	const { db, asker } = source;
	const isNamed = hasNames(filter);
	const { zone, mode, since, until } = filter;
	// A total of a block tells neither project nor model: asked for some, it has no answer.
	const isReported = !filter.project && !filter.model;
	const [cut, lastBefore, reported] = await Promise.all([
		// Over everything, whatever the names: silences lie between all blocks.
		listBlocks(db, asker, { zone, mode, since, until }, now),
		findLastBefore(db, asker, filter),
		isReported ? listReportedBlocks(db, asker, filter) : [],
	]);
	const gaps = gapsOf(cut, lastBefore);
	const asOwn = (block: BlockRow): OwnBlock => ({ ...block, gapMs: gaps.get(block.start), shares: [] });
	// Names choose what is counted, and that is the sum of the machines' shares.
	const shares = isNamed ? await listBlockShares(db, asker, filter, cut) : undefined;
	const own = shares ? cut.flatMap((block) => countedIn(asOwn(block), shares)) : cut.map(asOwn);
	const rows: HistoryBlock[] = [
		...own.map((block) => ({ kind: "own" as const, block })),
		...reported.map((block) => ({ kind: "reported" as const, block })),
	];
	const placed = rows
		.map((row) => ({ row, place: placeOf(row) }))
		.sort((a, b) => comparePlaces(a.place, b.place));
	const { after } = query;
	const rest = after ? placed.filter(({ place }) => comparePlaces(place, after) > 0) : placed;
	const listed = rest.slice(0, most);
	return {
		rows: await withShares(
			reading,
			listed.map(({ row }) => row),
			isNamed,
		),
		next: rest.length > listed.length ? listed.at(-1)?.place : undefined,
		bars: own.slice(-Math.max(MOST_BARS, most)),
		counts: { own: own.length, reported: reported.length },
		usage: sumUsage(own),
	};
}

/** By the start of the block that follows a silence, how long that was, in ms. */
function gapsOf(blocks: readonly BlockRow[], lastBefore: number | undefined): Map<number, number> {
	const startAt = new Map(blocks.map(({ start, firstAt }) => [firstAt, start]));
	const gaps = new Map<number, number>();
	for (const row of withGaps(blocks)) {
		const start = "gap" in row ? startAt.get(row.end) : undefined;
		if (start !== undefined) gaps.set(start, row.end - row.start);
	}
	const [first] = blocks;
	if (first && lastBefore !== undefined && isGap(lastBefore, first.firstAt)) {
		gaps.set(first.start, first.firstAt - lastBefore - BLOCK_MS);
	}
	return gaps;
}

/** A block with what a filter lets through; none where nothing is left. */
function countedIn(block: OwnBlock, shares: ReadonlyMap<number, BlockShareRow[]>): OwnBlock[] {
	const own = shares.get(block.start);
	if (!own) return [];
	const left = new Set(own.flatMap(({ models }) => models.map(({ model }) => model)));
	return [
		{ ...block, ...sumUsage(own), models: block.models.filter((model) => left.has(model)), shares: own },
	];
}

/** Where they are not known already, shares are read for the blocks that are shown alone. */
async function withShares(
	{ source, filter }: Reading<BlocksQuery>,
	rows: readonly HistoryBlock[],
	isKnown: boolean,
): Promise<HistoryRow[]> {
	const blocks = rows.flatMap(({ kind, block }) => (kind === "own" ? [block] : []));
	if (isKnown || blocks.length === 0) return [...rows];
	const shares = await listBlockShares(source.db, source.asker, filter, blocks);
	return rows.map((row) =>
		row.kind === "own" ? { ...row, block: { ...row.block, shares: shares.get(row.block.start) ?? [] } } : row,
	);
}

function placeOf(row: HistoryBlock): BlockPlace {
	const { block } = row;
	if (row.kind === "own") return { start: block.start, label: "", block: "" };
	return { start: row.block.start, label: row.block.label, block: row.block.block };
}

import { BLOCK_MS } from "../usage/block.ts";
import { SLOT_MS } from "../usage/day.ts";
import { addExact, type Exact } from "../usage/usage.ts";
import { SUMMED, type Sums, sumsOfExtra } from "./contributions.ts";
import type { Transaction } from "./database.ts";
import { readExtra } from "./extra-parts.ts";

/** A block's extent, all epoch ms. */
export type Block = { start: number; firstAt: number; lastAt: number };

/** What a block comes to: its models in order of appearance, and the sums of {@link SUMMED}. */
export type BlockSums = { models: number[]; sums: Exact[] };

/**
 * Sums blocks. Blocks begin on the hour, so they are whole slots, but for a response just on the hour: there one block
 * can end and another begin. Where that is so, and where two models appear in the same slot first, events are looked at.
 *
 * @returns in the order of the blocks
 */
export async function sumBlocks(
	tx: Transaction,
	user: number,
	blocks: readonly Block[],
): Promise<BlockSums[]> {
	const sums: BlockSums[] = [];
	const shared = await listShared(tx, user, blocks);
	const ofSlots = await sumSlots(tx, user, blocks);
	for (const [i, block] of blocks.entries()) {
		const rows = ofSlots.get(i) ?? [];
		if (shared.has(i)) sums.push(await sumEvents(tx, user, block));
		else sums.push({ models: await orderModels(tx, user, block, rows), sums: addUp(rows) });
	}
	return sums;
}

type SlotSums = Record<(typeof SUMMED)[number], number> & { block: number; model: number; firstSlot: number };

/** Sums by model, the model that comes first in time first. */
async function sumSlots(
	tx: Transaction,
	user: number,
	blocks: readonly Block[],
): Promise<Map<number, SlotSums[]>> {
	const extents = blocks.map(({ start }, i) => [i, start / SLOT_MS, (start + BLOCK_MS) / SLOT_MS]);
	const rows = await tx.all<SlotSums>(
		`select
			b.value ->> 0 as block,
			s.model,
			min(s.slot) as firstSlot,
			${SUMMED.map((column) => `sum(s.${column}) as ${column}`).join(", ")}
		from json_each(?) as b
		cross join usage_slots as s on s.user = ? and s.slot >= b.value ->> 1 and s.slot < b.value ->> 2
		group by block, s.model
		order by block, firstSlot, s.model`,
		[JSON.stringify(extents), user],
	);
	return Map.groupBy(rows, (row) => row.block);
}

/** Places of the blocks that end or begin at a response just on the hour which is theirs or the one before's. */
async function listShared(tx: Transaction, user: number, blocks: readonly Block[]): Promise<Set<number>> {
	const shared = new Set<number>();
	const starts: [number, number][] = [];
	for (const [i, { start, firstAt, lastAt }] of blocks.entries()) {
		if (lastAt === start + BLOCK_MS) shared.add(i);
		if (firstAt > start) starts.push([i, start]);
	}
	const rows = await tx.all<{ block: number }>(
		`select b.value ->> 0 as block
		from json_each(?) as b
		cross join events as e on e.user = ? and e.at = b.value ->> 1 and e.replay = 0`,
		[JSON.stringify(starts), user],
	);
	for (const { block } of rows) shared.add(block);
	return shared;
}

function addUp(rows: readonly SlotSums[]): Exact[] {
	return SUMMED.map((column) => rows.reduce((sum: Exact, row) => addExact(sum, row[column]), 0));
}

async function orderModels(
	tx: Transaction,
	user: number,
	block: Block,
	rows: readonly SlotSums[],
): Promise<number[]> {
	const models: number[] = [];
	for (const [slot, together] of Map.groupBy(rows, (row) => row.firstSlot)) {
		const [only] = together;
		if (only && together.length === 1) models.push(only.model);
		else models.push(...(await orderWithin(tx, user, block, slot, together)));
	}
	return models;
}

/** The models that appear first in a slot, in the order in which they do. */
async function orderWithin(
	tx: Transaction,
	user: number,
	{ firstAt }: Block,
	slot: number,
	rows: readonly SlotSums[],
): Promise<number[]> {
	const from = Math.max(firstAt, slot * SLOT_MS);
	const wanted = new Set(rows.map((row) => row.model));
	const found = new Set<number>();
	for await (const event of eventsBetween(tx, user, from, (slot + 1) * SLOT_MS - 1)) {
		for (const { model } of partsOf(event)) if (wanted.has(model)) found.add(model);
		if (found.size === wanted.size) break;
	}
	return [...found];
}

async function sumEvents(tx: Transaction, user: number, { firstAt, lastAt }: Block): Promise<BlockSums> {
	const models = new Set<number>();
	const sums: Exact[] = SUMMED.map(() => 0);
	for await (const event of eventsBetween(tx, user, firstAt, lastAt)) {
		for (const part of partsOf(event)) {
			models.add(part.model);
			for (let i = 0; i < SUMMED.length; i++) sums[i] = addExact(sums[i] ?? 0, part.sums[i] ?? 0);
		}
	}
	return { models: [...models], sums };
}

/** What a block needs to know of an event. */
type BlockEvent = Record<(typeof SUMMED)[number], number> & {
	at: number;
	key: string;
	model: number;
	extra: string | null;
};

const PAGE = 256;

async function* eventsBetween(
	tx: Transaction,
	user: number,
	from: number,
	to: number,
): AsyncGenerator<BlockEvent> {
	for (let last = { at: from, key: "" }; ; ) {
		const page = await tx.all<BlockEvent>(
			`select
				at, key, model, extra,
				input, output, cache_write_5m, cache_write_1h, cache_read, web_searches,
				ifnull(cost, 0) as cost, 1 as responses, cost is null as unpriced
			from events
			where user = ? and at >= ? and at <= ? and (at, key) > (?, ?) and replay = 0
			order by at, key
			limit ?`,
			[user, last.at, to, last.at, last.key, PAGE],
		);
		yield* page;
		last = page.at(-1) ?? last;
		if (page.length < PAGE) return;
	}
}

function* partsOf(event: BlockEvent): Generator<{ model: number; sums: Sums }> {
	yield { model: event.model, sums: SUMMED.map((column) => event[column]) };
	for (const part of readExtra(event.extra)) yield { model: part.model, sums: sumsOfExtra(part, part.cost) };
}

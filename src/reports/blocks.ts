import type { Reader } from "../ledger/database.ts";
import {
	BLOCK_MS,
	type BurnRate,
	burnRate,
	isActiveBlock,
	isGap,
	type Projection,
	projectBlock,
} from "../usage/block.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { sumUsage, totalTokens, type Usage } from "../usage/usage.ts";
import { listBlockModels } from "./block-models.ts";
import { type Asker, hasNames, momentsOf } from "./source.ts";

/** A 5-hour window of all of a person's machines. Times are epoch ms, models in order of appearance. */
export type BlockRow = Usage & {
	start: number;
	end: number;
	firstAt: number;
	lastAt: number;
	models: string[];
	isActive: boolean;
	/** Of the running block only. */
	burnRate?: BurnRate | undefined;
	projection?: Projection | undefined;
};

/** A silence between two blocks that is longer than five hours. */
export type GapRow = { gap: true; start: number; end: number };

/** A block as it was cut, whatever it is asked for. */
type CutBlock = Omit<BlockRow, "end" | "isActive">;

type StoredBlock = Omit<CutBlock, "models"> & { models: string };

/**
 * Blocks, oldest first. The filter's days choose blocks by their start. Blocks are cut over everything; a filter's names
 * choose what is counted in them.
 *
 * @param now epoch ms
 */
export async function listBlocks(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	now: number,
): Promise<BlockRow[]> {
	return listBlocksFrom(db, asker, filter, momentsOf(filter), now);
}

/** Blocks that begin from one moment on and before another. */
async function listBlocksFrom(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	{ from, before }: { from: number; before: number },
	now: number,
): Promise<BlockRow[]> {
	const stored = await db.all<StoredBlock>(
		`select
			start, first_at as firstAt, last_at as lastAt,
			(
				select json_group_array(name)
				from (
					select models.name
					from json_each(blocks.models) as listed
					join models on models.id = listed.value
					order by listed.key
				)
			) as models,
			input, output,
			cache_write_5m as cacheWrite5m, cache_write_1h as cacheWrite1h, cache_read as cacheRead,
			web_searches as webSearches, cost as costNanoUsd, responses, unpriced
		from blocks
		where user = ? and start >= ? and start < ?
		order by start`,
		[asker.id, from, before],
	);
	const blocks = stored.map((block) => ({ ...block, models: JSON.parse(block.models) as string[] }));
	const isStored = filter.mode === "calculate" && !hasNames(filter);
	return (isStored ? blocks : await recounted(db, asker, filter, blocks)).map((block) => asBlock(block, now));
}

/** Puts the silences between blocks in their places. */
export function withGaps(blocks: readonly BlockRow[]): (BlockRow | GapRow)[] {
	return blocks.flatMap((block, i) => {
		const before = blocks[i - 1];
		if (!before || !isGap(before.lastAt, block.firstAt)) return [block];
		return [{ gap: true, start: before.lastAt + BLOCK_MS, end: block.firstAt }, block];
	});
}

function asBlock(cut: CutBlock, now: number): BlockRow {
	const block: BlockRow = { ...cut, end: cut.start + BLOCK_MS, isActive: isActiveBlock(cut, now) };
	if (!block.isActive) return block;
	const use = {
		firstAt: block.firstAt,
		lastAt: block.lastAt,
		tokens: Number(totalTokens(block)),
		plainTokens: Number(block.input) + Number(block.output),
		costNanoUsd: Number(block.costNanoUsd),
	};
	const rate = burnRate(use);
	return { ...block, burnRate: rate, projection: rate && projectBlock(use, rate, block.start, now) };
}

/** Fills blocks with what a filter lets through; those in which nothing is left go. */
async function recounted(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	blocks: readonly CutBlock[],
): Promise<CutBlock[]> {
	const models = await listBlockModels(db, asker, filter, blocks);
	return blocks.flatMap((block) => {
		const own = models.get(block.start);
		if (!own) return [];
		const left = new Set(own.map(({ model }) => model));
		return [{ ...block, ...sumUsage(own), models: block.models.filter((model) => left.has(model)) }];
	});
}

/** The block that is running, if one is. */
export async function findRunningBlock(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	now: number,
): Promise<BlockRow | undefined> {
	const { from, before } = momentsOf(filter);
	const recent = { from: Math.max(from, now - BLOCK_MS), before };
	return (await listBlocksFrom(db, asker, filter, recent, now)).find((block) => block.isActive);
}

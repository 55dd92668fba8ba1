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
import { ZoneClock } from "../usage/day.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { addExact, type Exact, totalTokens, type Usage } from "../usage/usage.ts";
import { type Asker, costsOf } from "./source.ts";

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

type StoredBlock = Omit<BlockRow, "end" | "isActive" | "models"> & { models: string };

/**
 * Blocks, oldest first. The filter's days choose blocks by their start.
 *
 * @param now epoch ms
 */
export async function listBlocks(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	now: number,
): Promise<BlockRow[]> {
	const clock = new ZoneClock(filter.zone);
	const from = filter.since === undefined ? 0 : clock.startOf(filter.since);
	const until = filter.until === undefined ? Number.MAX_SAFE_INTEGER : clock.startOf(filter.until + 1);
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
		[asker.id, from, until],
	);
	const costs = filter.mode === "calculate" ? stored : await costsInMode(db, asker, filter, stored);
	return costs.map((block) => asBlock(block, now));
}

/** Puts the silences between blocks in their places. */
export function withGaps(blocks: readonly BlockRow[]): (BlockRow | GapRow)[] {
	return blocks.flatMap((block, i) => {
		const before = blocks[i - 1];
		if (!before || !isGap(before.lastAt, block.firstAt)) return [block];
		return [{ gap: true, start: before.lastAt + BLOCK_MS, end: block.firstAt }, block];
	});
}

function asBlock(stored: StoredBlock, now: number): BlockRow {
	const block: BlockRow = {
		...stored,
		end: stored.start + BLOCK_MS,
		models: JSON.parse(stored.models),
		isActive: isActiveBlock(stored, now),
	};
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

async function costsInMode(
	db: Reader,
	asker: Asker,
	{ mode }: UsageFilter,
	blocks: readonly StoredBlock[],
): Promise<StoredBlock[]> {
	const source = costsOf(asker, mode, blocks[0]?.firstAt ?? 0, blocks.at(-1)?.lastAt ?? 0);
	const moments = await db.all<{ at: number; costNanoUsd: Exact; unpriced: number }>(
		`${source.sql}
		select at, sum(cost) as costNanoUsd, sum(unpriced) as unpriced
		from used
		group by at
		order by at`,
		source.parameters,
	);
	let next = 0;
	return blocks.map((block) => {
		let costNanoUsd: Exact = 0;
		let unpriced = 0;
		for (let moment = moments[next]; moment && moment.at <= block.lastAt; moment = moments[++next]) {
			costNanoUsd = addExact(costNanoUsd, moment.costNanoUsd);
			unpriced += moment.unpriced;
		}
		return { ...block, costNanoUsd, unpriced };
	});
}

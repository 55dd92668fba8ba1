import type { Reader } from "../ledger/database.ts";
import { BLOCK_MS } from "../usage/block.ts";
import { SLOT_MS } from "../usage/day.ts";
import type { UsageFilter } from "../usage/filter.ts";
import type { BlockRow } from "./blocks.ts";
import { groupUsage, type UsageRow } from "./grouped.ts";
import { type Asker, namedIn, partsBetween } from "./source.ts";

/** What one machine used in a block. */
export type BlockShareRow = UsageRow & { label: string; machine: string };

type Extent = Pick<BlockRow, "start" | "firstAt" | "lastAt">;

const MACHINE = {
	key: { label: "machines.label", machine: "machines.uuid" },
	joins: "join machine_names as machines on machines.id = used.machine",
};

/**
 * What each machine that the filter names, or each there is, used in some blocks, at list price: by the block's start,
 * machines by label and UUID. A block is whole quarters of an hour, but for a response just on the hour that is the last of
 * one block while another begins; of these two the responses themselves are read.
 */
export async function listBlockShares(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	blocks: readonly Extent[],
): Promise<Map<number, BlockShareRow[]>> {
	const meeting = await listMeeting(db, asker, blocks);
	const apart = blocks.filter(({ start }) => !meeting.has(start));
	const names = namedIn(asker.id, filter);
	const source = {
		sql: `with used as (
			select
				block.value ->> 0 as block, machine, model,
				input, output, cache_write_5m, cache_write_1h, cache_read, web_searches, cost, responses, unpriced
			from json_each(?) as block
			cross join usage_slots on user = ? and slot >= block.value ->> 1 and slot < block.value ->> 2 ${names.sql}
		)`,
		parameters: [
			JSON.stringify(apart.map(({ start }) => [start, start / SLOT_MS, (start + BLOCK_MS) / SLOT_MS])),
			asker.id,
			...names.parameters,
		],
	};
	const key = { block: "used.block", ...MACHINE.key };
	const rows = await groupUsage<{ block: number; label: string; machine: string }>(db, source, {
		...MACHINE,
		key,
	});
	const shares = new Map<number, BlockShareRow[]>(Map.groupBy(rows, ({ block }) => block));
	for (const { start, firstAt, lastAt } of blocks) {
		if (!meeting.has(start)) continue;
		const parts = partsBetween(asker, { ...filter, mode: "calculate" }, firstAt, lastAt);
		const own = await groupUsage<{ label: string; machine: string }>(db, parts, MACHINE);
		if (own.length > 0) shares.set(start, own);
	}
	return shares;
}

/** Starts of the blocks that end just where another may begin, or begin where one ends. */
async function listMeeting(db: Reader, { id }: Asker, blocks: readonly Extent[]): Promise<Set<number>> {
	const ending = blocks.filter(({ start, lastAt }) => lastAt === start + BLOCK_MS);
	const begun = blocks.filter(({ start, firstAt }) => firstAt > start);
	const rows = await db.all<{ start: number }>(
		`select distinct block.value as start
		from json_each(?) as block
		cross join events on events.user = ? and events.at = block.value and events.replay = 0
		order by start`,
		[JSON.stringify(begun.map(({ start }) => start)), id],
	);
	return new Set([...ending, ...rows].map(({ start }) => start));
}

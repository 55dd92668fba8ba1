import { blockStart, opensBlock } from "../usage/block.ts";
import { addExact, type Exact } from "../usage/usage.ts";
import { SUMMED, type Sums, sumsOfExtra } from "./contributions.ts";
import type { Batch, Transaction, Value } from "./database.ts";
import { readExtra } from "./extra-parts.ts";

type Block = { start: number; firstAt: number; lastAt: number; models: number[]; sums: Exact[] };

/** Events are read so many at a time: few at first, for most cuts end after a block or two. */
const SMALLEST_PAGE = 128;
const LARGEST_PAGE = 4_096;

/**
 * Cuts a person's blocks anew where events came, went or changed. From each such time on, blocks are cut until one
 * opens with the same response as before; from there everything stands as it stood.
 *
 * @param touched times (epoch ms) of the events that changed, those that they left included
 */
export async function changeBlocks(tx: Transaction, user: number, touched: Iterable<number>): Promise<void> {
	const times = [...new Set(touched)].sort((a, b) => a - b);
	for (let next = 0; next < times.length; ) {
		const first = times[next] ?? 0;
		const { from, deleteFrom } = await startOfCut(tx, user, first);
		const blocks: Block[] = [];
		let block: Block | undefined;
		let syncedAt: number | undefined;
		for await (const event of eventsSince(tx, user, from)) {
			const { at } = event;
			if (!block || opensBlock(at, block.start, block.lastAt)) {
				while ((times[next] ?? Number.POSITIVE_INFINITY) < at) next++;
				if (at > first && times[next] !== at && (await opensAt(tx, user, at))) {
					syncedAt = blockStart(at);
					break;
				}
				block = { start: blockStart(at), firstAt: at, lastAt: at, models: [], sums: SUMMED.map(() => 0) };
				blocks.push(block);
			}
			addToBlock(block, event);
		}
		if (syncedAt === undefined) next = times.length;
		await tx.run("delete from blocks where user = ? and start >= ? and start < ?", [
			user,
			deleteFrom,
			syncedAt ?? Number.MAX_SAFE_INTEGER,
		]);
		await tx.batch([insertBlocks(user, blocks)]);
	}
}

/**
 * A block that starts strictly before the change cannot itself be taken into the one before it; one that starts at
 * that very moment could.
 */
async function startOfCut(
	tx: Transaction,
	user: number,
	at: number,
): Promise<{ from: number; deleteFrom: number }> {
	const earlier = await tx.get<{ start: number; firstAt: number }>(
		`select start, first_at as firstAt
		from blocks
		where user = ? and start < ?
		order by start desc
		limit 1`,
		[user, at],
	);
	return earlier
		? { from: Math.min(earlier.firstAt, at), deleteFrom: earlier.start }
		: { from: at, deleteFrom: 0 };
}

async function opensAt(tx: Transaction, user: number, at: number): Promise<boolean> {
	const found = await tx.get("select 1 as found from blocks where user = ? and start = ? and first_at = ?", [
		user,
		blockStart(at),
		at,
	]);
	return found !== undefined;
}

/** What a block needs to know of an event. */
type BlockEvent = Record<(typeof SUMMED)[number], number> & {
	at: number;
	key: string;
	model: number;
	extra: string | null;
};

async function* eventsSince(tx: Transaction, user: number, from: number): AsyncGenerator<BlockEvent> {
	let last = { at: from, key: "" };
	for (let size = SMALLEST_PAGE; ; size = Math.min(2 * size, LARGEST_PAGE)) {
		const page = await tx.all<BlockEvent>(
			`select
				at, key, model, extra,
				input, output, cache_write_5m, cache_write_1h, cache_read, web_searches,
				ifnull(cost, 0) as cost, 1 as responses, cost is null as unpriced
			from events
			where user = ? and at >= ? and (at, key) > (?, ?) and replay = 0
			order by at, key
			limit ?`,
			[user, last.at, last.at, last.key, size],
		);
		yield* page;
		last = page.at(-1) ?? last;
		if (page.length < size) return;
	}
}

function addToBlock(block: Block, event: BlockEvent): void {
	block.lastAt = event.at;
	addPart(
		block,
		event.model,
		SUMMED.map((column) => event[column]),
	);
	for (const part of readExtra(event.extra)) addPart(block, part.model, sumsOfExtra(part, part.cost));
}

function addPart(block: Block, model: number, sums: Sums): void {
	if (!block.models.includes(model)) block.models.push(model);
	for (let i = 0; i < SUMMED.length; i++) block.sums[i] = addExact(block.sums[i] ?? 0, sums[i] ?? 0);
}

function insertBlocks(user: number, blocks: readonly Block[]): Batch {
	const columns = ["user", "start", "first_at", "last_at", "models", ...SUMMED];
	return {
		sql: `insert into blocks (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`,
		rows: blocks.map((block): Value[] => [
			user,
			block.start,
			block.firstAt,
			block.lastAt,
			JSON.stringify(block.models),
			...block.sums,
		]),
	};
}

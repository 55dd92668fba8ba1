import { blockStart, opensBlock } from "../usage/block.ts";
import { contributionsOf, SUMMED, type Sums } from "./contributions.ts";
import type { Batch, Transaction, Value } from "./database.ts";
import { type EventRow, selectEvents } from "./event-rows.ts";

type Block = { start: number; firstAt: number; lastAt: number; models: number[]; sums: Sums };

/** Events are read this many at a time, so memory does not grow with the history. */
const PAGE = 2_000;

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
		for await (const row of eventsSince(tx, user, from)) {
			const { at } = row.event;
			if (!block || opensBlock(at, block.start, block.lastAt)) {
				while ((times[next] ?? Number.POSITIVE_INFINITY) < at) next++;
				if (at > first && times[next] !== at && (await opensAt(tx, user, at))) {
					syncedAt = blockStart(at);
					break;
				}
				block = { start: blockStart(at), firstAt: at, lastAt: at, models: [], sums: SUMMED.map(() => 0) };
				blocks.push(block);
			}
			addToBlock(block, row);
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

async function* eventsSince(tx: Transaction, user: number, from: number): AsyncGenerator<EventRow> {
	let at = from;
	let key = "";
	while (true) {
		const page = await selectEvents(
			tx,
			`from (
				select *
				from events
				where user = ? and at >= ? and (at, key) > (?, ?) and replay = 0
				order by at, key
				limit ?
			) as e`,
			[user, at, at, key, PAGE],
		);
		page.sort((a, b) => a.event.at - b.event.at || (a.event.key < b.event.key ? -1 : 1));
		yield* page;
		const last = page.at(-1);
		if (!last || page.length < PAGE) return;
		at = last.event.at;
		key = last.event.key;
	}
}

function addToBlock(block: Block, row: EventRow): void {
	block.lastAt = row.event.at;
	for (const { model, sums } of contributionsOf(row)) {
		if (!block.models.includes(model)) block.models.push(model);
		for (let i = 0; i < SUMMED.length; i++) block.sums[i] = (block.sums[i] ?? 0) + (sums[i] ?? 0);
	}
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

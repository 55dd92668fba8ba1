import { BLOCK_MS, blockStart } from "../usage/block.ts";
import { type Block, sumBlocks } from "./block-sums.ts";
import { SUMMED } from "./contributions.ts";
import type { Batch, Transaction, Value } from "./database.ts";

/**
 * Cuts a person's blocks anew where events came, went or changed, after the slots have. From each such time on, blocks
 * are cut until one opens with the same response as before; from there everything stands as it stood.
 *
 * @param touched times (epoch ms) of the events that changed, those that they left included
 */
export async function changeBlocks(tx: Transaction, user: number, touched: Iterable<number>): Promise<void> {
	const times = Float64Array.from(touched).sort();
	for (let next = 0; next < times.length; ) {
		const first = times[next] as number;
		const { from, deleteFrom } = await startOfCut(tx, user, first);
		const blocks: Block[] = [];
		let syncedAt: number | undefined;
		for (let at = await findNext(tx, user, from); at !== undefined; ) {
			while ((times[next] ?? Number.POSITIVE_INFINITY) < at) next++;
			if (at > first && times[next] !== at && (await opensAt(tx, user, at))) {
				syncedAt = blockStart(at);
				break;
			}
			const block = { start: blockStart(at), firstAt: at, lastAt: await findLast(tx, user, at) };
			blocks.push(block);
			at = await findNext(tx, user, block.lastAt + 1);
		}
		if (syncedAt === undefined) next = times.length;
		await tx.run("delete from blocks where user = ? and start >= ? and start < ?", [
			user,
			deleteFrom,
			syncedAt ?? Number.MAX_SAFE_INTEGER,
		]);
		await tx.batch([await insertBlocks(tx, user, blocks)]);
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

async function findNext(tx: Transaction, user: number, from: number): Promise<number | undefined> {
	const next = await tx.get<{ at: number | null }>(
		"select min(at) as at from events where user = ? and at >= ? and replay = 0",
		[user, from],
	);
	return next?.at ?? undefined;
}

/** A block lasts five hours from its start; a silence that would end it sooner does not fit into them. */
async function findLast(tx: Transaction, user: number, firstAt: number): Promise<number> {
	const last = await tx.get<{ at: number | null }>(
		"select max(at) as at from events where user = ? and at >= ? and at <= ? and replay = 0",
		[user, firstAt, blockStart(firstAt) + BLOCK_MS],
	);
	return last?.at ?? firstAt;
}

async function opensAt(tx: Transaction, user: number, at: number): Promise<boolean> {
	const found = await tx.get("select 1 as found from blocks where user = ? and start = ? and first_at = ?", [
		user,
		blockStart(at),
		at,
	]);
	return found !== undefined;
}

async function insertBlocks(tx: Transaction, user: number, blocks: readonly Block[]): Promise<Batch> {
	const columns = ["user", "start", "first_at", "last_at", "models", ...SUMMED];
	const summed = await sumBlocks(tx, user, blocks);
	return {
		sql: `insert into blocks (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`,
		rows: blocks.map((block, i): Value[] => [
			user,
			block.start,
			block.firstAt,
			block.lastAt,
			JSON.stringify(summed[i]?.models),
			...(summed[i]?.sums ?? []),
		]),
	};
}

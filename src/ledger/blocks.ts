import { BLOCK_MS, blockStart } from "../usage/block.ts";
import { HOUR_MS } from "../usage/day.ts";
import { type Block, isShared, readSums, slotSums, sumEvents } from "./block-sums.ts";
import { SUMMED } from "./contributions.ts";
import type { Transaction, Value } from "./database.ts";
import { insertRows } from "./row-batches.ts";

/**
 * Cuts a person's blocks anew where events came, went or changed, after the slots have. From each such time on, blocks
 * are cut until one opens with the same response as before; from there everything stands as it stood.
 *
 * @param touched times (epoch ms) of the events that changed, those that they left included
 */
export async function changeBlocks(tx: Transaction, user: number, touched: Iterable<number>): Promise<void> {
	const stretches = stretchesOf(touched);
	if (stretches.length === 0) return;
	const steps = await tx.all<Step>(CUT, [JSON.stringify(stretches), user]);
	const emptied: Value[][] = [];
	const blocks: (Block & { sums: string | null })[] = [];
	for (const { kind, deleteFrom, at, lastAt, sums } of steps) {
		// A run of blocks ends where everything stands as it stood, or with the last event.
		if (kind === "block") blocks.push({ start: blockStart(at), firstAt: at, lastAt, sums });
		else emptied.push([user, deleteFrom, at === null ? Number.MAX_SAFE_INTEGER : blockStart(at)]);
	}
	const summed = await Promise.all(
		blocks.map((block) => (block.sums === null ? sumEvents(tx, user, block) : readSums(block.sums))),
	);
	const rows = blocks.map(({ start, firstAt, lastAt }, i): Value[] => {
		const { models = [], sums = [] } = summed[i] ?? {};
		return [user, start, firstAt, lastAt, JSON.stringify(models), ...sums];
	});
	await tx.batch([
		{ sql: "delete from blocks where user = ? and start >= ? and start < ?", rows: emptied },
		insertRows("blocks", ["user", "start", "first_at", "last_at", "models", ...SUMMED], rows),
	]);
}

/**
 * Times that are no further apart than a block is long, together: between them no block is looked for that stands as it
 * stood.
 *
 * @returns first and last of each, in order
 */
function stretchesOf(touched: Iterable<number>): [first: number, last: number][] {
	const stretches: [number, number][] = [];
	for (const at of Float64Array.from(touched).sort()) {
		const last = stretches.at(-1);
		if (last && at - last[1] <= BLOCK_MS) last[1] = at;
		else stretches.push([at, at]);
	}
	return stretches;
}

/** A block, or (`end`) where a run of them ends: at the block that stands, or nowhere. */
type Step =
	| { kind: "block"; deleteFrom: number; at: number; lastAt: number; sums: string | null }
	| { kind: "end"; deleteFrom: number; at: number | null; lastAt: null; sums: null };

const START = `cut.at - cut.at % ${HOUR_MS}`;

/**
 * The whole cut as one question. A row of `cut` is a step: a `run` begins at the first time of a stretch, `look` has the
 * first event of what may be the next block, which becomes a `block` or, where everything stands from there on, an `end`.
 *
 * A block that starts strictly before the change cannot itself be taken into the one before it; one that starts at that
 * very moment could. So a run goes back to the last block that starts before it.
 */
const CUT = `
with recursive
stretches as materialized (select value ->> 0 as first, value ->> 1 as last from json_each(?)),
cut (step, kind, user, run, delete_from, at, last_at) as (
	select 0, 'run', ?, min(first), null, null, null from stretches
	union all
	select
		step + 1,
		case kind
			when 'end' then 'run'
			when 'look' then iif(
				at is null
				or at > run
				and not exists (select 1 from stretches where cut.at between first and last)
				and exists (
					select 1 from blocks as b where b.user = cut.user and b.start = ${START} and b.first_at = cut.at
				),
				'end',
				'block'
			)
			else 'look'
		end,
		user,
		iif(kind = 'end', (select min(first) from stretches where first > cut.at), run),
		iif(
			kind = 'run',
			ifnull((select max(b.start) from blocks as b where b.user = cut.user and b.start < cut.run), 0),
			delete_from
		),
		case kind
			when 'run' then (
				select min(e.at)
				from events as e
				where e.user = cut.user and e.replay = 0 and e.at >= min(cut.run, ifnull(
					(
						select b.first_at
						from blocks as b
						where b.user = cut.user and b.start < cut.run
						order by b.start desc
						limit 1
					),
					cut.run
				))
			)
			when 'block' then (
				select min(e.at) from events as e where e.user = cut.user and e.replay = 0 and e.at > cut.last_at
			)
			else at
		end,
		iif(
			kind = 'look',
			(
				select max(e.at)
				from events as e
				where e.user = cut.user and e.replay = 0 and e.at >= cut.at and e.at <= ${START} + ${BLOCK_MS}
			),
			last_at
		)
	from cut
	where kind <> 'end' or exists (select 1 from stretches where first > cut.at)
)
select
	kind,
	delete_from as deleteFrom,
	at,
	iif(kind = 'block', last_at, null) as lastAt,
	iif(
		kind <> 'block' or ${isShared("cut.user", START, "cut.at", "cut.last_at")},
		null,
		${slotSums("cut.user", START, "cut.at")}
	) as sums
from cut
where kind in ('block', 'end')
order by step`;

import { BLOCK_MS } from "../usage/block.ts";
import { SLOT_MS } from "../usage/day.ts";
import { addExact, type Exact } from "../usage/usage.ts";
import { SUMMED } from "./contributions.ts";
import type { Reader } from "./database.ts";

/** A block's extent, all epoch ms. */
export type Block = { start: number; firstAt: number; lastAt: number };

/** What a block comes to: its models in order of appearance, and the sums of {@link SUMMED}. */
export type BlockSums = { models: number[]; sums: Exact[] };

/** The columns of an event's parts, and their place in time: of one moment by key, the main model before the extra ones. */
function placedParts(user: string, from: string, until: string): string {
	const place = "printf('%016d', e.at) || ' ' || e.key";
	const within = `e.user = ${user} and e.at >= ${from} and e.at <= ${until} and e.replay = 0`;
	return `
		select
			${place} || ' 000' as place, e.model,
			e.input, e.output, e.cache_write_5m, e.cache_write_1h, e.cache_read, e.web_searches,
			ifnull(e.cost, 0) as cost, 1 as responses, e.cost is null as unpriced
		from events as e
		where ${within}
		union all
		select
			${place} || printf(' %03d', 1 + part.key), part.value ->> 0,
			part.value ->> 1, part.value ->> 2, part.value ->> 3, part.value ->> 4, part.value ->> 5, 0,
			ifnull(part.value ->> 6, 0), 0, part.value ->> 6 is null
		from events as e, json_each(e.extra) as part
		where ${within} and e.extra is not null`;
}

const SUMS = SUMMED.map((column) => `sum(${column}) as ${column}`).join(", ");
const AS_LIST = `json_group_array(json_array(model, ${SUMMED.join(", ")}))`;

/** For each of the models that appear in one quarter first its events are looked at: of more, all are, once. */
const MOST_TOGETHER = 4;

/**
 * The SQL of what a block that begins at `start` comes to, summed from the quarters of an hour that it is made of: a JSON
 * list of models in order of appearance, each with the sums of {@link SUMMED}. Of models that appear in the same quarter
 * first, events tell which came before the other; where these are many it is null, and {@link sumEvents} tells. It does
 * not hold for a block that {@link isShared}.
 */
export function slotSums(user: string, start: string, firstAt: string): string {
	const quarterEnd = `(first_slot + 1) * ${SLOT_MS} - 1`;
	return `(
		select iif(max(together) > ${MOST_TOGETHER}, null, ${AS_LIST}) from (
			select *
			from (
				select *, count(*) over (partition by first_slot) as together
				from (
					select model, min(slot) as first_slot, ${SUMS}
					from usage_slots
					where user = ${user}
						and slot >= (${start}) / ${SLOT_MS} and slot < (${start} + ${BLOCK_MS}) / ${SLOT_MS}
					group by model
				)
			) as used
			order by
				first_slot,
				iif(together = 1 or together > ${MOST_TOGETHER}, null, (
					select min(place)
					from (${placedParts(user, `max(${firstAt}, first_slot * ${SLOT_MS})`, quarterEnd)}) as placed
					where placed.model = used.model
				)),
				model
		)
	)`;
}

/** The SQL of whether a block begins or ends at a response just on the hour which is its own or the one's beside it. */
export function isShared(user: string, start: string, firstAt: string, lastAt: string): string {
	return `(
		${lastAt} = ${start} + ${BLOCK_MS}
		or (${firstAt} > ${start} and exists (
			select 1 from events as e where e.user = ${user} and e.at = ${start} and e.replay = 0
		))
	)`;
}

/** What a block comes to, summed from its events. */
export async function sumEvents(
	db: Reader,
	user: number,
	{ firstAt, lastAt }: Pick<Block, "firstAt" | "lastAt">,
): Promise<BlockSums> {
	const parts = placedParts(
		"(select user from asked)",
		"(select first_at from asked)",
		"(select last_at from asked)",
	);
	const found = await db.get<{ sums: string }>(
		`with asked as materialized (select ? as user, ? as first_at, ? as last_at)
		select ${AS_LIST} as sums from (
			select model, min(place) as place, ${SUMS} from (${parts}) group by model order by 2
		)`,
		[user, firstAt, lastAt],
	);
	return readSums(found?.sums ?? "[]");
}

/** @param text as {@link slotSums} makes it */
export function readSums(text: string): BlockSums {
	const rows = JSON.parse(text, exactNumber) as [number, ...Exact[]][];
	const sums: Exact[] = SUMMED.map(() => 0);
	for (const [, ...ofModel] of rows) {
		for (let i = 0; i < SUMMED.length; i++) sums[i] = addExact(sums[i] ?? 0, ofModel[i] ?? 0);
	}
	return { models: rows.map(([model]) => model), sums };
}

function exactNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
	return typeof value === "number" && !Number.isSafeInteger(value) ? BigInt(context?.source ?? value) : value;
}

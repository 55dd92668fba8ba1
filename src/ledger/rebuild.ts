import { DAY_MS, monthOf, SLOT_MS, ZoneClock } from "../usage/day.ts";
import { changeBlocks } from "./blocks.ts";
import type { Transaction, Value } from "./database.ts";
import type { LedgerUser } from "./users.ts";

export const SUMS_OF_PARTS = `
	sum(input), sum(output), sum(cache_write_5m), sum(cache_write_1h), sum(cache_read), sum(web_searches),
	sum(ifnull(cost, 0)), sum(responses), sum(cost is null)`;

const SUMS_OF_SLOTS = `
	sum(input), sum(output), sum(cache_write_5m), sum(cache_write_1h), sum(cache_read), sum(web_searches),
	sum(cost), sum(responses), sum(unpriced)`;

export const ZONE = `zone as materialized (
	select value ->> 0 as starts, value ->> 1 as ends, value ->> 2 as shift
	from json_each(?)
)`;

/** The day of a moment in its zone, rounded down: where it is still 1969 at the beginning of 1970 too. */
export const dayOf = (moment: string) => `(${moment} + shift + ${DAY_MS}) / ${DAY_MS} - 1`;

/** 9999-12-31: SQLite writes no later day, and east of Greenwich one more begins before the end of time. */
const LAST_WRITTEN_DAY = 2_932_896;

const DAY_SLOTS = DAY_MS / SLOT_MS;

/** When an event's slot begins, which settles its day. */
export const SLOT_START = `(at - at % ${SLOT_MS})`;

/**
 * Makes every rollup of a user anew from the events: what ingest keeps by difference, counted from nothing. Of what is
 * before the user's horizon there are no events any more; there the slots are what everything else is made from.
 */
export async function rebuildRollups(tx: Transaction, user: LedgerUser): Promise<void> {
	await tx.run("delete from usage_slots where user = ? and slot >= ?", [user.id, firstSlot(user)]);
	await tx.run(
		`insert into usage_slots
		select ?, at / ${SLOT_MS}, machine, project, model, ${SUMS_OF_PARTS}
		from parts where user = ? and at >= ? group by 2, machine, project, model`,
		[user.id, user.id, firstSlot(user) * SLOT_MS],
	);
	await replace(
		tx,
		user,
		"session_parts",
		`select ?, session, machine, project, model, min(at), max(at), ${SUMS_OF_PARTS}
		from parts where user = ? group by session, machine, project, model`,
	);
	await replace(
		tx,
		user,
		"person_days",
		`select ?, slot / ${DAY_SLOTS} as day, ${SUMS_OF_SLOTS}
		from usage_slots where user = ? group by day`,
	);
	await replace(
		tx,
		user,
		"person_months",
		`select
			?,
			(strftime('%Y', day * 86400, 'unixepoch') - 1970) * 12 + strftime('%m', day * 86400, 'unixepoch') - 1 as month,
			${SUMS_OF_SLOTS}
		from person_days where user = ? group by month`,
	);
	await rebuildDays(tx, user);
	await tx.run("delete from blocks where user = ?", [user.id]);
	await changeBlocks(tx, user.id, [0]);
}

/** Makes the rollups by local day anew, after the user's zone changed. */
export async function rebuildDays(tx: Transaction, user: LedgerUser): Promise<void> {
	const zone = await zoneOf(tx, user);
	await tx.run("delete from usage_days where user = ?", [user.id]);
	await tx.run(
		`insert into usage_days
		with ${ZONE}
		select user, ${dayOf(`slot * ${SLOT_MS}`)} as day, machine, project, model, ${SUMS_OF_SLOTS}
		from usage_slots
		join zone on slot * ${SLOT_MS} >= starts and slot * ${SLOT_MS} < ends
		where user = ?
		group by day, machine, project, model`,
		[zone, user.id],
	);
	await replace(
		tx,
		user,
		"usage_months",
		`select
			?,
			iif(
				day > ${LAST_WRITTEN_DAY},
				${monthOf(LAST_WRITTEN_DAY) + 1},
				(strftime('%Y', day * 86400, 'unixepoch') - 1970) * 12 + strftime('%m', day * 86400, 'unixepoch') - 1
			) as month,
			machine, project, model, ${SUMS_OF_SLOTS}
		from usage_days where user = ? group by month, machine, project, model`,
	);
	await replace(
		tx,
		user,
		"model_days",
		`select ?, day, model, ${SUMS_OF_SLOTS} from usage_days where user = ? group by day, model`,
	);
	await tx.run("delete from branch_days where user = ?", [user.id]);
	await tx.run(
		`insert into branch_days
		with ${ZONE}
		select user, ${dayOf(SLOT_START)} as day, project, branch, model, ${SUMS_OF_PARTS}
		from parts
		join zone on ${SLOT_START} >= starts and ${SLOT_START} < ends
		where user = ?
		group by day, project, branch, model`,
		[zone, user.id],
	);
}

/** The first slot of which all events are kept. */
function firstSlot({ horizon }: LedgerUser): number {
	return Math.ceil(horizon / SLOT_MS);
}

async function replace(tx: Transaction, user: LedgerUser, table: string, select: string): Promise<void> {
	const parameters: Value[] = [user.id, user.id];
	await tx.run(`delete from ${table} where user = ?`, [user.id]);
	await tx.run(`insert into ${table} ${select}`, parameters);
}

/** The spans of the user's zone that have usage: a stray moment thousands of years ahead brings no more than its own. */
export async function zoneOf(tx: Transaction, user: LedgerUser): Promise<string> {
	const clock = new ZoneClock(user.zone);
	const spans: number[][] = [];
	for (let from = 0; ; ) {
		const used = await tx.get<{ slot: number | null }>(
			"select min(slot) as slot from usage_slots where user = ? and slot >= ?",
			[user.id, Math.ceil(from / SLOT_MS)],
		);
		if (used?.slot == null) return JSON.stringify(spans);
		const span = clock.spanAt(used.slot * SLOT_MS);
		spans.push([span.from, span.until, span.offset]);
		from = span.until;
	}
}

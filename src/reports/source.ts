import type { Reader, Value } from "../ledger/database.ts";
import { SLOT_MS, ZoneClock } from "../usage/day.ts";
import type { CostMode, UsageFilter } from "../usage/filter.ts";

/** Whose usage is asked for: the person's number in the ledger and the zone that the person's days are kept in. */
export type Asker = { id: number; zone: string };

/**
 * What a report reads from: a `with` clause that defines `used`, whose rows have `user`, `model`, the summed columns
 * and those that were asked for.
 */
export type Source = { sql: string; parameters: Value[] };

/** Columns that a report groups by, beside `model`. */
export type Dimension = "day" | "machine" | "project" | "branch";

const SUMMED = "input, output, cache_write_5m, cache_write_1h, cache_read, web_searches";

/** Cost and `unpriced` of a row of `parts`. */
const COSTS: Record<CostMode, string> = {
	calculate: "ifnull(cost, 0) as cost, cost is null as unpriced",
	auto: "coalesce(reported, cost, 0) as cost, coalesce(reported, cost) is null as unpriced",
	display: "ifnull(reported, 0) as cost, 0 as unpriced",
};

/**
 * The narrowest table that can answer: days of the person's own zone, else quarters of an hour, else the events
 * themselves.
 */
export async function usedBy(
	db: Reader,
	{ id, zone }: Asker,
	filter: UsageFilter,
	dimensions: readonly Dimension[],
): Promise<Source> {
	const clock = new ZoneClock(filter.zone);
	const inOwnDays = filter.mode === "calculate" && (filter.zone === zone || isWhole(filter, dimensions));
	if (inOwnDays && !dimensions.includes("branch")) return ownDays("usage_days", id, filter);
	if (inOwnDays && !dimensions.includes("machine")) return ownDays("branch_days", id, filter);
	const spans = await spansOf(db, id, clock, filter);
	const inSlots = filter.mode === "calculate" && !dimensions.includes("branch") && spans.every(isInSlots);
	return inSlots ? slots(id, spans) : events(id, filter.mode, spans);
}

/** Sessions by machine, project and model, with first and last times, whole and of all times. */
export function sessionsOf({ id }: Asker, mode: CostMode): Source {
	if (mode === "calculate") {
		return { sql: "with used as (select * from session_parts where user = ?)", parameters: [id] };
	}
	return {
		sql: `with used as (
			select session, project, model, at as first_at, at as last_at, ${SUMMED}, ${COSTS[mode]}, responses
			from parts
			where user = ?
		)`,
		parameters: [id],
	};
}

/** What each moment cost, in order; for blocks, which keep one cost alone. */
export function costsOf({ id }: Asker, mode: CostMode, from: number, until: number): Source {
	return {
		sql: `with used as (
			select at, ${COSTS[mode]}
			from parts
			where user = ? and at between ? and ?
		)`,
		parameters: [id, from, until],
	};
}

/** Without dates and days the zone does not matter. */
function isWhole({ since, until }: UsageFilter, dimensions: readonly Dimension[]): boolean {
	return since === undefined && until === undefined && !dimensions.includes("day");
}

function ownDays(table: string, user: number, { since, until }: UsageFilter): Source {
	return {
		sql: `with used as (select * from ${table} where user = ? and day between ? and ?)`,
		parameters: [user, since ?? Number.MIN_SAFE_INTEGER, until ?? Number.MAX_SAFE_INTEGER],
	};
}

type Span = { from: number; until: number; offset: number };

/** The stretches of equal distance from UTC that the asked days are made of, cut to the days and to what there is. */
async function spansOf(db: Reader, user: number, clock: ZoneClock, filter: UsageFilter): Promise<Span[]> {
	const known = await db.get<{ first: number | null; last: number | null }>(
		`select
			(select min(slot) from usage_slots where user = ?) as first,
			(select max(slot) from usage_slots where user = ?) as last`,
		[user, user],
	);
	if (known?.first == null || known.last == null) return [];
	const { since, until } = filter;
	const from = Math.max(known.first * SLOT_MS, since === undefined ? 0 : clock.startOf(since));
	const end = (known.last + 1) * SLOT_MS;
	const before = until === undefined ? end : Math.min(end, clock.startOf(until + 1));
	return clock.spansBetween(from, before).map((span) => ({
		from: Math.max(span.from, from),
		until: Math.min(span.until, before),
		offset: span.offset,
	}));
}

function isInSlots({ from, until, offset }: Span): boolean {
	return from % SLOT_MS === 0 && until % SLOT_MS === 0 && offset % SLOT_MS === 0;
}

const ZONE = `zone as materialized (
	select value ->> 'from' as starts, value ->> 'until' as ends, value ->> 'offset' as shift
	from json_each(?)
)`;

function slots(user: number, spans: readonly Span[]): Source {
	return {
		sql: `with ${ZONE},
			used as (
				select
					(slot * ${SLOT_MS} + shift) / 86400000 as day,
					machine, project, model, ${SUMMED}, cost, responses, unpriced
				from zone
				cross join usage_slots on user = ? and slot >= starts / ${SLOT_MS} and slot < ends / ${SLOT_MS}
			)`,
		parameters: [JSON.stringify(spans), user],
	};
}

function events(user: number, mode: CostMode, spans: readonly Span[]): Source {
	return {
		sql: `with ${ZONE},
			used as (
				select
					(at + shift) / 86400000 as day,
					machine, project, branch, model, ${SUMMED}, ${COSTS[mode]}, responses
				from zone
				cross join parts on user = ? and at >= starts and at < ends
			)`,
		parameters: [JSON.stringify(spans), user],
	};
}

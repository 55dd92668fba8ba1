import type { Reader, Value } from "../ledger/database.ts";
import { DAY_MS, firstDayOf, HOUR_MS, monthOf, SLOT_MS, ZoneClock } from "../usage/day.ts";
import { type CostMode, type NameFilter, NO_NAMES, type UsageFilter } from "../usage/filter.ts";

/** Whose usage is asked for: the person's number in the ledger and the zone that the person's days are kept in. */
export type Asker = { id: number; zone: string };

/**
 * What a report reads from: a `with` clause that defines `used`, whose rows have `user`, `model`, the summed columns
 * and those that were asked for.
 */
export type Source = { sql: string; parameters: Value[] };

/** Columns that a report groups by, beside `model`. `hour` counts local hours since 1970-01-01. */
export type Dimension = "day" | "hour" | "machine" | "project" | "branch";

/** Those that tell more than `model_days` does. */
const PLACES: readonly Dimension[] = ["machine", "project", "branch"];

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
	const needed = new Set(dimensions);
	if (filter.machine) needed.add("machine");
	const names = namedIn(id, filter);
	const isOwnZone = filter.zone === zone || isWhole(filter, dimensions);
	if (filter.mode === "calculate" && isOwnZone && !needed.has("hour")) {
		const isByModel = !filter.project && PLACES.every((place) => !needed.has(place));
		if (isByModel) return ownDays("model_days", id, filter, names);
		if (!needed.has("branch")) {
			return needed.has("day") ? ownDays("usage_days", id, filter, names) : ownMonths(id, filter, names);
		}
		if (!needed.has("machine")) return ownDays("branch_days", id, filter, names);
	}
	const spans = await spansOf(db, id, filter);
	const inSlots = filter.mode === "calculate" && !needed.has("branch") && spans.every(isInSlots);
	return inSlots ? slots(id, spans, names) : events(id, filter.mode, spans, names);
}

/** Sessions by machine, project and model, with first and last times, whole and of all times. */
export function sessionsOf({ id }: Asker, filter: UsageFilter): Source {
	const names = namedIn(id, filter);
	if (filter.mode === "calculate") {
		return {
			sql: `with used as (select * from session_parts where user = ? ${names.sql})`,
			parameters: [id, ...names.parameters],
		};
	}
	return {
		sql: `with used as (
			select
				session, machine, project, model, at as first_at, at as last_at,
				${SUMMED}, ${COSTS[filter.mode]}, responses
			from parts
			where user = ? ${names.sql}
		)`,
		parameters: [id, ...names.parameters],
	};
}

/** Sessions day by day, with `session`. Reads the responses themselves, so it is for few days. */
export function sessionDaysOf({ id }: Asker, filter: UsageFilter & { since: number; until: number }): Source {
	const clock = new ZoneClock(filter.zone);
	const count = Math.max(0, filter.until - filter.since + 1);
	const days = Array.from({ length: count }, (_, i) => filter.since + i);
	const names = namedIn(id, filter);
	return {
		sql: `with used as (
			select session, day.value ->> 0 as day, model, ${SUMMED}, ${COSTS[filter.mode]}, responses
			from json_each(?) as day
			cross join parts on user = ? and at >= day.value ->> 1 and at < day.value ->> 2 ${names.sql}
		)`,
		parameters: [
			JSON.stringify(days.map((day) => [day, clock.startOf(day), clock.startOf(day + 1)])),
			id,
			...names.parameters,
		],
	};
}

/** 9999-12-31, the last day that can be written. */
const LAST_DAY = 2_932_896;

/** The moments (epoch ms) from which on and before which a filter's days lie. */
export function momentsOf({ zone, since, until }: UsageFilter): { from: number; before: number } {
	const startOf = (day: number) => new ZoneClock(zone).startOf(day);
	return {
		from: since === undefined ? 0 : startOf(since),
		before: until === undefined || until >= LAST_DAY ? Number.MAX_SAFE_INTEGER : startOf(until + 1),
	};
}

/**
 * Conditions that keep to a filter's names. Machines go by UUID or label. Names that count under one another stand for all
 * of these.
 */
export function namedIn(user: number, filter: UsageFilter): Source {
	const conditions: string[] = [];
	const parameters: Value[] = [];
	const add = (column: string, { only, not }: NameFilter, test: string, places: number) => {
		for (const [word, names] of [["in", only] as const, ["not in", not] as const]) {
			if (names.length === 0) continue;
			const named = `from ${column}s where user = ? and (${test})`;
			const meant = MERGED.includes(column)
				? `select id from ${column}s where user = ? and ifnull(merged_into, id) in (
					select ifnull(merged_into, id) ${named}
				)`
				: `select id ${named}`;
			conditions.push(`and ${column} ${word} (${meant})`);
			if (MERGED.includes(column)) parameters.push(user);
			parameters.push(user, ...new Array<string>(places).fill(JSON.stringify(names)));
		}
	};
	const LISTED = "in (select value from json_each(?))";
	add("project", filter.project ?? NO_NAMES, `name ${LISTED}`, 1);
	add("model", filter.model ?? NO_NAMES, `name ${LISTED}`, 1);
	add("machine", filter.machine ?? NO_NAMES, `uuid ${LISTED} or label ${LISTED}`, 2);
	return { sql: conditions.join(" "), parameters };
}

/** What people merge. */
const MERGED = ["project", "machine"];

/** What counts between two moments, both included, part by part. */
export function partsBetween({ id }: Asker, filter: UsageFilter, from: number, until: number): Source {
	const names = namedIn(id, filter);
	return {
		sql: `with used as (
			select at, machine, model, ${SUMMED}, ${COSTS[filter.mode]}, responses
			from parts
			where user = ? and at between ? and ? ${names.sql}
		)`,
		parameters: [id, from, until, ...names.parameters],
	};
}

/** Whether a filter keeps to some names. */
export function hasNames({ project, model, machine }: UsageFilter): boolean {
	return (project ?? model ?? machine) !== undefined;
}

/** Without dates and days the zone does not matter. */
function isWhole({ since, until }: UsageFilter, dimensions: readonly Dimension[]): boolean {
	return (
		since === undefined && until === undefined && !dimensions.includes("day") && !dimensions.includes("hour")
	);
}

function ownDays(table: string, user: number, { since, until }: UsageFilter, names: Source): Source {
	return {
		sql: `with used as (select * from ${table} where user = ? and day between ? and ? ${names.sql})`,
		parameters: [
			user,
			since ?? Number.MIN_SAFE_INTEGER,
			until ?? Number.MAX_SAFE_INTEGER,
			...names.parameters,
		],
	};
}

const COUNTED = `machine, project, model, ${SUMMED}, cost, responses, unpriced`;

/** Whole months, and the days before and after them: a year of someone's usage is read in a thirtieth of its rows. */
function ownMonths(user: number, filter: UsageFilter, names: Source): Source {
	const { since, until } = filter;
	const first = since === undefined ? Number.MIN_SAFE_INTEGER : monthOf(since - 1) + 1;
	const last = until === undefined ? Number.MAX_SAFE_INTEGER : monthOf(until + 1) - 1;
	if (first > last) return ownDays("usage_days", user, filter, names);
	const before = since === undefined ? [] : [["usage_days", "day", since, firstDayOf(first) - 1] as const];
	const after = until === undefined ? [] : [["usage_days", "day", firstDayOf(last + 1), until] as const];
	const stretches = [...before, ["usage_months", "month", first, last] as const, ...after];
	const selects = stretches.map(
		([table, column]) =>
			`select ${COUNTED} from ${table} where user = ? and ${column} between ? and ? ${names.sql}`,
	);
	return {
		sql: `with used as (${selects.join(" union all ")})`,
		parameters: stretches.flatMap(([, , from, to]) => [user, from, to, ...names.parameters]),
	};
}

type Span = { from: number; until: number; offset: number };

/**
 * The stretches of equal distance from UTC that the asked days are made of, cut to these days by the local clock: one
 * that is put back over midnight comes to the end of a day twice. Only those with usage: a single time far off would
 * otherwise make thousands of them.
 */
async function spansOf(db: Reader, user: number, filter: UsageFilter): Promise<Span[]> {
	const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
	const clock = new ZoneClock(filter.zone);
	const spans: Span[] = [];
	for (let from = Math.max(0, (since - 1) * DAY_MS); from < (until + 2) * DAY_MS; ) {
		const used = await db.get<{ slot: number | null }>(
			"select min(slot) as slot from usage_slots where user = ? and slot >= ?",
			[user, Math.floor(from / SLOT_MS)],
		);
		if (used?.slot == null) break;
		const span = clock.spanAt(Math.max(from, used.slot * SLOT_MS));
		const cut = {
			from: Math.max(span.from, since * DAY_MS - span.offset),
			until: Math.min(span.until, (until + 1) * DAY_MS - span.offset),
			offset: span.offset,
		};
		if (cut.from < cut.until) spans.push(cut);
		from = span.until;
	}
	return spans;
}

function isInSlots({ from, until, offset }: Span): boolean {
	return from % SLOT_MS === 0 && until % SLOT_MS === 0 && offset % SLOT_MS === 0;
}

const ZONE = `zone as materialized (
	select value ->> 'from' as starts, value ->> 'until' as ends, value ->> 'offset' as shift
	from json_each(?)
)`;

/** Columns of the local day and hour of a local time. SQL rounds towards zero, but 1970 may begin in 1969. */
function localOf(time: string): string {
	return `(${time} + ${DAY_MS}) / ${DAY_MS} - 1 as day, (${time} + ${DAY_MS}) / ${HOUR_MS} - 24 as hour`;
}

function slots(user: number, spans: readonly Span[], names: Source): Source {
	return {
		sql: `with ${ZONE},
			used as (
				select
					${localOf(`slot * ${SLOT_MS} + shift`)},
					machine, project, model, ${SUMMED}, cost, responses, unpriced
				from zone
				cross join usage_slots on user = ? and slot >= starts / ${SLOT_MS} and slot < ends / ${SLOT_MS}
					${names.sql}
			)`,
		parameters: [JSON.stringify(spans), user, ...names.parameters],
	};
}

function events(user: number, mode: CostMode, spans: readonly Span[], names: Source): Source {
	return {
		sql: `with ${ZONE},
			used as (
				select
					${localOf("at + shift")},
					machine, project, branch, model, ${SUMMED}, ${COSTS[mode]}, responses
				from zone
				cross join parts on user = ? and at >= starts and at < ends
					${names.sql}
			)`,
		parameters: [JSON.stringify(spans), user, ...names.parameters],
	};
}

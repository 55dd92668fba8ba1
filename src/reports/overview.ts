import type { Reader } from "../ledger/database.ts";
import { HOUR_MS, monthOf, ZoneClock } from "../usage/day.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { type OverviewQuery, TOKEN_KINDS, type TokenKind } from "../usage/overview-query.ts";
import { lengthOf, type Period } from "../usage/period.ts";
import type { PriceBook } from "../usage/price.ts";
import { cacheSavings } from "../usage/savings.ts";
import { NO_USAGE, sumUsage, type Usage } from "../usage/usage.ts";
import type { ViewQuery } from "../usage/view-query.ts";
import { MONDAY, WEEKDAYS, weekOf } from "../usage/weekdays.ts";
import { type Bucket, listSeries, type SeriesRow } from "./series.ts";
import { listSessionTimes } from "./session-times.ts";
import type { Asker } from "./source.ts";

/** One slot of a chart's time axis: its number (see {@link SeriesRow}), and what was used in it. */
export type Slot = { bucket: number; usage: Usage; sessions: number; activeDays: number; parts: Part[] };

/** What one name used in a slot. */
export type Part = { name: string; usage: Usage };

/** A period cut into slots, all of them, those without usage too. */
export type Span = {
	period: Period;
	bucket: Bucket;
	slots: Slot[];
	usage: Usage;
	sessions: number;
	activeDays: number;
	/** What the cache saved, in nano-dollars; see {@link cacheSavings}. */
	savedNanoUsd: number;
};

/** The slots that suit a period's length. */
export function bucketOf(period: Period): Bucket {
	const days = lengthOf(period);
	if (days <= 2) return "hour";
	if (days <= 100) return "day";
	return days <= 400 ? "week" : "month";
}

/**
 * A period over time, stacked by what the query says.
 *
 * @param bucket of the period that it stands beside, so that both have slots of one length
 */
export async function readSpan(
	db: Reader,
	asker: Asker,
	query: OverviewQuery,
	{ period, bucket, ...source }: { period: Period; bucket: Bucket; prices: PriceBook } & OwnDays,
): Promise<Span> {
	const { zone, weekStart, prices } = source;
	const filter = filterOf(query, period, source);
	const clock = new ZoneClock(zone);
	const by = query.by === "kind" ? "model" : query.by;
	const isByDay = bucket === "day" || bucket === "hour";
	const [series, days, sessions] = await Promise.all([
		listSeries(db, asker, filter, bucket, by),
		isByDay ? undefined : listSeries(db, asker, filter, "day", "model"),
		listSessionTimes(db, asker, filter),
	]);
	const rows = Map.groupBy(series, (row) => row.bucket);
	const toBucket = bucketFinder(clock, bucket, weekStart);
	const sessionsIn = Map.groupBy(sessions, toBucket);
	const daysIn = Map.groupBy(days ?? [], (row) => bucketOfDay(row.bucket, bucket, weekStart));
	const slots = bucketsOf(period, bucket, weekStart).map((number): Slot => {
		const own = rows.get(number) ?? [];
		return {
			bucket: number,
			usage: sumUsage(own),
			sessions: sessionsIn.get(number)?.length ?? 0,
			activeDays: days ? (daysIn.get(number)?.length ?? 0) : Number(own.length > 0),
			parts: partsOf(own, query.by),
		};
	});
	const all = [...rows.values()].flat();
	return {
		period,
		bucket,
		slots,
		usage: sumUsage(slots.map((slot) => slot.usage)),
		sessions: sessions.length,
		activeDays: bucket === "hour" ? hoursToDays(all) : slots.reduce((sum, slot) => sum + slot.activeDays, 0),
		savedNanoUsd: savedBy(all, bucket, clock, prices),
	};
}

/** How a person's days and weeks are counted: in which IANA zone, and on which day of the week (0 is Monday) weeks begin. */
export type OwnDays = { zone: string; weekStart: number };

/** A query's filter for some days. */
export function filterOf(query: ViewQuery, period: Period, { zone, weekStart }: OwnDays): UsageFilter {
	const { project, model, machine } = query;
	const isAny = ({ only, not }: typeof project) => only.length + not.length === 0;
	return {
		zone,
		weekStart,
		mode: "calculate",
		since: period.since,
		until: period.until,
		project: isAny(project) ? undefined : project,
		model: isAny(model) ? undefined : model,
		machine: isAny(machine) ? undefined : machine,
	};
}

const HOURS = 24;

/** The numbers of all slots of a period. */
export function bucketsOf({ since, until }: Period, bucket: Bucket, weekStart = MONDAY): number[] {
	const first = bucket === "hour" ? since * HOURS : bucketOfDay(since, bucket, weekStart);
	const last = bucket === "hour" ? until * HOURS + HOURS - 1 : bucketOfDay(until, bucket, weekStart);
	const step = bucket === "week" ? WEEKDAYS : 1;
	return Array.from({ length: (last - first) / step + 1 }, (_, i) => first + i * step);
}

function bucketOfDay(day: number, bucket: Bucket, weekStart: number): number {
	if (bucket === "week") return weekOf(day, weekStart);
	return bucket === "month" ? monthOf(day) : day;
}

function bucketFinder(clock: ZoneClock, bucket: Bucket, weekStart: number): (at: number) => number {
	if (bucket === "hour") return (at) => Math.floor((at + clock.spanAt(at).offset) / HOUR_MS);
	return (at) => bucketOfDay(clock.dayAt(at), bucket, weekStart);
}

function hoursToDays(rows: readonly SeriesRow[]): number {
	return new Set(rows.map((row) => Math.floor(row.bucket / HOURS))).size;
}

/** What each name, or each kind of token, used in one slot. */
function partsOf(rows: readonly SeriesRow[], by: OverviewQuery["by"]): Part[] {
	if (by === "kind") return kindsOf(sumUsage(rows));
	if (by !== "model") return rows.map(({ name, ...usage }) => ({ name, usage }));
	return rows.flatMap((row) => row.models.map((usage) => ({ name: usage.model, usage })));
}

function kindsOf({ cacheRead, cacheWrite5m, cacheWrite1h, input, output }: Usage): Part[] {
	const parts: Record<TokenKind, Partial<Usage>> = {
		"Cache read": { cacheRead },
		"Cache write": { cacheWrite5m, cacheWrite1h },
		Input: { input },
		Output: { output },
	};
	return TOKEN_KINDS.map((name) => ({ name, usage: { ...NO_USAGE, ...parts[name] } }));
}

/** At the rates of each slot's beginning. */
function savedBy(rows: readonly SeriesRow[], bucket: Bucket, clock: ZoneClock, prices: PriceBook): number {
	let saved = 0;
	for (const row of rows) {
		for (const usage of row.models)
			saved += cacheSavings(prices, usage, ratesTime(bucket, row.bucket, clock));
	}
	return saved;
}

/** The moment (epoch ms) whose rates are taken for a slot. */
export function ratesTime(bucket: Bucket, number: number, clock: ZoneClock): number {
	if (bucket === "hour") return clock.startOf(Math.floor(number / HOURS));
	return bucket === "month" ? Date.UTC(1970, number) : clock.startOf(number);
}

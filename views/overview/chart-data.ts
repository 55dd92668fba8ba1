import type { Slot, Span } from "../../src/reports/overview.ts";
import type { Metric, OverviewQuery } from "../../src/usage/overview-query.ts";
import { assignSeries, MOST_SERIES } from "../../src/usage/series.ts";
import { hourOf, slotWords } from "../parts/days.ts";
import type { Labels } from "../parts/names.ts";
import { isStacked, measure, measureUsage, UNITS, type Unit } from "./measure.ts";

/** Series 8 is "Other". */
const OTHER = MOST_SERIES + 1;

/** What one name comes to in each slot. `series`: 1 to 8, its colour, point and dash. */
export type ChartSeries = { name: string; label: string; series: number; values: number[] };

export type ChartSlot = { tick: string; title: string; before: string | undefined };

/** All that a chart shows: drawn by the browser, written in a table by us. */
export type Chart = {
	metric: Metric;
	unit: Unit;
	/** Of a slot. */
	length: Span["bucket"];
	slots: ChartSlot[];
	/** The greatest first, "Other" last. */
	series: ChartSeries[];
	totals: (number | undefined)[];
	/** The compared period, slot by slot; empty where there is none. */
	before: (number | undefined)[];
	/** The slot that is not over, if there is one; what comes after is still to come. */
	partial: number | undefined;
};

export function chartOf({
	query,
	span,
	before,
	labels,
	colours,
	present,
}: {
	query: OverviewQuery;
	span: Span;
	before: Span | undefined;
	labels: Labels;
	colours: ReadonlyMap<string, number>;
	/** The number of the slot that is running; see {@link presentBucket}. */
	present: number;
}): Chart {
	const { metric } = query;
	const partial = span.slots.findIndex(({ bucket }) => bucket === present);
	return {
		metric,
		unit: UNITS[metric],
		length: span.bucket,
		slots: span.slots.map(({ bucket }, i) => chartSlot(span, bucket, before?.slots[i], i === partial)),
		series: isStacked(metric) ? stacked(query, span, labels, colours) : [],
		totals: span.slots.map((slot) => measure(metric, slot)),
		before: (before?.slots ?? []).slice(0, span.slots.length).map((slot) => measure(metric, slot)),
		partial: partial === -1 ? undefined : partial,
	};
}

/** The bucket of the present moment in a span. */
export function presentBucket(span: Span, now: number, zone: string, today: number): number {
	switch (span.bucket) {
		case "hour":
			return hourOf(now, zone);
		case "day":
			return today;
		default:
			// The last slot that began: a week or a month is running if today lies in it.
			return span.period.until < today
				? Number.NaN
				: (span.slots.findLast(({ bucket }) => startOf(span, bucket) <= today)?.bucket ?? Number.NaN);
	}
}

function startOf({ bucket: length }: Span, bucket: number): number {
	return length === "month" ? Date.UTC(1970, bucket) / 86_400_000 : bucket;
}

/** The names that a chart tells apart: the greatest of its measure. */
export function shownNames(metric: Metric, span: Span): string[] {
	return [...totalsByName(metric, span)]
		.filter(([, total]) => total > 0)
		.sort(([a, totalA], [b, totalB]) => totalB - totalA || (a < b ? -1 : 1))
		.map(([name]) => name);
}

/** The colours of names: the same in every filter, as long as there are enough. */
export function coloursOf(known: readonly string[], shown: readonly string[]): Map<string, number> {
	return assignSeries(known, known.length <= MOST_SERIES ? known : shown.slice(0, MOST_SERIES));
}

function totalsByName(metric: Metric, span: Span): Map<string, number> {
	const totals = new Map<string, number>();
	for (const { parts } of span.slots) {
		for (const { name, usage } of parts)
			totals.set(name, (totals.get(name) ?? 0) + measureUsage(metric, usage));
	}
	return totals;
}

function stacked(
	query: OverviewQuery,
	span: Span,
	labels: Labels,
	colours: ReadonlyMap<string, number>,
): ChartSeries[] {
	const names = shownNames(query.metric, span);
	const own = names.filter((name) => colours.has(name));
	const others = new Set(names.filter((name) => !colours.has(name)));
	const valuesOf = (isMeant: (name: string) => boolean) =>
		span.slots.map((slot) => sumOf(query.metric, slot, isMeant));
	const series = own.map((name) => ({
		name,
		label: query.by === "kind" ? name : labels[query.by](name),
		series: colours.get(name) ?? OTHER,
		values: valuesOf((other) => other === name),
	}));
	if (others.size === 0) return series;
	const label = others.size === 1 ? "Other (1)" : `Other (${others.size})`;
	return [...series, { name: "", label, series: OTHER, values: valuesOf((name) => others.has(name)) }];
}

function sumOf(metric: Metric, { parts }: Slot, isMeant: (name: string) => boolean): number {
	return parts.reduce((sum, { name, usage }) => (isMeant(name) ? sum + measureUsage(metric, usage) : sum), 0);
}

function chartSlot(span: Span, bucket: number, before: Slot | undefined, isPartial: boolean): ChartSlot {
	const { tick, title } = slotWords(span.bucket, bucket);
	const present = span.bucket === "day" ? "Today" : "Now";
	return {
		tick: isPartial ? present : tick,
		title,
		before: before && slotWords(span.bucket, before.bucket).short,
	};
}

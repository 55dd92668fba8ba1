import type { PatternMetric } from "../../src/usage/patterns-query.ts";
import { totalTokens, type Usage } from "../../src/usage/usage.ts";
import { nameOfWeekday } from "../../src/usage/weekdays.ts";
import { measureUsage, UNITS, type Unit, written } from "../overview/measure.ts";
import { costOf, counted, money, short, whole } from "../parts/words.ts";
import type { PatternsData } from "../patterns.tsx";

/** A cell of the week, and what it comes to in a metric. */
export type BusyCell = { weekday: number; hour: number; usage: Usage };

/** The cell with most of a metric, of equal ones the first of the person's week; none where no cell has anything. */
export function busiestCell(
	metric: PatternMetric,
	{ cells, week }: Pick<PatternsData, "cells" | "week">,
): BusyCell | undefined {
	let busiest: BusyCell | undefined;
	let most = 0;
	for (const weekday of week) {
		for (const [hour, usage] of (cells[weekday] ?? []).entries()) {
			const value = measureUsage(metric, usage);
			if (value <= most) continue;
			most = value;
			busiest = { weekday, hour, usage };
		}
	}
	return busiest;
}

/** `Busiest: Tuesday 14:00 – 15:00, $123.40 over 4 Tuesdays, $30.85 on average.` */
export function busiestWords(metric: PatternMetric, cell: BusyCell, counts: readonly number[]): string {
	return `Busiest: ${cellWords(metric, cell, counts)}.`;
}

/** `Tuesday 14:00 – 15:00, $123.40 over 4 Tuesdays, $30.85 on average` */
export function cellWords(
	metric: PatternMetric,
	{ weekday, hour, usage }: BusyCell,
	counts: readonly number[],
): string {
	const name = nameOfWeekday(weekday);
	const days = counts[weekday] ?? 0;
	const start = `${name} ${hourWords(hour)}, ${amountOf(metric, usage)}`;
	if (days < 2) return start;
	return `${start} over ${counted(days, name)}, ${averageWords(metric, usage, days)} on average`;
}

/** `14:00 – 15:00` */
export function hourWords(hour: number): string {
	return `${clock(hour)} – ${clock(hour + 1)}`;
}

/** `09` */
export function hourTick(hour: number): string {
	return String(hour).padStart(2, "0");
}

/** In full, with its noun where a number alone would not say what it counts. */
function amountOf(metric: PatternMetric, usage: Usage): string {
	if (metric === "cost") return costOf(usage);
	if (metric === "tokens") return counted(totalTokens(usage), "token");
	return counted(usage.responses, "response");
}

/** A number for a table's cell; a dash for nothing. */
export function cellOf(metric: PatternMetric, usage: Usage): string {
	if (metric === "cost" && usage.unpriced !== 0) return costOf(usage);
	const value = measureUsage(metric, usage);
	return value === 0 ? "–" : written(unitOf(metric), value);
}

/** What an average day of so many has of it; a dash where there are none. */
export function averageWords(metric: PatternMetric, usage: Usage, days: number): string {
	if (days === 0) return "–";
	const average = measureUsage(metric, usage) / days;
	if (metric === "cost") return money(Math.round(average));
	if (metric === "tokens") return short(Math.round(average));
	return average < 10 ? String(Math.round(average * 10) / 10) : whole(Math.round(average));
}

export function unitOf(metric: PatternMetric): Unit {
	return UNITS[metric];
}

function clock(hour: number): string {
	return `${hourTick(hour)}:00`;
}

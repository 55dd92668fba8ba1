import type { Reader } from "../../ledger/database.ts";
import { type DaysOf, listDayCosts } from "../../reports/day-costs.ts";
import type { Asker } from "../../reports/source.ts";
import { localDay } from "../../usage/day.ts";
import type { UsageFilter } from "../../usage/filter.ts";
import { counted } from "../screen/format.ts";
import { sparkLine } from "../screen/spark-line.ts";
import type { Terminal } from "../screen/terminal.ts";

/** Bars of the last days, one a day: what they are called, and those of a line of a report by its id. */
export type DayBars = { title: string; of(id: string): string };

const MOST_DAYS = 14;

/** A narrower table has better use for the room. */
const WIDE = 100;

/**
 * The last days of those that a report is about, undefined where nobody could see them or one day is all there is.
 *
 * @param now epoch ms
 */
export async function readDayBars(
	terminal: Terminal,
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	of: DaysOf,
	now: number,
): Promise<DayBars | undefined> {
	if (!terminal.draws || terminal.columns < WIDE) return undefined;
	const today = localDay(filter.zone, now);
	const until = Math.min(filter.until ?? today, today);
	const since = Math.max(filter.since ?? 0, until - MOST_DAYS + 1);
	if (since >= until) return undefined;
	const rows = await listDayCosts(db, asker, { ...filter, since, until }, of);
	const costs = new Map<string, Map<number, number>>();
	for (const { id, day, costNanoUsd } of rows) {
		const own = costs.get(id) ?? new Map<number, number>();
		costs.set(id, own.set(day, Number(costNanoUsd)));
	}
	const days = Array.from({ length: until - since + 1 }, (_, i) => since + i);
	return {
		title: counted(days.length, "day"),
		of: (id) => {
			const own = costs.get(id);
			return own ? sparkLine(days.map((day) => own.get(day))) : "";
		},
	};
}

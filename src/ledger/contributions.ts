import type { Counters } from "../usage/event.ts";
import type { EventRow } from "./event-rows.ts";

/** What happened to one event: its row as it was, if there was one, and as it is. */
export type Change = { before?: EventRow | undefined; after: EventRow };

/** The columns that every rollup sums, in the order in which {@link Sums} has them. */
export const SUMMED = [
	"input",
	"output",
	"cache_write_5m",
	"cache_write_1h",
	"cache_read",
	"web_searches",
	"cost",
	"responses",
	"unpriced",
] as const;

/** One number for each of {@link SUMMED}. */
export type Sums = number[];

/** What one model added to a response. The response itself counts with its main model alone. */
export type Contribution = { model: number; sums: Sums };

/** What a row adds to the rollups, model by model; nothing if it is a replay. */
export function contributionsOf({ event, names, costs, replay }: EventRow): Contribution[] {
	if (replay) return [];
	const contributions = [
		{
			model: names.model,
			sums: [
				event.input,
				event.output,
				event.cacheWrite5m,
				event.cacheWrite1h,
				event.cacheRead,
				event.webSearches,
				costs.main ?? 0,
				1,
				Number(costs.main === null),
			],
		},
	];
	event.extra?.forEach((part, i) => {
		contributions.push({
			model: names.extra[i] ?? names.model,
			sums: sumsOfExtra(part, costs.extra[i] ?? null),
		});
	});
	return contributions;
}

/** What an extra part adds: tokens and cost, but no response. */
export function sumsOfExtra(part: Counters, cost: number | null): Sums {
	return [
		part.input,
		part.output,
		part.cacheWrite5m,
		part.cacheWrite1h,
		part.cacheRead,
		0,
		cost ?? 0,
		0,
		Number(cost === null),
	];
}

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

const mainSums: Sums = SUMMED.map(() => 0);

/**
 * What a response adds to the rollups under its main model; {@link sumsOfExtra} has the rest.
 *
 * @returns valid until the next one: there are as many as there are responses
 */
export function sumsOfMain({ event, costs }: EventRow): Sums {
	mainSums[0] = event.input;
	mainSums[1] = event.output;
	mainSums[2] = event.cacheWrite5m;
	mainSums[3] = event.cacheWrite1h;
	mainSums[4] = event.cacheRead;
	mainSums[5] = event.webSearches;
	mainSums[6] = costs.main ?? 0;
	mainSums[7] = 1;
	mainSums[8] = Number(costs.main === null);
	return mainSums;
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

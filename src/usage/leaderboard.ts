import { type Ranked, rankBy } from "./ranking.ts";
import { addExact, cacheWrites, type Exact, totalTokens, type Usage } from "./usage.ts";

/** Stretches of days, in UTC for everyone: the present day, the last 7, the last 30, and all there are. */
export const BOARD_PERIODS = ["daily", "weekly", "monthly", "all"] as const;

export type BoardPeriod = (typeof BOARD_PERIODS)[number];

/** What is compared. */
export const BOARD_METRICS = ["tokens", "cost", "days", "cache"] as const;

export type BoardMetric = (typeof BOARD_METRICS)[number];

/** What somebody used in a period. */
export type Standing = Usage & { user: number; name: string; activeDays: number };

/** With fewer people, numbers under any name would be somebody's whom all know. */
export const SMALLEST_GROUP = 3;

/** Who has had fewer responses is not compared by cache hits: a single one out of the cache would come first. */
export const FEWEST_RESPONSES = 50;

/** What a leaderboard is asked with. */
export type BoardQuery = { period: BoardPeriod; metric: BoardMetric };

/** A leaderboard as one person sees it. */
export type Board = BoardQuery & {
	/** The first of its UTC days, where it has one, and the last, as numbers. */
	since: number | undefined;
	until: number;
	/** Everyone who is ranked, in order; nobody while they are too few. */
	entries: Ranked<Standing>[];
	/** The person's own place. */
	own: Ranked<Standing> | undefined;
};

const LENGTHS = { daily: 1, weekly: 7, monthly: 30 } as const;

/**
 * The first day of a period; undefined for that of all days.
 *
 * @param today a number of a day, as its result
 */
export function firstDayOfBoard(period: BoardPeriod, today: number): number | undefined {
	return period === "all" ? undefined : today - LENGTHS[period] + 1;
}

/** Who stands where. Nobody is there while they are fewer than {@link SMALLEST_GROUP}. */
export function boardOf(standings: readonly Standing[], metric: BoardMetric): Ranked<Standing>[] {
	const present = standings.filter(({ responses }) => responses > 0);
	const compared = present.filter((standing) => metric !== "cache" || hasCacheShare(standing));
	return compared.length < SMALLEST_GROUP ? [] : rankBy(compared, AHEAD[metric], byName);
}

/** Whether somebody is compared by cache hits. */
function hasCacheShare(standing: Usage): boolean {
	return standing.responses >= FEWEST_RESPONSES && promptTokens(standing) > 0;
}

const AHEAD: Record<BoardMetric, (a: Standing, b: Standing) => number> = {
	tokens: (a, b) => more(totalTokens(a), totalTokens(b)),
	cost: (a, b) => more(a.costNanoUsd, b.costNanoUsd),
	days: (a, b) => more(a.activeDays, b.activeDays),
	// Shares are compared as fractions, so that equal ones are equal.
	cache: (a, b) =>
		more(BigInt(a.cacheRead) * BigInt(promptTokens(b)), BigInt(b.cacheRead) * BigInt(promptTokens(a))),
};

function more(a: Exact, b: Exact): number {
	return a > b ? -1 : Number(a < b);
}

function promptTokens(usage: Usage): Exact {
	return addExact(addExact(usage.input, usage.cacheRead), cacheWrites(usage));
}

/** No two have the same name. */
function byName(a: Standing, b: Standing): number {
	return a.name < b.name ? -1 : 1;
}

import type { UsageEvent } from "../../src/usage/event.ts";
import type { BoardMetric, BoardPeriod } from "../../src/usage/leaderboard.ts";

/** Somebody whose usage may be compared, and what was put in of it. */
export type NaivePerson = { name: string; events: readonly UsageEvent[]; takesPart: boolean };

export type NaiveEntry = {
	name: string;
	tokens: number;
	/** Dollars per million tokens are whole, so that this is exact: in nano-dollars. */
	nanoUsd: number;
	days: number;
	cache: number | null;
	rank: number;
	top: number;
};

const HUNDRED = Array.from({ length: 101 }, (_, top) => top);

const LENGTHS: Record<BoardPeriod, number> = {
	daily: 1,
	weekly: 7,
	monthly: 30,
	all: Number.POSITIVE_INFINITY,
};

/** A leaderboard, counted response by response with dates as texts. */
export function naiveBoard(
	people: readonly NaivePerson[],
	{ period, metric, now }: { period: BoardPeriod; metric: BoardMetric; now: number },
	usdPerMillion: Readonly<Record<string, number>>,
): NaiveEntry[] {
	// Quarters of an hour are as fine as it is kept.
	const quarter = Math.floor(now / 900_000) + 1;
	const days = Array.from({ length: Math.min(LENGTHS[period], 20_000) }, (_, ago) => dateOf(now, ago));
	const isIn = ({ at }: UsageEvent) =>
		at < quarter * 900_000 && (period === "all" || days.includes(dateOf(at, 0)));
	const entries = people
		.filter(({ takesPart }) => takesPart)
		.map(({ name, events }) => {
			const own = events.filter(isIn);
			const prompt = added(
				own,
				(event) => event.input + event.cacheWrite5m + event.cacheWrite1h + event.cacheRead,
			);
			const cached = added(own, ({ cacheRead }) => cacheRead);
			return {
				name,
				responses: own.length,
				tokens: prompt + added(own, ({ output }) => output),
				nanoUsd: added(own, (event) => tokensOf(event) * 1_000 * (usdPerMillion[event.model] ?? 0)),
				days: new Set(own.map(({ at }) => dateOf(at, 0))).size,
				cache: prompt === 0 ? null : cached / prompt,
			};
		})
		.filter(
			({ responses, cache }) => responses > 0 && (metric !== "cache" || (responses >= 50 && cache !== null)),
		);
	if (entries.length < 3) return [];
	const comparedBy = (entry: (typeof entries)[number]) =>
		Number({ tokens: entry.tokens, cost: entry.nanoUsd, days: entry.days, cache: entry.cache }[metric]);
	return entries
		.map(({ responses, ...entry }) => {
			const rank =
				1 + entries.filter((other) => comparedBy(other) > comparedBy({ responses, ...entry })).length;
			return { ...entry, rank, top: HUNDRED.findIndex((top) => top * entries.length >= rank * 100) };
		})
		.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
}

function tokensOf(event: UsageEvent): number {
	return event.input + event.output + event.cacheWrite5m + event.cacheWrite1h + event.cacheRead;
}

function added(events: readonly UsageEvent[], amountOf: (event: UsageEvent) => number): number {
	return events.reduce((sum, event) => sum + amountOf(event), 0);
}

/** `2026-11-24` in UTC, so many days before. */
function dateOf(at: number, ago: number): string {
	return Temporal.Instant.fromEpochMilliseconds(at)
		.toZonedDateTimeISO("UTC")
		.toPlainDate()
		.subtract({ days: ago })
		.toString();
}

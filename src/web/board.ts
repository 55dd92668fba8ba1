import type { Account } from "../account/account.ts";
import { digestOf } from "../account/secret.ts";
import type { Reader } from "../ledger/database.ts";
import { listStandings } from "../reports/leaderboard.ts";
import { dayText, utcDay } from "../usage/day.ts";
import {
	type BoardMetric,
	type BoardPeriod,
	boardOf,
	firstDayOfBoard,
	type Standing,
} from "../usage/leaderboard.ts";
import type { Ranked } from "../usage/ranking.ts";

/** A leaderboard as one person sees it. */
export type Board = {
	period: BoardPeriod;
	metric: BoardMetric;
	/** The first of its UTC days, where it has one, and the last, as `YYYY-MM-DD`. */
	since: string | null;
	until: string;
	/** Everyone who is ranked, in order; nobody while they are too few. */
	entries: Ranked<Standing>[];
	/** The person's own place. */
	own: Ranked<Standing> | undefined;
};

/** Reads who stands where now. Nothing is kept of it, so that who leaves is gone with the next reading. */
export async function readBoard(
	db: Reader,
	{ user, period, metric, now }: { user: number; period: BoardPeriod; metric: BoardMetric; now: number },
): Promise<Board> {
	const entries = boardOf(await listStandings(db, { period, now }), metric);
	const today = utcDay(now);
	const since = firstDayOfBoard(period, today);
	return {
		period,
		metric,
		since: since === undefined ? null : dayText(since),
		until: dayText(today),
		entries,
		own: entries.find(({ item }) => item.user === user),
	};
}

/**
 * What an entry is called for programs. Of other people it is made from the name that they chose to show, and so tells
 * nothing that the name does not.
 */
export function entryIdOf({ user, name }: Standing, own: Account): string {
	return user === own.user ? own.id : `shown_${digestOf(name).slice(0, 16)}`;
}

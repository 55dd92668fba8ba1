import type { Account } from "../../account/account.ts";
import { digestOf } from "../../account/secret.ts";
import type { Reader } from "../../ledger/database.ts";
import { listStandings } from "../../reports/leaderboard.ts";
import { utcDay } from "../../usage/day.ts";
import {
	type Board,
	type BoardQuery,
	boardOf,
	firstDayOfBoard,
	type Standing,
} from "../../usage/leaderboard.ts";

/** Reads who stands where now. Nothing is kept of it, so that who leaves is gone with the next reading. */
export async function readBoard(
	db: Reader,
	{ user, period, metric, now }: BoardQuery & { user: number; now: number },
): Promise<Board> {
	const entries = boardOf(await listStandings(db, { period, now }), metric);
	const today = utcDay(now);
	return {
		period,
		metric,
		since: firstDayOfBoard(period, today),
		until: today,
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

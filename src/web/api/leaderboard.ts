import { type } from "arktype";
import { type Account, isAdmin } from "../../account/account.ts";
import { findInstanceSettings } from "../../ledger/instance-settings.ts";
import { dayText } from "../../usage/day.ts";
import { BOARD_METRICS, BOARD_PERIODS, SMALLEST_GROUP, type Standing } from "../../usage/leaderboard.ts";
import type { Ranked } from "../../usage/ranking.ts";
import { cacheHitShare } from "../../usage/savings.ts";
import { dollars, totalTokens } from "../../usage/usage.ts";
import { NOT_ALLOWED, NOT_FOUND, ProblemError } from "../errors.ts";
import { entryIdOf, readBoard } from "../people/board.ts";
import { NO_LEADERBOARD } from "../people/own-leaderboard.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { csv, json } from "./rows.ts";

const BoardQuery = type({
	"+": "delete",
	metric: type.enumerated(...BOARD_METRICS).default("tokens"),
	"format?": "'json' | 'csv'",
});

const Entry = type({
	user_id: "string",
	username: "string",
	display_name: "string",
	total_tokens: "number | string",
	total_cost: "number",
	daily_average: "number",
	active_days: "number",
	cache_hit_share: "number | null",
	rank: "number",
	percentile: "number",
	is_current_user: "boolean",
});

const Board = type({
	period: type.enumerated(...BOARD_PERIODS),
	metric: type.enumerated(...BOARD_METRICS),
	timezone: "'UTC'",
	since: "string | null",
	until: "string",
	self_reported: "true",
	smallest_group: "number",
	entries: Entry.array(),
	user_rank: "number | null",
	total_participants: "number",
});

/**
 * `GET /api/leaderboard/:period`. `user_id` and `username` are those of the account on one's own row alone; others are called
 * what they chose to be called. `percentile` says among which first so many in a hundred somebody is.
 */
export function boardRoutes({ db }: ServerOptions): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/leaderboard/:period",
			access: "read",
			text: {
				summary:
					"Who takes part and used how much in a period of UTC days (daily, weekly, monthly, all), as their machines report it; as a table for admins alone",
				reply: Board,
				problems: [NO_LEADERBOARD],
			},
			query: BoardQuery,
			async answer({ params, query: { metric, format }, now }, viewer) {
				const period = BOARD_PERIODS.find((known) => known === params.period);
				if (!period) throw new ProblemError(NOT_FOUND);
				const own = accountOf(viewer);
				if (format === "csv" && !isAdmin(own)) throw new ProblemError(NOT_ALLOWED);
				const { user } = own;
				const [{ leaderboard }, board] = await Promise.all([
					findInstanceSettings(db),
					readBoard(db, { user, period, metric, now }),
				]);
				if (!leaderboard) throw new ProblemError(NO_LEADERBOARD);
				const entries = board.entries.map((entry) => rowOf(entry, own));
				if (format === "csv") return csv(`leaderboard-${period}`, entries);
				return json({
					period,
					metric,
					timezone: "UTC",
					since: board.since === undefined ? null : dayText(board.since),
					until: dayText(board.until),
					self_reported: true,
					smallest_group: SMALLEST_GROUP,
					entries,
					user_rank: board.own?.rank ?? null,
					total_participants: entries.length,
				});
			},
		}),
	];
}

function rowOf({ item, rank, topPercent }: Ranked<Standing>, own: Account) {
	const isOwn = item.user === own.user;
	const tokens = totalTokens(item);
	return {
		user_id: entryIdOf(item, own),
		username: isOwn ? own.username : item.name,
		display_name: item.name,
		total_tokens: tokens,
		total_cost: dollars(item.costNanoUsd),
		daily_average: Math.round(Number(tokens) / item.activeDays),
		active_days: item.activeDays,
		cache_hit_share: cacheHitShare(item) ?? null,
		rank,
		percentile: topPercent,
		is_current_user: isOwn,
	};
}

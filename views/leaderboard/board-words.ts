import type { Board, BoardMetric, BoardPeriod } from "../../src/usage/leaderboard.ts";
import { date } from "../parts/days.ts";

export const PERIOD_NAMES: Record<BoardPeriod, string> = {
	daily: "Today",
	weekly: "7 days",
	monthly: "30 days",
	all: "All",
};

export const METRIC_NAMES: Record<BoardMetric, string> = {
	tokens: "Tokens",
	cost: "Cost",
	days: "Active days",
	cache: "Cache hits",
};

/** `18 Nov – 24 Nov`; `24 Nov` for one day. */
export function boardDays({ since, until }: Board): string {
	if (since === until) return date(until);
	return since === undefined ? `until ${date(until)}` : `${date(since)} – ${date(until)}`;
}

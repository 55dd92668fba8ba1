import { BOARD_METRICS, BOARD_PERIODS, type BoardQuery } from "./leaderboard.ts";
import { oneOf } from "./view-query.ts";

const USUAL: BoardQuery = { period: "weekly", metric: "tokens" };

/**
 * Reads what the leaderboard's address says.
 *
 * @throws QueryError
 */
export function parseBoardQuery(parameters: URLSearchParams): BoardQuery {
	return {
		period: oneOf("period", parameters, BOARD_PERIODS, USUAL.period),
		metric: oneOf("metric", parameters, BOARD_METRICS, USUAL.metric),
	};
}

/** An address below the leaderboard's, with what it is asked; what is usual is left out. */
export function boardHref({ period, metric }: BoardQuery, below = ""): string {
	const parameters = new URLSearchParams();
	if (period !== USUAL.period) parameters.set("period", period);
	if (metric !== USUAL.metric) parameters.set("metric", metric);
	const query = parameters.toString();
	return `/leaderboard${below}${query === "" ? "" : `?${query}`}`;
}

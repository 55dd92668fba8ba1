import type { View, ViewKind } from "./view.ts";
import { type Days, oneOf, parseViewQuery, type ViewQuery } from "./view-query.ts";

/** What cells and bars show. */
export const PATTERN_METRICS = ["cost", "tokens", "responses"] as const;

export type PatternMetric = (typeof PATTERN_METRICS)[number];

/** All that the URL of the page of patterns says. */
export type PatternsQuery = ViewQuery & { metric: PatternMetric };

export type PatternsView = View<PatternsQuery>;

/**
 * Reads the query string of the page of patterns.
 *
 * @throws QueryError
 */
export function parsePatternsQuery(parameters: URLSearchParams, days: Days): PatternsQuery {
	return {
		...parseViewQuery(parameters, days),
		metric: oneOf("metric", parameters, PATTERN_METRICS, "cost"),
	};
}

export const PATTERNS: ViewKind<PatternsQuery> = {
	name: "patterns",
	path: "/patterns",
	ownParameters: ({ metric }) => (metric === "cost" ? [] : [["metric", metric]]),
};

import type { View, ViewKind } from "./view.ts";
import { type Days, oneOf, parseViewQuery, type ViewQuery } from "./view-query.ts";

/** What the chart shows, and which card is selected. */
export const METRICS = ["cost", "tokens", "cache", "sessions", "responses", "days"] as const;

export type Metric = (typeof METRICS)[number];

/** Names of the kinds of token, as they stand in a chart. */
export const TOKEN_KINDS = ["Cache read", "Cache write", "Input", "Output"] as const;

export type TokenKind = (typeof TOKEN_KINDS)[number];

/** What the chart's bars are stacked by. `kind` is for tokens alone. */
export const STACKINGS = ["model", "project", "machine", "kind"] as const;

export type Stacking = (typeof STACKINGS)[number];

/** All that an overview's URL says. */
export type OverviewQuery = ViewQuery & { metric: Metric; by: Stacking };

export type OverviewView = View<OverviewQuery>;

/**
 * Reads an overview's query string.
 *
 * @throws QueryError
 */
export function parseOverviewQuery(parameters: URLSearchParams, days: Days): OverviewQuery {
	const metric = oneOf("metric", parameters, METRICS, "cost");
	const by = oneOf("by", parameters, STACKINGS, "model");
	return {
		...parseViewQuery(parameters, days),
		metric,
		by: by === "kind" && metric !== "tokens" ? "model" : by,
	};
}

export const OVERVIEW: ViewKind<OverviewQuery> = {
	name: "overview",
	path: "/",
	ownParameters({ metric, by }) {
		const parameters: [string, string][] = [];
		if (metric !== "cost") parameters.push(["metric", metric]);
		if (by !== "model" && (by !== "kind" || metric === "tokens")) parameters.push(["by", by]);
		return parameters;
	},
};

import { parseSorted, type Sorted, type Sorting, sortedParameters } from "./sorting.ts";
import type { View, ViewKind } from "./view.ts";
import { type Days, oneOf, parseViewQuery, QueryError, type ViewQuery } from "./view-query.ts";

/** What models are compared by. */
export const MIX_METRICS = ["cost", "tokens", "responses"] as const;

export type MixMetric = (typeof MIX_METRICS)[number];

/** What the table of models can be in order by: each is a column of it. */
export const MODEL_SORTS = [
	"model",
	"share",
	"responses",
	"input",
	"output",
	"write",
	"read",
	"hits",
	"saved",
	"used",
	"rate",
	"cost",
] as const;

export type ModelSort = (typeof MODEL_SORTS)[number];

export const MODEL_ORDER: Sorting<ModelSort> = { columns: MODEL_SORTS, usual: "cost", texts: ["model"] };

/** All that the URL of the page of models says. `other`: the model on which the same usage is priced, or empty. */
export type ModelsQuery = ViewQuery & Sorted<ModelSort> & { metric: MixMetric; other: string };

export type ModelsView = View<ModelsQuery>;

const LONGEST_NAME = 200;

/**
 * Reads the query string of the page of models. Whether the other model has a price is not known here.
 *
 * @throws QueryError
 */
export function parseModelsQuery(parameters: URLSearchParams, days: Days): ModelsQuery {
	const other = parameters.get("if") ?? "";
	if (other.length > LONGEST_NAME) throw new QueryError("if");
	return {
		...parseViewQuery(parameters, days),
		...parseSorted(MODEL_ORDER, parameters),
		metric: oneOf("metric", parameters, MIX_METRICS, "cost"),
		other,
	};
}

export const MODELS: ViewKind<ModelsQuery> = {
	name: "models",
	path: "/models",
	ownParameters({ sort, order, metric, other }) {
		const parameters = sortedParameters(MODEL_ORDER, { sort, order });
		if (metric !== "cost") parameters.push(["metric", metric]);
		if (other !== "") parameters.push(["if", other]);
		return parameters;
	},
};

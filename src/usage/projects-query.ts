import { parseSorted, type Sorted, type Sorting, sortedParameters } from "./sorting.ts";
import type { View, ViewKind } from "./view.ts";
import { type Days, oneOf, parseViewQuery, QueryError, type ViewQuery } from "./view-query.ts";

/** What the table of projects can be in order by: each is a column of it. */
export const PROJECT_SORTS = [
	"project",
	"sessions",
	"machines",
	"used",
	"responses",
	"tokens",
	"cost",
] as const;

export type ProjectSort = (typeof PROJECT_SORTS)[number];

export const PROJECT_ORDER: Sorting<ProjectSort> = {
	columns: PROJECT_SORTS,
	usual: "cost",
	texts: ["project"],
};

/**
 * All that the URL of the page of projects says. `q`: what is looked for in names and aliases; `hidden`: those that
 * lists leave out are shown too; `open`: the id of the project that is told more of, or empty.
 */
export type ProjectsQuery = ViewQuery & Sorted<ProjectSort> & { q: string; hidden: boolean; open: string };

export type ProjectsView = View<ProjectsQuery>;

/** A search, and an id, are no longer than this. */
const LONGEST_SEARCH = 200;
const LONGEST_ID = 64;

/**
 * Reads the query string of the page of projects.
 *
 * @throws QueryError
 */
export function parseProjectsQuery(parameters: URLSearchParams, days: Days): ProjectsQuery {
	const q = (parameters.get("q") ?? "").trim();
	const open = parameters.get("open") ?? "";
	if (q.length > LONGEST_SEARCH) throw new QueryError("q");
	if (open.length > LONGEST_ID) throw new QueryError("open");
	return {
		...parseViewQuery(parameters, days),
		...parseSorted(PROJECT_ORDER, parameters),
		q,
		hidden: oneOf("hidden", parameters, ["0", "1"], "0") === "1",
		open,
	};
}

export const PROJECTS: ViewKind<ProjectsQuery> = {
	name: "projects",
	path: "/projects",
	ownParameters({ sort, order, q, hidden, open }) {
		const parameters = sortedParameters(PROJECT_ORDER, { sort, order });
		if (q !== "") parameters.push(["q", q]);
		if (hidden) parameters.push(["hidden", "1"]);
		if (open !== "") parameters.push(["open", open]);
		return parameters;
	},
	setsBack: { open: "" },
};

import { SESSION_ORDER, type SessionSort, type SessionsView } from "../../src/usage/sessions-query.ts";
import { sortedBy } from "../../src/usage/sorting.ts";
import type { Column, TableOrder } from "../parts/table-head.tsx";

/** From left to right. */
export const COLUMNS: readonly Column<SessionSort>[] = [
	{ sort: "session", word: "Session" },
	{ sort: "started", word: "Start" },
	{ sort: "project", word: "Project" },
	{ sort: "branch", word: "Branch" },
	{ sort: "models", word: "Models" },
	{ sort: "length", word: "Length", isNumber: true },
	{ sort: "responses", word: "Responses", isNumber: true },
	{ sort: "tokens", word: "Tokens", isNumber: true },
	{ sort: "subagents", word: "Sub-agents", isNumber: true },
	{ sort: "machine", word: "Machine" },
	{ sort: "cost", word: "Cost", isNumber: true },
];

export function orderOf(view: SessionsView): TableOrder<SessionSort> {
	return {
		sorted: view.query,
		hrefOf: (sort) => view.href(sortedBy(SESSION_ORDER, view.query, sort)),
	};
}

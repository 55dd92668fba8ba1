import { type SessionsData, SessionsPage } from "../../../views/sessions.tsx";
import { listSessionList } from "../../reports/session-list.ts";
import type { SessionListRow } from "../../reports/session-rows.ts";
import {
	parseSessionsQuery,
	SESSION_SORTS,
	SESSIONS,
	type SessionsQuery,
	SIZES,
} from "../../usage/sessions-query.ts";
import { ORDERS } from "../../usage/sorting.ts";
import type { Row } from "../../usage/table-row.ts";
import { dollars } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";
import { MOST_ROWS, type Reading, type UsagePage } from "./usage-page.ts";

/** `GET /sessions`. Its numbers are all rows, from the first on. */
export const sessionsPage: UsagePage<SessionsQuery, SessionsData> = {
	path: "/sessions",
	name: "sessions",
	title: "Sessions",
	current: "sessions",
	listed: Number(SIZES[0]),
	parameters: {
		sort: SESSION_SORTS,
		order: ORDERS,
		q: "a part of an id, of a project's name or of a branch's",
		size: SIZES,
		after: "a place in the list, as links of the page have it",
		before: "the same",
	},
	parse: parseSessionsQuery,
	kindOf: () => SESSIONS,
	read: readSessions,
	render: SessionsPage,
	panels: { sessions: ({ rows }) => rows.map(rowOf) },
	totals: ({ count, usage }) => ({ sessions: count, ...usageJson(usage) }),
};

function readSessions({ source, query, filter, most }: Reading<SessionsQuery>): Promise<SessionsData> {
	const { sort, order, q, size, place } = query;
	const limit = most === MOST_ROWS ? MOST_ROWS : Number(size);
	return listSessionList(source.db, source.asker, filter, { sort, order, q, place, limit });
}

function rowOf(row: SessionListRow): Row {
	return {
		sessionId: row.session,
		firstActivity: new Date(row.firstAt).toISOString(),
		lastActivity: new Date(row.lastAt).toISOString(),
		projectPath: row.project,
		projects: row.projects,
		branch: row.branch,
		branches: row.branches,
		machine: row.machine,
		label: row.label,
		machines: row.machines,
		modelsUsed: row.models.map(({ model }) => model).join(", "),
		...usageJson(row),
		subagentCost: dollars(row.subagentNanoUsd),
	};
}

import { type } from "arktype";
import { listReportedSessions, type ReportedSessionRow } from "../../reports/reported.ts";
import { listSessionPage, type SessionPageRow } from "../../reports/session-page.ts";
import { type Route, route } from "../route.ts";
import { iso, Moment } from "./list.ts";
import { answerPage, type Order, pageOf, readCursor } from "./paging.ts";
import { breakdown, reportedFields, USAGE_FIELDS, usageFields, wholeMinutes } from "./usage-fields.ts";
import { filterOf, SessionsQuery } from "./usage-query.ts";

const SESSIONS: Order = { list: "sessions", by: ["n-", "t+", "t+"] };

/** How many where it is not said. */
const USUAL = 50;

const Sessions = type({
	session_id: "string",
	machine_id: "string",
	machine: "string | null",
	project_path: "string | null",
	start_time: Moment,
	end_time: Moment,
	duration_minutes: "number.integer | null",
	...USAGE_FIELDS,
	models_used: "string[]",
	model_breakdowns: "unknown[]",
	reported: "boolean",
}).array();

/** Sessions, the one that was active last first. */
export function sessionsRoute(): Route {
	return route({
		method: "GET",
		path: "/api/usage/sessions",
		access: "read",
		text: {
			summary: "Sessions by their last activity, the latest first; 50 where no limit is given",
			reply: Sessions,
		},
		query: SessionsQuery,
		async answer(ask, { source: { db, asker, zone } }) {
			const { limit = USUAL, projectPath: projectPart } = ask.query;
			const [lastAt, session, label] = readCursor(SESSIONS, ask.query) ?? [];
			const after =
				lastAt === undefined
					? undefined
					: { lastAt: Number(lastAt), session: `${session}`, label: `${label}` };
			const asked = { projectPart, after, limit: limit + 1 };
			const filter = filterOf(ask.query, zone);
			const [own, reported] = await Promise.all([
				listSessionPage(db, asker, filter, asked),
				listReportedSessions(db, asker, filter, asked),
			]);
			const page = pageOf([...own, ...reported], SESSIONS, placeOf, { ...ask.query, limit });
			return answerPage(ask, SESSIONS, { ...page, items: page.items.map(rowOf) });
		},
	});
}

function placeOf(row: SessionPageRow | ReportedSessionRow) {
	return [row.lastAt, row.session, "machine" in row ? "" : row.label];
}

function rowOf(row: SessionPageRow | ReportedSessionRow) {
	return "machine" in row ? sessionRow(row) : reportedRow(row);
}

function sessionRow(row: SessionPageRow) {
	return {
		session_id: row.session,
		machine_id: row.label,
		machine: row.machine as string | null,
		project_path: row.project as string | null,
		start_time: iso(row.firstAt),
		end_time: iso(row.lastAt),
		duration_minutes: wholeMinutes(row.lastAt - row.firstAt) as number | null,
		...usageFields(row),
		models_used: row.models.map(({ model }) => model),
		model_breakdowns: row.models.map(breakdown) as unknown[],
		reported: false,
	};
}

function reportedRow(row: ReportedSessionRow): ReturnType<typeof sessionRow> {
	return {
		session_id: row.session,
		machine_id: row.label,
		machine: null,
		project_path: row.project,
		start_time: iso(row.startedAt),
		end_time: iso(row.lastAt),
		duration_minutes: row.minutes,
		...reportedFields(row),
		models_used: row.models,
		model_breakdowns: row.breakdowns,
		reported: true,
	};
}

import { type } from "arktype";
import { saveAudit } from "../../ledger/audit-log.ts";
import { deleteSession, listSessions } from "../../ledger/web-sessions.ts";
import { NOT_FOUND, ProblemError } from "../errors.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { Done, iso, ListQuery, list, Moment } from "./list.ts";
import { json } from "./rows.ts";

const Sessions = type({
	id: "string",
	agent: "string | null",
	key: "string | null",
	created_at: Moment,
	last_seen: Moment,
	current: "boolean",
}).array();

/** The browsers in which a person is logged in. */
export function sessionRoutes({ db }: ServerOptions): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/user/sessions",
			access: "read",
			text: { summary: "Browsers in which one is logged in, the newest first", reply: Sessions },
			query: ListQuery,
			async answer({ query, now }, viewer) {
				const sessions = await listSessions(db, accountOf(viewer).user, now);
				const rows = sessions.map(({ id, agent, key, createdAt, seenAt }) => ({
					id,
					agent,
					key,
					created_at: iso(createdAt),
					last_seen: iso(seenAt),
					current: id === viewer.session?.id,
				}));
				return list("sessions", rows, query);
			},
		}),
		route({
			method: "DELETE",
			path: "/api/user/sessions/:id",
			access: "write",
			text: { summary: "Logs a browser out", reply: Done },
			async answer({ params: { id = "" }, now, address }, viewer) {
				const { user } = accountOf(viewer);
				await db.transaction(async (tx) => {
					if (!(await deleteSession(tx, user, id))) throw new ProblemError(NOT_FOUND);
					await saveAudit(tx, { user, action: "session.ended", detail: { session: id }, address }, now);
				});
				return json({ message: "The session was ended." });
			},
		}),
	];
}

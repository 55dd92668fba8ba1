import { saveAudit } from "../../ledger/audit-log.ts";
import { deleteSession } from "../../ledger/web-sessions.ts";
import { isSecure, sessionCookie } from "../gates/session-cookie.ts";
import { type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { seeOther } from "./see-other.ts";

/** `POST /logout`: ends the session for good, here and wherever its cookie was copied to. */
export function logOut({ db }: ServerOptions): Route {
	return route({
		method: "POST",
		path: "/logout",
		access: "page",
		text: { summary: "Logs this browser out" },
		async answer({ origin, address, now }, { session }) {
			if (!session) throw new Error("a page was left by someone without a session");
			const { id, user } = session;
			await db.transaction(async (tx) => {
				await deleteSession(tx, user, id);
				await saveAudit(tx, { user, action: "logout", detail: { session: id }, address }, now);
			});
			const answer = seeOther("/login", sessionCookie("", isSecure(origin)));
			answer.headers.set("clear-site-data", '"cache", "storage"');
			return answer;
		},
	});
}

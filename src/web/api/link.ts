import { type } from "arktype";
import { expectAccount } from "../../ledger/accounts.ts";
import { LINK_MS, saveNewLink } from "../../ledger/login-links.ts";
import { NOT_ALLOWED, ProblemError } from "../errors.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { iso, Moment } from "./list.ts";
import { json } from "./rows.ts";

/** `POST /api/auth/link`: how `promptpulse dashboard` logs a browser in without the key. */
export function makeLink({ db }: ServerOptions): Route {
	return route({
		method: "POST",
		path: "/api/auth/link",
		access: "write",
		text: {
			summary: "Makes a link that logs a browser in, once, within a minute; for keys alone",
			reply: type({ url: "string", expires_at: Moment }),
		},
		async answer({ origin, now }, viewer) {
			const { key } = viewer;
			if (!key) throw new ProblemError(NOT_ALLOWED);
			const { user } = accountOf(viewer);
			const code = await db.transaction(async (tx) => {
				await expectAccount(tx, user);
				return saveNewLink(tx, { user, key: key.id }, now);
			});
			return json({ url: `${origin}/login/${code}`, expires_at: iso(now + LINK_MS) });
		},
	});
}

import { type } from "arktype";
import { eraseOwnAccount } from "../own-account.ts";
import { type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { Done } from "./list.ts";
import { json } from "./rows.ts";

const Confirmed = type({ "+": "delete", confirm: "string <= 64" });

/** What a person may do with all that is kept of them. */
export function ownAccountRoutes(options: ServerOptions): Route[] {
	return [eraseOwn(options)];
}

function eraseOwn(options: ServerOptions): Route {
	return route({
		method: "DELETE",
		path: "/api/user",
		access: "write",
		text: {
			summary:
				"Erases one's own account and all that is kept of it, for good; confirm is one's user name, and a session has to be younger than 15 minutes",
			reply: Done,
		},
		body: Confirmed,
		async answer(ask, viewer) {
			await eraseOwnAccount(options, viewer, ask.body.confirm, ask);
			return json({ message: "The account is erased. Nothing of it opens anything any more." });
		},
	});
}

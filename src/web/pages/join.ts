import type { Route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { invitedRoutes } from "./invited.ts";

/** `/join/:code`: what an admin's invite leads to. */
export function joinRoutes(options: ServerOptions): Route[] {
	return invitedRoutes(options, {
		path: "/join",
		isOwner: false,
		gone: {
			status: 410,
			code: "invite_gone",
			title: "This invite is used up",
			sentence: "It was used, it was withdrawn, or its time is over.",
			hint: "Ask whoever invited you for a new one.",
		},
	});
}

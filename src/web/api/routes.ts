import type { Route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { adminRoutes } from "./admin.ts";
import { docsRoutes } from "./docs.ts";
import { uploadEvents } from "./events.ts";
import { inviteRoutes } from "./invites.ts";
import { keyRoutes } from "./keys.ts";
import { makeLink } from "./link.ts";
import { overviewApi } from "./overview.ts";
import { sessionRoutes } from "./sessions.ts";
import { userRoutes } from "./users.ts";

/**
 * The API's map.
 *
 * @param pages the other routes, for the API's document
 */
export function apiRoutes(options: ServerOptions, pages: readonly Route[]): Route[] {
	const routes = [
		overviewApi(),
		uploadEvents(options),
		...userRoutes(options),
		makeLink(options),
		...keyRoutes(options),
		...sessionRoutes(options),
		...inviteRoutes(options),
		...adminRoutes(options),
	];
	return [...routes, ...docsRoutes([...pages, ...routes])];
}

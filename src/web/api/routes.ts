import type { Route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { overviewApi } from "./overview.ts";
import { userRoutes } from "./users.ts";

/** The API's map. */
export function apiRoutes(options: ServerOptions): Route[] {
	return [overviewApi(), ...userRoutes(options)];
}

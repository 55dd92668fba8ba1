import type { ViewQuery } from "../../usage/view-query.ts";
import { projectsPage } from "../pages/projects.ts";
import { sessionsPage } from "../pages/sessions.ts";
import { answerNumbers, numbersQuery, type UsagePage } from "../pages/usage-page.ts";
import { findOpenedUsage } from "../people/opened-usage.ts";
import { type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";

/** What admins are told of other people's usage, where the owner has opened it: what these are told of it themselves. */
export function openedUsageRoutes(options: ServerOptions): Route[] {
	return [numbersFor(options, projectsPage), numbersFor(options, sessionsPage)];
}

function numbersFor<Query extends ViewQuery, Data>(
	options: ServerOptions,
	page: UsagePage<Query, Data>,
): Route {
	const { name } = page;
	return route({
		method: "GET",
		path: `/api/admin/users/:id/${name}`,
		access: "admin read",
		text: {
			summary: `A person's ${name}, as that person is told of them; not found unless the owner of the server lets admins see them, and noted in the person's audit log`,
			query: numbersQuery(page),
			types: ["application/json"],
		},
		async answer(ask, viewer) {
			const { source } = await findOpenedUsage(options, ask.params.id ?? "", viewer, ask);
			return answerNumbers(page, name, ask, source);
		},
	});
}

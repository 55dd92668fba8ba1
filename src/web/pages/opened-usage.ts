import { OpenedUsagePage } from "../../../views/opened-usage.tsx";
import { View } from "../../usage/view.ts";
import { findOpenedUsage } from "../people/opened-usage.ts";
import { type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { shellOf } from "../shell.ts";
import { page } from "./page.ts";
import { projectsPage } from "./projects.ts";
import { sessionsPage } from "./sessions.ts";
import { readingOf } from "./usage-page.ts";

/** How many sessions, the newest first, and how many projects are listed. */
const SESSIONS = 100;
const PROJECTS = 200;

/** `GET /admin/people/:id`: somebody's projects and sessions, as that person sees them, where the owner has opened them. */
export function openedUsagePage(options: ServerOptions): Route {
	return route({
		method: "GET",
		path: "/admin/people/:id",
		access: "admin page",
		text: { summary: "The page: a person's projects and sessions, where the owner lets admins see them" },
		async answer(ask, viewer) {
			const { account, source } = await findOpenedUsage(options, ask.params.id ?? "", viewer, ask);
			// What changes on the server is told to the admin's pages by the admin's own usage.
			const shell = {
				...shellOf(ask, { ...viewer, source }, account.username),
				usage: viewer.source.version,
			};
			const [projects, sessions] = await Promise.all([
				readingOf(projectsPage, ask, source, PROJECTS),
				readingOf(sessionsPage, ask, source, SESSIONS),
			]);
			const [known, projectRows, sessionRows] = await Promise.all([
				projects.known(),
				projectsPage.read(projects),
				sessionsPage.read({ ...sessions, query: { ...sessions.query, size: "100" } }),
			]);
			const path = `/admin/people/${account.id}`;
			const view = new View({ name: "person", path, ownParameters: () => [] }, projects.query);
			const data = { account, projects: projectRows, sessions: sessionRows };
			return page(OpenedUsagePage({ shell, view, known, today: projects.today, data }));
		},
	});
}

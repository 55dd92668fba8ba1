import { EmptyPage, OverviewPage } from "../../../views/overview.tsx";
import { loginCommand } from "../login-command.ts";
import { type Route, route } from "../route.ts";
import { shellOf } from "../shell.ts";
import { readOverview } from "./overview-data.ts";
import { page } from "./page.ts";

/** How many projects, models, machines and sessions a panel has room for. */
const LISTED = 5;

/** `GET /`: the overview, or what to do where nothing was ever used. */
export function overviewPage(): Route {
	return route({
		method: "GET",
		path: "/",
		access: "page",
		text: { summary: "The overview" },
		async answer(ask, viewer) {
			const { url, now, origin } = ask;
			const { source, account } = viewer;
			const shell = shellOf(ask, viewer, "Overview");
			const data = await readOverview(source, url.searchParams, now, LISTED);
			if (data.known.models.length === 0) {
				const besides = { reported: data.reported, period: data.query.period };
				const login = account && loginCommand(origin);
				return page(EmptyPage({ shell, looked: [...source.looked], login, besides }));
			}
			return page(OverviewPage({ shell, ...data }));
		},
	});
}

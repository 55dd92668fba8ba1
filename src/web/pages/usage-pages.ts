import type { ViewQuery } from "../../usage/view-query.ts";
import type { Route } from "../route.ts";
import { blocksPage } from "./blocks.ts";
import { machinesPage } from "./machines.ts";
import { modelsPage } from "./models.ts";
import { overviewPage } from "./overview.ts";
import { patternsPage } from "./patterns.ts";
import { projectsPage } from "./projects.ts";
import { sessionPage } from "./session.ts";
import { sessionsPage } from "./sessions.ts";
import { numbersRoute, pageRoute, type UsagePage } from "./usage-page.ts";

/** A page as its routes, and what its panels are called. */
type Listed = { path: string; name: string; panels: readonly string[]; page: Route; numbers: Route };

/** The pages of usage. A machine's own dashboard and a server have the same. */
export const USAGE_PAGES: readonly Listed[] = [
	listed(overviewPage),
	listed(sessionsPage),
	listed(sessionPage),
	listed(blocksPage),
	listed(patternsPage),
	listed(projectsPage),
	listed(modelsPage),
	listed(machinesPage),
];

export function usagePages(): Route[] {
	return USAGE_PAGES.map(({ page }) => page);
}

/** The numbers of their panels. */
export function usageNumbers(): Route[] {
	return USAGE_PAGES.map(({ numbers }) => numbers);
}

function listed<Query extends ViewQuery, Data>(page: UsagePage<Query, Data>): Listed {
	return {
		path: page.path,
		name: page.name,
		panels: Object.keys(page.panels),
		page: pageRoute(page),
		numbers: numbersRoute(page),
	};
}

import type { Route } from "../route.ts";
import { blocksPage } from "./blocks.ts";
import { machinesPage } from "./machines.ts";
import { modelsPage } from "./models.ts";
import { overviewPage } from "./overview.ts";
import { patternsPage } from "./patterns.ts";
import { projectsPage } from "./projects.ts";
import { sessionPage } from "./session.ts";
import { sessionsPage } from "./sessions.ts";
import { numbersRoute, pageRoute } from "./usage-page.ts";

/** The pages of usage. A machine's own dashboard and a server have the same. */
export function usagePages(): Route[] {
	return [
		pageRoute(overviewPage),
		pageRoute(blocksPage),
		pageRoute(patternsPage),
		pageRoute(projectsPage),
		pageRoute(modelsPage),
		pageRoute(machinesPage),
		pageRoute(sessionsPage),
		pageRoute(sessionPage),
	];
}

/** The numbers of their panels. */
export function usageNumbers(): Route[] {
	return [
		numbersRoute(overviewPage),
		numbersRoute(blocksPage),
		numbersRoute(patternsPage),
		numbersRoute(projectsPage),
		numbersRoute(modelsPage),
		numbersRoute(machinesPage),
		numbersRoute(sessionsPage),
		numbersRoute(sessionPage),
	];
}

import type { Route } from "../route.ts";
import { overviewPage } from "./overview.ts";
import { numbersRoute, pageRoute } from "./usage-page.ts";

/** The pages of usage. A machine's own dashboard and a server have the same. */
export function usagePages(): Route[] {
	return [pageRoute(overviewPage)];
}

/** The numbers of their panels. */
export function usageNumbers(): Route[] {
	return [numbersRoute(overviewPage)];
}

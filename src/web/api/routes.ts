import "./without-jit.ts";
import type { Live } from "../live.ts";
import { usageNumbers } from "../pages/usage-pages.ts";
import type { Route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { adminRoutes } from "./admin.ts";
import { adminBoardRoutes } from "./admin-leaderboard.ts";
import { adminSettingsRoutes } from "./admin-settings.ts";
import { analyticsRoutes } from "./analytics.ts";
import { auditRoutes } from "./audit.ts";
import { digestRoutes } from "./digest.ts";
import { docsRoutes } from "./docs.ts";
import { uploadEvents } from "./events.ts";
import { exportOwn } from "./export.ts";
import { databaseHealth } from "./health.ts";
import { inviteRoutes } from "./invites.ts";
import { keyRoutes } from "./keys.ts";
import { boardRoutes } from "./leaderboard.ts";
import { makeLink } from "./link.ts";
import { machineRoutes } from "./machines.ts";
import { metricsRoute } from "./metrics.ts";
import { nameRoutes } from "./names.ts";
import { openedUsageRoutes } from "./opened-usage.ts";
import { ownAccountRoutes } from "./own-account.ts";
import { ownBoardRoutes } from "./own-leaderboard.ts";
import { ownMailRoutes } from "./own-mail.ts";
import { ownPlanRoutes } from "./own-plan.ts";
import { projectRoutes } from "./projects.ts";
import { reportedRoutes } from "./reported.ts";
import { retentionRoutes } from "./retention.ts";
import { sessionRoutes } from "./sessions.ts";
import { usageRoutes } from "./usage.ts";
import { userRoutes } from "./users.ts";

/**
 * The API's map.
 *
 * @param pages the other routes, for the API's document
 */
export function apiRoutes(options: ServerOptions, live: Live, pages: readonly Route[]): Route[] {
	const routes = [
		...usageNumbers(),
		uploadEvents(options),
		...reportedRoutes(options),
		...digestRoutes(options),
		...userRoutes(options),
		makeLink(options),
		...keyRoutes(options),
		...sessionRoutes(options),
		...ownMailRoutes(options),
		...ownAccountRoutes(options),
		exportOwn(options),
		...retentionRoutes(options),
		...auditRoutes(options),
		...inviteRoutes(options),
		...ownPlanRoutes(options),
		...ownBoardRoutes(options),
		...boardRoutes(options),
		...adminRoutes(options),
		...openedUsageRoutes(options),
		...adminSettingsRoutes(options),
		...adminBoardRoutes(options),
		databaseHealth(options.health),
		metricsRoute(options.metrics, options.health, () => live.size),
		...usageRoutes(),
		...machineRoutes(),
		...projectRoutes(),
		...nameRoutes(),
		...analyticsRoutes(),
	];
	return [...routes, ...docsRoutes([...pages, ...routes])];
}

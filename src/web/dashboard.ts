import { overviewApi } from "./api/overview.ts";
import { fileRoutes } from "./assets.ts";
import type { LinkAccess } from "./link-access.ts";
import { linkGate } from "./link-gate.ts";
import { overviewPage } from "./pages/overview.ts";
import { leaveSample, openLink } from "./pages/own.ts";
import { chooseTheme } from "./pages/theme.ts";
import { type App, createRouter, createSite } from "./site.ts";
import type { UsageSource } from "./source.ts";

/** The ledger that a request's pages are made from. */
export type SourceOf = (request: Request) => UsageSource;

export type DashboardOptions = {
	sourceOf: SourceOf;
	access: LinkAccess;
	/** Epoch ms. */
	now: () => number;
	/** Told of every error that was not expected, whole. */
	report: (error: unknown, requestId: string) => void;
};

/** The pages and the API of a machine's own ledger, for whoever came by the link that the terminal shows. */
export function createDashboard({ sourceOf, access, now, report }: DashboardOptions): App {
	const router = createRouter([
		...fileRoutes(),
		openLink(access),
		overviewPage(),
		overviewApi(),
		chooseTheme(),
		leaveSample(access),
	]);
	return createSite({ gate: linkGate(access, sourceOf), now, report }, () => router);
}

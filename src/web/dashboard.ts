import { findRevision } from "../ledger/users.ts";
import { fileRoutes } from "./assets.ts";
import type { LinkAccess } from "./gates/link-access.ts";
import { linkGate } from "./gates/link-gate.ts";
import { eventsRoute, Live, versionOf } from "./live.ts";
import { editNames } from "./pages/edit-names.ts";
import { chooseKeys } from "./pages/keys.ts";
import { leaveSample, openLink } from "./pages/own.ts";
import { styleguide } from "./pages/styleguide.ts";
import { chooseTheme } from "./pages/theme.ts";
import { usageNumbers, usagePages } from "./pages/usage-pages.ts";
import { type App, createRouter, createSite } from "./site.ts";
import type { UsageSource } from "./source.ts";

/** A ledger that pages are made from; what its usage is called is asked for each page. */
export type OwnSource = Omit<UsageSource, "version">;

/** The ledger that a request's pages are made from. */
export type SourceOf = (request: Request) => OwnSource;

export type DashboardOptions = {
	sourceOf: SourceOf;
	access: LinkAccess;
	/** Whether developers work with it: they get a page of all parts. */
	isDevelopment?: boolean | undefined;
	/** Epoch ms. */
	now: () => number;
	/** Told of every error that was not expected, whole. */
	report: (error: unknown, requestId: string) => void;
};

/** A machine's own site. `close` ends what goes on by itself: pages that are open are not told any more. */
export type Dashboard = App & { close(): void };

/** The pages and the API of a machine's own ledger, for whoever came by the link that the terminal shows. */
export function createDashboard({
	sourceOf,
	access,
	isDevelopment,
	now,
	report,
}: DashboardOptions): Dashboard {
	const sourceFor = async (request: Request): Promise<UsageSource> => {
		const source = sourceOf(request);
		const revision = await findRevision(source.db, source.asker.id);
		// Two ledgers may stand at one revision: a visitor may go from made-up usage to the machine's own.
		return { ...source, version: versionOf(`${access.id} ${source.isSample}`, source.asker.id, revision) };
	};
	const live = new Live({
		readVersions: (listeners) =>
			Promise.all(listeners.map(async ({ request }) => (await sourceFor(request)).version)),
		isKnown: async ({ request }) => access.allows(request),
		report,
	});
	const router = createRouter([
		...fileRoutes(),
		openLink(access),
		...usagePages(),
		...usageNumbers(),
		...editNames(),
		eventsRoute(live),
		chooseTheme(),
		chooseKeys(),
		...(isDevelopment ? [styleguide()] : []),
		leaveSample(access),
	]);
	const site = createSite({ gate: linkGate(access, sourceFor), now, report }, () => router);
	return { ...site, close: () => live.close() };
}

import type { Database } from "../ledger/database.ts";
import type { NameQuotas } from "../ledger/name-quotas.ts";
import { listRevisions, type Person } from "../ledger/users.ts";
import type { PriceBook } from "../usage/price.ts";
import { fileRoutes } from "./assets.ts";
import { isSafe } from "./gates/cross-site.ts";
import { identify } from "./gates/identify.ts";
import type { Limits } from "./gates/limits.ts";
import type { Proxies } from "./gates/proxies.ts";
import { serverGate } from "./gates/server-gate.ts";
import { type HealthCheck, healthRoutes } from "./health.ts";
import { eventsRoute, Live, versionOf } from "./live.ts";
import type { Metrics } from "./metrics.ts";
import { adminPageRoutes } from "./pages/admin.ts";
import { editNames } from "./pages/edit-names.ts";
import { erasedPage } from "./pages/erase-account.ts";
import { joinRoutes } from "./pages/join.ts";
import { chooseKeys } from "./pages/keys.ts";
import { leaderboardRoutes } from "./pages/leaderboard.ts";
import { loginRoutes } from "./pages/login.ts";
import { logOut } from "./pages/logout.ts";
import { mailLinks } from "./pages/mail-links.ts";
import { openedUsagePage } from "./pages/opened-usage.ts";
import { settingsRoutes } from "./pages/settings.ts";
import { setupRoutes } from "./pages/setup.ts";
import { styleguide } from "./pages/styleguide.ts";
import { chooseTheme } from "./pages/theme.ts";
import { usagePages } from "./pages/usage-pages.ts";
import type { Mailing } from "./people/mailing.ts";
import type { Registration } from "./people/registration.ts";
import type { Route } from "./route.ts";
import { type App, createRouter, createSite, type Router, type SiteOptions } from "./site.ts";
import type { UsageSource } from "./source.ts";

/** What a server's routes are made from. */
export type ServerOptions = Omit<SiteOptions, "gate"> & {
	db: Database;
	/** UUID of the ledger. */
	ledger: string;
	prices: PriceBook;
	/** Where the prices come from, for the foot of the page. */
	pricesOf: string;
	registration: Registration;
	limits: Limits;
	proxies: Proxies;
	metrics: Metrics;
	health: HealthCheck;
	/** How mail is sent; without it the pages tell nothing of mail. */
	mailing?: Mailing | undefined;
	/** Whether developers work with it: they get a page of all parts. */
	isDevelopment?: boolean | undefined;
	/** How many names one person may have, if it is not the usual. */
	quotas?: NameQuotas | undefined;
	/** How far (ms) whoever takes an archive may fall behind the slowest that is waited for, if it is not the usual. */
	readerPatience?: number | undefined;
	/** Whether the server is about to stop, for what goes on beside an answer. */
	isClosing?: (() => boolean) | undefined;
};

/**
 * A server's site, its routes for who wants to know them, and the pages that are open. `loadApi`: now, before somebody
 * asks for it. `close` ends what goes on by itself.
 */
export type Server = App & {
	routes(): Promise<readonly Route[]>;
	loadApi(): Promise<void>;
	live: Live;
	close(): void;
};

/**
 * The server: many people, each with their own usage. The API is loaded when it is needed: its schemas take longer to
 * load than all the rest, and who asks for a page or for its health need not wait for them.
 */
export function createServer(given: ServerOptions): Server {
	let isClosing = false;
	const options: ServerOptions = { ...given, isClosing: () => isClosing };
	const { db, limits, proxies, report } = options;
	const gate = serverGate({
		db,
		limits,
		proxies,
		report,
		sourceFor: (person) => sourceOf(options, person),
	});
	const live = liveOf(options);
	const pages = createRouter(pageRoutes(options, live));
	let loading: Promise<Router> | undefined;
	const loadApi = () => {
		loading ??= import("./api/routes.ts").then(({ apiRoutes }) =>
			createRouter(apiRoutes(options, live, pages.routes)),
		);
		return loading;
	};
	const note: SiteOptions["note"] = (answered) => {
		if (!isSafe(answered.request.method) && answered.response.ok) live.nudge();
		options.note?.(answered);
	};
	const site = createSite({ ...options, gate, note }, (path) =>
		path.startsWith("/api/") ? loadApi() : pages,
	);
	return {
		...site,
		routes: async () => [...pages.routes, ...(await loadApi()).routes],
		loadApi: async () => void (await loadApi()),
		live,
		close() {
			isClosing = true;
			live.close();
		},
	};
}

/** The pages' map. */
function pageRoutes(options: ServerOptions, live: Live): Route[] {
	return [
		...fileRoutes(),
		...healthRoutes(options.health),
		...usagePages(),
		...editNames(),
		chooseTheme(),
		chooseKeys(),
		...(options.isDevelopment ? [styleguide()] : []),
		eventsRoute(live),
		...loginRoutes(options),
		logOut(options),
		...setupRoutes(options),
		...joinRoutes(options),
		erasedPage(),
		...settingsRoutes(options),
		...leaderboardRoutes(options),
		...adminPageRoutes(options),
		openedUsagePage(options),
		...(options.mailing ? mailLinks(options) : []),
	];
}

/** How often the usage of somebody has changed who is not there any more: no revision of anyone's. */
const ERASED = -1;

/** Tells pages of usage that comes through this process at once, and of what other processes write soon after. */
function liveOf({ db, ledger, now, report }: ServerOptions): Live {
	return new Live({
		async readVersions(listeners) {
			const users = [...new Set(listeners.map(({ user }) => user))];
			const revisions = await listRevisions(db, users);
			return listeners.map(({ user }) => versionOf(ledger, user, revisions.get(user) ?? ERASED));
		},
		async isKnown({ user, request, origin }) {
			const known = await identify(db, { request, origin, now: now() }, "read");
			return known?.account.user === user;
		},
		report,
	});
}

/** It was read before everything else that a page is made from: that may be newer than its version, but never older. */
function sourceOf({ db, ledger, prices, pricesOf, now }: ServerOptions, person: Person): UsageSource {
	const { id, zone, weekStart, revision, lastSeen } = person;
	return {
		db,
		asker: { id, zone },
		zone,
		weekStart,
		prices,
		pricesOf,
		version: versionOf(ledger, id, revision),
		asOf: lastSeen ?? now(),
		isSample: false,
		looked: [],
	};
}

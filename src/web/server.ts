import type { Account } from "../account/account.ts";
import type { Database } from "../ledger/database.ts";
import { findLastSeen } from "../ledger/machines.ts";
import { findUser } from "../ledger/users.ts";
import type { PriceBook } from "../usage/price.ts";
import { fileRoutes } from "./assets.ts";
import type { Limits } from "./limits.ts";
import { overviewPage } from "./pages/overview.ts";
import { chooseTheme } from "./pages/theme.ts";
import type { Proxies } from "./proxies.ts";
import type { Route } from "./route.ts";
import { serverGate } from "./server-gate.ts";
import { type App, createRouter, createSite, type SiteOptions } from "./site.ts";
import type { UsageSource } from "./source.ts";

/** Who may make an account: nobody, who has an invite, or anyone. */
export const REGISTRATIONS = ["closed", "invite", "open"] as const;

export type Registration = (typeof REGISTRATIONS)[number];

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
};

/** A server's site, and its routes for who wants to know them. */
export type Server = App & { routes(): Promise<readonly Route[]> };

/**
 * The server: many people, each with their own usage. The API is loaded beside the start: its schemas take longer to
 * load than all the rest, and who asks for a page or for its health need not wait for them.
 */
export function createServer(options: ServerOptions): Server {
	const { db, limits, proxies, report } = options;
	const gate = serverGate({
		db,
		limits,
		proxies,
		report,
		sourceFor: (account) => sourceOf(options, account),
	});
	const pages = createRouter(pageRoutes(options));
	const api = import("./api/routes.ts").then(({ apiRoutes }) => createRouter(apiRoutes(options)));
	// It is met again by whoever asks for it.
	api.catch((error) => report(error, ""));
	const site = createSite({ ...options, gate }, (path) => (path.startsWith("/api/") ? api : pages));
	return { ...site, routes: async () => [...pages.routes, ...(await api).routes] };
}

/** The pages' map. */
function pageRoutes(_options: ServerOptions): Route[] {
	return [...fileRoutes(), overviewPage(), chooseTheme()];
}

async function sourceOf(
	{ db, prices, pricesOf, now }: ServerOptions,
	{ user }: Account,
): Promise<UsageSource> {
	const asker = await findUser(db, user);
	if (!asker) throw new Error(`the account's user ${user} is not in the ledger`);
	return {
		db,
		asker,
		zone: asker.zone,
		prices,
		pricesOf,
		asOf: (await findLastSeen(db, user)) ?? now(),
		isSample: false,
		looked: [],
	};
}

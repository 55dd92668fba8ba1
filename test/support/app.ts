import type { Database } from "../../src/ledger/database.ts";
import { findUser, LOCAL_USER } from "../../src/ledger/users.ts";
import { createDashboard, type Dashboard, type OwnSource } from "../../src/web/dashboard.ts";
import { LinkAccess } from "../../src/web/gates/link-access.ts";
import { NOW, PRICES } from "./scan.ts";

/** The dashboard's origin in tests. */
export const ORIGIN = "http://localhost:4000";

/** A dashboard, and a visitor who came by its link. */
export type Visit = {
	app: Dashboard;
	access: LinkAccess;
	/** Errors that were reported, as the terminal would have told them. */
	reported: unknown[];
	/** A request of the visitor: with the cookie, unless other headers are given. */
	get(path: string, init?: RequestInit): Promise<Response>;
};

/** The dashboard of a ledger; `over` replaces what it knows of it. */
export async function visitDashboard(db: Database, over: Partial<OwnSource> = {}): Promise<Visit> {
	const asker = (await findUser(db, LOCAL_USER)) ?? { id: LOCAL_USER, zone: "UTC", horizon: 0 };
	const source: OwnSource = {
		db,
		asker,
		zone: "UTC",
		weekStart: 0,
		prices: PRICES,
		pricesOf: "test prices",
		asOf: NOW,
		isSample: false,
		looked: ["/home/ann/.claude/projects"],
		...over,
	};
	const access = new LinkAccess();
	const reported: unknown[] = [];
	const app = createDashboard({
		sourceOf: () => source,
		access,
		now: () => NOW,
		report: (error) => reported.push(error),
	});
	const entry = await app.handle(new Request(`${ORIGIN}${access.path}`));
	const cookie = entry.headers.get("set-cookie")?.split(";")[0] ?? "";
	return {
		app,
		access,
		reported,
		get: (path, init = {}) => app.handle(new Request(`${ORIGIN}${path}`, { headers: { cookie }, ...init })),
	};
}

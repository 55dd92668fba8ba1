import { type } from "arktype";
import type { Database } from "../../ledger/database.ts";
import { findInstanceSettings } from "../../ledger/instance-settings.ts";
import { switchBoard } from "../people/board-settings.ts";
import { OWNER_OPENS, openUsage } from "../people/opened-usage.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { iso, MomentOrNever } from "./list.ts";
import { json } from "./rows.ts";

const Settings = type({
	leaderboard: "boolean",
	admins_see_usage: "boolean",
	admins_see_usage_since: MomentOrNever,
});

const Change = type({ "+": "delete", "leaderboard?": "boolean", "admins_see_usage?": "boolean" });

/** What admins settle for the whole server. */
export function adminSettingsRoutes({ db }: ServerOptions): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/admin/settings",
			access: "admin read",
			text: { summary: "What is settled for the whole server", reply: Settings },
			answer: async () => json(await settled(db)),
		}),
		route({
			method: "PATCH",
			path: "/api/admin/settings",
			access: "admin write",
			text: {
				summary:
					"Turns the leaderboard on or off for everyone, or lets admins see everyone's sessions and project names, which the owner alone turns on",
				reply: Settings,
				problems: [OWNER_OPENS],
			},
			body: Change,
			async answer(ask, viewer) {
				const { leaderboard, admins_see_usage: isOpen } = ask.body;
				const by = { ...ask, admin: accountOf(viewer) };
				if (isOpen !== undefined) await openUsage(db, isOpen, by);
				if (leaderboard !== undefined) await switchBoard(db, leaderboard, by);
				return json(await settled(db));
			},
		}),
	];
}

async function settled(db: Database): Promise<typeof Settings.infer> {
	const { leaderboard, usageOpenedAt } = await findInstanceSettings(db);
	return {
		leaderboard,
		admins_see_usage: usageOpenedAt !== null,
		admins_see_usage_since: iso(usageOpenedAt),
	};
}

import { type } from "arktype";
import type { Database } from "../../ledger/database.ts";
import { findInstanceSettings } from "../../ledger/instance-settings.ts";
import { switchBoard } from "../board-settings.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { json } from "./rows.ts";

const Settings = type({ leaderboard: "boolean" });

const Change = type({ "+": "delete", "leaderboard?": "boolean" });

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
			text: { summary: "Turns the leaderboard on or off for everyone", reply: Settings },
			body: Change,
			async answer(ask, viewer) {
				const { leaderboard } = ask.body;
				if (leaderboard !== undefined) {
					await switchBoard(db, leaderboard, { ...ask, admin: accountOf(viewer) });
				}
				return json(await settled(db));
			},
		}),
	];
}

async function settled(db: Database): Promise<typeof Settings.infer> {
	const { leaderboard } = await findInstanceSettings(db);
	return { leaderboard };
}

import { type } from "arktype";
import type { Database } from "../../ledger/database.ts";
import { findInstanceSettings } from "../../ledger/instance-settings.ts";
import { findPreferences } from "../../ledger/preferences.ts";
import { joinBoard, leaveBoard, NO_LEADERBOARD } from "../people/own-leaderboard.ts";
import { NAME_TAKEN } from "../people/own-name.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { iso, MomentOrNever } from "./list.ts";
import { json } from "./rows.ts";

const Choice = type({
	"+": "delete",
	leaderboard_enabled: "boolean",
	"display_name?": "string <= 200 | null",
});

const Settled = type({
	leaderboard_enabled: "boolean",
	display_name: "string | null",
	team_leaderboard_enabled: "false",
	team_display_name: "null",
	excluded_at: MomentOrNever,
	available: "boolean",
});

/** Whether a person takes part in the leaderboard, and under which name. */
export function ownBoardRoutes({ db }: ServerOptions): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/user/leaderboard-settings",
			access: "read",
			text: {
				summary: "Whether one takes part in the leaderboard, under which name, and whether there is one",
				reply: Settled,
			},
			answer: async (_ask, viewer) => json(await settledBy(db, accountOf(viewer).user)),
		}),
		route({
			method: "PUT",
			path: "/api/user/leaderboard-settings",
			access: "write",
			text: {
				summary: "Takes part in the leaderboard under a name (display_name), or leaves it at once",
				reply: Settled.and({ message: "string" }),
				problems: [NO_LEADERBOARD, NAME_TAKEN],
			},
			body: Choice,
			async answer(ask, viewer) {
				const { user } = accountOf(viewer);
				const { leaderboard_enabled: isIn, display_name: name } = ask.body;
				if (isIn) await joinBoard(db, user, name ?? undefined, ask);
				else await leaveBoard(db, user, name, ask);
				const message = isIn
					? "You take part in the leaderboard under this name."
					: "You are not on the leaderboard.";
				return json({ message, ...(await settledBy(db, user)) });
			},
		}),
	];
}

/** With the fields that the old program had for teams, which are what they are where there are none. */
async function settledBy(db: Database, user: number) {
	const [own, { leaderboard }] = await Promise.all([findPreferences(db, user), findInstanceSettings(db)]);
	return {
		leaderboard_enabled: own.leaderboardAt !== null,
		display_name: own.leaderboardName,
		team_leaderboard_enabled: false,
		team_display_name: null,
		excluded_at: iso(own.leaderboardExcludedAt),
		available: leaderboard,
	};
}

import { type } from "arktype";
import { listBoardPeople } from "../../reports/board-people.ts";
import { excludeFromBoard } from "../people/board-settings.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { iso, ListQuery, list, MomentOrNever } from "./list.ts";
import { json } from "./rows.ts";

const Taker = type({
	id: "string",
	username: "string",
	display_name: "string | null",
	joined_at: MomentOrNever,
	excluded_at: MomentOrNever,
});

const Exclusion = type({ "+": "delete", excluded: "boolean" });

const Excluded = type({ id: "string", username: "string", excluded_at: MomentOrNever });

/** Who takes part in the leaderboard, for admins, and how they leave somebody out of it. */
export function adminBoardRoutes({ db }: ServerOptions): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/admin/leaderboard",
			access: "admin read",
			text: { summary: "Who takes part in the leaderboard or is left out of it", reply: Taker.array() },
			query: ListQuery,
			async answer({ query }) {
				const rows = (await listBoardPeople(db)).map(({ id, username, name, joinedAt, excludedAt }) => ({
					id,
					username,
					display_name: name,
					joined_at: iso(joinedAt),
					excluded_at: iso(excludedAt),
				}));
				return list("leaderboard-people", rows, query);
			},
		}),
		route({
			method: "PUT",
			path: "/api/admin/leaderboard/:id",
			access: "admin write",
			text: {
				summary: "Leaves a person out of the leaderboard, or lets the person in again; the person is told",
				reply: Excluded,
			},
			body: Exclusion,
			async answer(ask, viewer) {
				const by = { ...ask, admin: accountOf(viewer) };
				const { account, excludedAt } = await excludeFromBoard(
					db,
					ask.params.id ?? "",
					ask.body.excluded,
					by,
				);
				const { id, username } = account;
				return json({ id, username, excluded_at: iso(excludedAt) });
			},
		}),
	];
}

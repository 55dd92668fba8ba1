import { type } from "arktype";
import type { Account } from "../../account/account.ts";
import { listAccounts } from "../../ledger/accounts.ts";
import { listLastSeen } from "../../reports/last-seen.ts";
import { listPeopleTotals, NO_TOTALS } from "../../reports/people-totals.ts";
import { utcDay } from "../../usage/day.ts";
import { dollars, totalTokens } from "../../usage/usage.ts";
import { changePerson, NOT_THE_OWNER, OWNER_ONLY } from "../people/people.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { iso, ListQuery, list, Moment, MomentOrNever } from "./list.ts";
import { json } from "./rows.ts";
import { Count } from "./usage-fields.ts";

const Change = type({ "+": "delete", "disabled?": "boolean", "role?": "'admin' | 'member'" });

const Person = type({
	id: "string",
	username: "string",
	display_name: "string | null",
	email: "string | null",
	role: "'owner' | 'admin' | 'member'",
	created_at: Moment,
	disabled_at: MomentOrNever,
	last_seen: MomentOrNever,
});

const Counted = Person.and({
	total_cost: "number",
	total_tokens: Count,
	cost_30_days: "number",
	tokens_30_days: Count,
});

/** The people of a server, for those who look after them: their accounts and totals, and nothing else of their usage. */
export function adminRoutes(options: ServerOptions): Route[] {
	return [listPeople(options), changeOne(options)];
}

function listPeople({ db }: ServerOptions): Route {
	return route({
		method: "GET",
		path: "/api/admin/users",
		access: "admin read",
		text: {
			summary:
				"The people of this server, the oldest first, and what each used ever and in the last 30 UTC days",
			reply: Counted.array(),
		},
		query: ListQuery,
		async answer({ query, now }) {
			const [accounts, seen, totals] = await Promise.all([
				listAccounts(db),
				listLastSeen(db),
				listPeopleTotals(db, utcDay(now)),
			]);
			const rows = accounts.map((account) => {
				const { ever, lately } = totals.get(account.user) ?? NO_TOTALS;
				return {
					...rowOf(account, seen),
					total_cost: dollars(ever.costNanoUsd),
					total_tokens: totalTokens(ever),
					cost_30_days: dollars(lately.costNanoUsd),
					tokens_30_days: totalTokens(lately),
				};
			});
			return list("people", rows, query);
		},
	});
}

function changeOne({ db }: ServerOptions): Route {
	return route({
		method: "PATCH",
		path: "/api/admin/users/:id",
		access: "admin write",
		text: {
			summary: "Disables or enables a person, or makes one an admin or a member",
			reply: Person,
			problems: [NOT_THE_OWNER, OWNER_ONLY],
		},
		body: Change,
		async answer(ask, viewer) {
			const by = { ...ask, admin: accountOf(viewer) };
			const changed = await changePerson(db, ask.params.id ?? "", ask.body, by);
			return json(rowOf(changed, await listLastSeen(db)));
		},
	});
}

function rowOf(
	{ user, id, username, displayName, email, role, createdAt, disabledAt }: Account,
	seen: ReadonlyMap<number, number>,
) {
	return {
		id,
		username,
		display_name: displayName,
		email,
		role,
		created_at: iso(createdAt),
		disabled_at: iso(disabledAt),
		last_seen: iso(seen.get(user)),
	};
}

import { type } from "arktype";
import { listAccounts } from "../../ledger/accounts.ts";
import { listInvites } from "../../ledger/invites.ts";
import { CLOSED, MOST_HOURS, makeInvite, OWNER_ONLY, withdrawInvite } from "../people/inviting.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { Done, iso, ListQuery, list, Moment, MomentOrNever } from "./list.ts";
import { json } from "./rows.ts";

const NewInvite = type({
	"+": "delete",
	"role?": "'admin' | 'member'",
	"expires_in_hours?": `1 <= number <= ${MOST_HOURS}`,
});

const Made = type({ id: "string", code: "string", url: "string", role: "string", expires_at: Moment });

const Invites = type({
	id: "string",
	role: "'owner' | 'admin' | 'member'",
	created_by: "string | null",
	created_at: Moment,
	expires_at: Moment,
	used_at: MomentOrNever,
	used_by: "string | null",
}).array();

/** Who may come to this server. */
export function inviteRoutes(options: ServerOptions): Route[] {
	return [listAllInvites(options), makeOne(options), withdrawOne(options)];
}

function listAllInvites({ db }: ServerOptions): Route {
	return route({
		method: "GET",
		path: "/api/invites",
		access: "admin read",
		text: { summary: "Invites, the newest first; their codes are not kept", reply: Invites },
		query: ListQuery,
		async answer({ query }) {
			const names = new Map((await listAccounts(db)).map(({ user, username }) => [user, username]));
			const nameOf = (user: number | null) => (user === null ? null : (names.get(user) ?? null));
			const rows = (await listInvites(db)).map((invite) => ({
				id: invite.id,
				role: invite.role,
				created_by: nameOf(invite.createdBy),
				created_at: iso(invite.createdAt),
				expires_at: iso(invite.expiresAt),
				used_at: iso(invite.usedAt),
				used_by: nameOf(invite.usedBy),
			}));
			return list("invites", rows, query);
		},
	});
}

function makeOne(options: ServerOptions): Route {
	return route({
		method: "POST",
		path: "/api/invites",
		access: "admin write",
		text: {
			summary: "Makes an invite for one person; its code is shown this once",
			reply: Made,
			problems: [OWNER_ONLY, CLOSED],
		},
		body: NewInvite,
		async answer(ask, viewer) {
			const { role, expires_in_hours: hours } = ask.body;
			const by = { ...ask, admin: accountOf(viewer) };
			const { code, url, invite } = await makeInvite(options, { role, hours }, by);
			return json({ id: invite.id, code, url, role: invite.role, expires_at: iso(invite.expiresAt) });
		},
	});
}

function withdrawOne({ db }: ServerOptions): Route {
	return route({
		method: "DELETE",
		path: "/api/invites/:id",
		access: "admin write",
		text: { summary: "Withdraws an invite that was not used", reply: Done },
		async answer(ask, viewer) {
			await withdrawInvite(db, ask.params.id ?? "", { ...ask, admin: accountOf(viewer) });
			return json({ message: "The invite was withdrawn." });
		},
	});
}

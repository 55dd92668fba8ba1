import { type } from "arktype";
import { expectAccount, listAccounts } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import { deleteInvite, listInvites, saveNewInvite } from "../../ledger/invites.ts";
import { NOT_FOUND, type Problem, ProblemError } from "../errors.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { Done, iso, ListQuery, list, Moment, MomentOrNever } from "./list.ts";
import { json } from "./rows.ts";

const USUAL_HOURS = 72;
const HOUR_MS = 3_600_000;

const NewInvite = type({
	"+": "delete",
	"role?": "'admin' | 'member'",
	"expires_in_hours?": "1 <= number <= 720",
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

const OWNER_ONLY: Problem = {
	status: 403,
	code: "owner_only",
	title: "Only the owner may do that",
	sentence: "Who is an admin is decided by the owner of the server.",
	hint: "Ask the owner, or invite a member.",
};

const CLOSED: Problem = {
	status: 409,
	code: "registration_closed",
	title: "This server takes nobody in",
	sentence: "Its registration is closed, so an invite would open nothing.",
	hint: "Start it with REGISTRATION=invite, or make the account with promptpulse user create.",
};

/** Who may come to this server. */
export function inviteRoutes(options: ServerOptions): Route[] {
	return [listAllInvites(options), makeInvite(options), withdrawInvite(options)];
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

function makeInvite({ db, registration }: ServerOptions): Route {
	return route({
		method: "POST",
		path: "/api/invites",
		access: "admin write",
		text: { summary: "Makes an invite for one person; its code is shown this once", reply: Made },
		body: NewInvite,
		async answer({ body, origin, now, address }, viewer) {
			const own = accountOf(viewer);
			const { role = "member", expires_in_hours: hours = USUAL_HOURS } = body;
			if (registration === "closed") throw new ProblemError(CLOSED);
			if (role === "admin" && own.role !== "owner") throw new ProblemError(OWNER_ONLY);
			const wanted = { role, createdBy: own.user, expiresAt: now + Math.round(hours * HOUR_MS) };
			const { code, invite } = await db.transaction(async (tx) => {
				await expectAccount(tx, own.user);
				const made = await saveNewInvite(tx, wanted, now);
				const detail = { invite: made.invite.id, role };
				await saveAudit(tx, { user: own.user, action: "invite.created", detail, address }, now);
				return made;
			});
			const { id, expiresAt } = invite;
			return json({ id, code, url: `${origin}/join/${code}`, role, expires_at: iso(expiresAt) });
		},
	});
}

function withdrawInvite({ db }: ServerOptions): Route {
	return route({
		method: "DELETE",
		path: "/api/invites/:id",
		access: "admin write",
		text: { summary: "Withdraws an invite that was not used", reply: Done },
		async answer({ params: { id = "" }, now, address }, viewer) {
			const { user } = accountOf(viewer);
			await db.transaction(async (tx) => {
				await expectAccount(tx, user);
				if (!(await deleteInvite(tx, id))) throw new ProblemError(NOT_FOUND);
				await saveAudit(tx, { user, action: "invite.revoked", detail: { invite: id }, address }, now);
			});
			return json({ message: "The invite was withdrawn." });
		},
	});
}

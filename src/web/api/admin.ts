import { type } from "arktype";
import type { Account } from "../../account/account.ts";
import {
	expectAccount,
	findAccountById,
	listAccounts,
	saveDisabled,
	saveRole,
} from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Transaction } from "../../ledger/database.ts";
import { deleteInvitesBy } from "../../ledger/invites.ts";
import { deleteSessions } from "../../ledger/web-sessions.ts";
import { listLastSeen } from "../../reports/last-seen.ts";
import { NOT_FOUND, type Problem, ProblemError } from "../errors.ts";
import { type Arrival, accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { iso, ListQuery, list, Moment, MomentOrNever } from "./list.ts";
import { json } from "./rows.ts";

const Change = type({ "+": "delete", "disabled?": "boolean", "role?": "'admin' | 'member'" });

type Change = typeof Change.infer;

const Person = type({
	id: "string",
	username: "string",
	email: "string | null",
	role: "'owner' | 'admin' | 'member'",
	created_at: Moment,
	disabled_at: MomentOrNever,
	last_seen: MomentOrNever,
});

const NOT_THE_OWNER: Problem = {
	status: 403,
	code: "owner_stays",
	title: "The owner stays",
	sentence: "Nobody changes the owner of the server.",
	hint: "Whoever runs the server can do it with promptpulse user.",
};

const OWNER_ONLY: Problem = {
	status: 403,
	code: "owner_only",
	title: "Only the owner may do that",
	sentence: "Who is an admin, and what becomes of one, is decided by the owner of the server.",
	hint: "Ask the owner.",
};

/** The people of a server, for those who look after them. Of their usage nothing is told. */
export function adminRoutes(options: ServerOptions): Route[] {
	return [listPeople(options), changePerson(options)];
}

function listPeople({ db }: ServerOptions): Route {
	return route({
		method: "GET",
		path: "/api/admin/users",
		access: "admin read",
		text: { summary: "The people of this server, the oldest first", reply: Person.array() },
		query: ListQuery,
		async answer({ query }) {
			const seen = await listLastSeen(db);
			const rows = (await listAccounts(db)).map((account) => rowOf(account, seen));
			return list("people", rows, query);
		},
	});
}

function changePerson({ db }: ServerOptions): Route {
	return route({
		method: "PATCH",
		path: "/api/admin/users/:id",
		access: "admin write",
		text: { summary: "Disables or enables a person, or makes one an admin or a member", reply: Person },
		body: Change,
		async answer(ask, viewer) {
			const own = accountOf(viewer);
			const changed = await db.transaction(async (tx) => {
				await expectAccount(tx, own.user);
				const account = await findAccountById(tx, ask.params.id ?? "");
				if (!account) throw new ProblemError(NOT_FOUND);
				refuseChange(account, ask.body, own);
				await change(tx, account, ask.body, { ...ask, by: own.id });
				return findAccountById(tx, account.id);
			});
			if (!changed) throw new Error("an account was lost while it was changed");
			return json(rowOf(changed, await listLastSeen(db)));
		},
	});
}

/** @throws ProblemError */
function refuseChange({ role }: Account, change: Change, own: Account): void {
	if (role === "owner") throw new ProblemError(NOT_THE_OWNER);
	const isAboutAdmins = role === "admin" || change.role === "admin";
	if (isAboutAdmins && own.role !== "owner") throw new ProblemError(OWNER_ONLY);
}

/** A person who may do less is logged out everywhere, and what the person invited to is void. */
async function change(
	tx: Transaction,
	{ user, role: before, disabledAt }: Account,
	{ disabled, role }: Change,
	{ now, address, by }: Pick<Arrival, "now" | "address"> & { by: string },
): Promise<void> {
	if (disabled !== undefined && disabled !== (disabledAt !== null)) {
		await saveDisabled(tx, user, disabled ? now : null);
		if (disabled) await deleteInvitesBy(tx, user);
		const action = disabled ? "account.disabled" : "account.enabled";
		await saveAudit(tx, { user, action, detail: { by }, address }, now);
	}
	if (role !== undefined && role !== before) {
		await saveRole(tx, user, role);
		await deleteSessions(tx, user);
		if (role === "member") await deleteInvitesBy(tx, user);
		await saveAudit(tx, { user, action: "account.role", detail: { by, before, role }, address }, now);
	}
}

function rowOf(
	{ user, id, username, email, role, createdAt, disabledAt }: Account,
	seen: ReadonlyMap<number, number>,
) {
	return {
		id,
		username,
		email,
		role,
		created_at: iso(createdAt),
		disabled_at: iso(disabledAt),
		last_seen: iso(seen.get(user)),
	};
}

import { expectAccount } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import { deleteInvite, type Invite, saveNewInvite } from "../../ledger/invites.ts";
import { NOT_FOUND, type Problem, ProblemError } from "../errors.ts";
import type { Arrival } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import type { By } from "./people.ts";

/** How long an invite is good where nothing else is asked for, and at the most, in hours. */
const USUAL_HOURS = 72;
export const MOST_HOURS = 720;

const HOUR_MS = 3_600_000;

export const OWNER_ONLY: Problem = {
	status: 403,
	code: "owner_only",
	title: "Only the owner may do that",
	sentence: "Who is an admin is decided by the owner of the server.",
	hint: "Ask the owner, or invite a member.",
};

export const CLOSED: Problem = {
	status: 409,
	code: "registration_closed",
	title: "This server takes nobody in",
	sentence: "Its registration is closed, so an invite would open nothing.",
	hint: "Start it with REGISTRATION=invite, or make the account with promptpulse user create.",
};

/**
 * Makes an invite for one person. Its code and address are given out this once.
 *
 * @throws ProblemError
 */
export async function makeInvite(
	{ db, registration }: Pick<ServerOptions, "db" | "registration">,
	{
		role = "member",
		hours = USUAL_HOURS,
	}: { role?: "admin" | "member" | undefined; hours?: number | undefined },
	{ admin, now, address, origin }: By & Pick<Arrival, "origin">,
): Promise<{ code: string; url: string; invite: Invite }> {
	const { user } = admin;
	if (registration === "closed") throw new ProblemError(CLOSED);
	if (role === "admin" && admin.role !== "owner") throw new ProblemError(OWNER_ONLY);
	const wanted = { role, createdBy: user, expiresAt: now + Math.round(hours * HOUR_MS) };
	const made = await db.transaction(async (tx) => {
		await expectAccount(tx, user);
		const saved = await saveNewInvite(tx, wanted, now);
		const detail = { invite: saved.invite.id, role };
		await saveAudit(tx, { user, action: "invite.created", detail, address }, now);
		return saved;
	});
	return { ...made, url: `${origin}/join/${made.code}` };
}

/** @throws ProblemError where there is no such invite that was not used */
export async function withdrawInvite(
	db: Database,
	id: string,
	{ admin: { user }, now, address }: By,
): Promise<void> {
	await db.transaction(async (tx) => {
		await expectAccount(tx, user);
		if (!(await deleteInvite(tx, id))) throw new ProblemError(NOT_FOUND);
		await saveAudit(tx, { user, action: "invite.revoked", detail: { invite: id }, address }, now);
	});
}

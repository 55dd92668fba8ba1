import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import { deleteInvite, type Invite, saveNewInvite } from "../../ledger/invites.ts";
import { HOUR_MS } from "../../usage/day.ts";
import { NOT_FOUND, type Problem, ProblemError } from "../errors.ts";
import type { Arrival } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { type By, expectAdmin } from "./people.ts";

/** How long an invite is good where nothing else is asked for, and at the most, in hours. */
const USUAL_HOURS = 72;
export const MOST_HOURS = 720;

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
	{ admin: asking, now, address, origin }: By & Pick<Arrival, "origin">,
): Promise<{ code: string; url: string; invite: Invite }> {
	if (registration === "closed") throw new ProblemError(CLOSED);
	const made = await db.transaction(async (tx) => {
		const admin = await expectAdmin(tx, asking);
		if (role === "admin" && admin.role !== "owner") throw new ProblemError(OWNER_ONLY);
		const { user } = admin;
		const wanted = { role, createdBy: user, expiresAt: now + Math.round(hours * HOUR_MS) };
		const saved = await saveNewInvite(tx, wanted, now);
		const detail = { invite: saved.invite.id, role };
		await saveAudit(tx, { user, action: "invite.created", detail, address }, now);
		return saved;
	});
	return { ...made, url: `${origin}/join/${made.code}` };
}

/** @throws ProblemError where there is no such invite that was not used */
export async function withdrawInvite(db: Database, id: string, { admin, now, address }: By): Promise<void> {
	await db.transaction(async (tx) => {
		const { user } = await expectAdmin(tx, admin);
		if (!(await deleteInvite(tx, id))) throw new ProblemError(NOT_FOUND);
		await saveAudit(tx, { user, action: "invite.revoked", detail: { invite: id }, address }, now);
	});
}

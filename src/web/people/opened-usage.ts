import type { Account } from "../../account/account.ts";
import { expectAccount, findAccountById, findAccountOf } from "../../ledger/accounts.ts";
import { noteHourly, saveAudit } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import { findInstanceSettings, saveInstanceSetting } from "../../ledger/instance-settings.ts";
import { saveUsageOpenedKnown } from "../../ledger/preferences.ts";
import { findPerson, raiseRevision, raiseRevisions } from "../../ledger/users.ts";
import { NOT_FOUND, type Problem, ProblemError } from "../errors.ts";
import { versionOf } from "../live.ts";
import { type Arrival, accountOf, type Viewer } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import type { UsageSource } from "../source.ts";
import { type By, expectAdmin } from "./people.ts";

export const OWNER_OPENS: Problem = {
	status: 403,
	code: "owner_only",
	title: "Only the owner may do that",
	sentence: "Whether admins see other people's sessions and projects is decided by the owner of the server.",
	hint: "Ask the owner. Any admin may end it.",
};

/**
 * Lets admins see everyone's sessions and project names, or ends that at once. Everyone is told on their own pages.
 *
 * @throws ProblemError where somebody else than the owner turns it on
 */
export async function openUsage(db: Database, isOpen: boolean, { admin, now, address }: By): Promise<void> {
	await db.transaction(async (tx) => {
		const [{ role }, { usageOpenedAt }] = await Promise.all([
			expectAdmin(tx, admin),
			findInstanceSettings(tx),
		]);
		if (isOpen && role !== "owner") throw new ProblemError(OWNER_OPENS);
		if ((usageOpenedAt !== null) === isOpen) return;
		await saveInstanceSetting(tx, "usageOpenedAt", isOpen ? now : null);
		await raiseRevisions(tx);
		const detail = {
			by: admin.id,
			setting: "view of sessions and projects for admins",
			value: isOpen ? "on" : "off",
		};
		await saveAudit(tx, { action: "settings.changed", detail, address }, now);
	});
}

/** The person has read that it is so, and is told no more until it is turned on anew. */
export async function noteOpenedKnown(db: Database, user: number): Promise<void> {
	await db.transaction(async (tx) => {
		const [{ usageOpenedAt }] = await Promise.all([findInstanceSettings(tx), expectAccount(tx, user)]);
		if (usageOpenedAt === null) return;
		await saveUsageOpenedKnown(tx, user, usageOpenedAt);
		await raiseRevision(tx, user);
	});
}

/** Somebody as an admin sees them: what their own pages are made from. */
export type OpenedUsage = { account: Account; source: UsageSource };

/**
 * The usage of somebody for an admin. That it was looked at is noted before anything of it is told, where its owner reads it.
 *
 * @param id of the account
 * @throws ProblemError `not_found` where nobody has that id, and for everybody as long as the owner has not opened it
 */
export async function findOpenedUsage(
	{ db, ledger }: Pick<ServerOptions, "db" | "ledger">,
	id: string,
	viewer: Viewer,
	{ now, address }: Pick<Arrival, "now" | "address">,
): Promise<OpenedUsage> {
	const admin = accountOf(viewer);
	const [{ usageOpenedAt }, account] = await Promise.all([findInstanceSettings(db), findAccountById(db, id)]);
	if (usageOpenedAt === null || !account) throw new ProblemError(NOT_FOUND);
	const { user } = account;
	await noteHourly(db, { user, action: "person.read", detail: { by: admin.id }, address }, now);
	// Of an account that was erased meanwhile nothing was noted.
	const [person, still] = await Promise.all([findPerson(db, user), findAccountOf(db, user)]);
	if (!person || !still) throw new ProblemError(NOT_FOUND);
	const { zone, weekStart, revision, lastSeen } = person;
	return {
		account,
		source: {
			...viewer.source,
			asker: { id: user, zone },
			zone,
			weekStart,
			version: versionOf(ledger, user, revision),
			asOf: lastSeen ?? now,
		},
	};
}

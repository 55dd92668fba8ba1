import { type Account, isAdmin } from "../../account/account.ts";
import { expectAccount, findAccountById, saveDisabled, saveRole } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database, Reader, Transaction } from "../../ledger/database.ts";
import { deleteInvitesBy } from "../../ledger/invites.ts";
import { deleteSessions } from "../../ledger/web-sessions.ts";
import { NOT_ALLOWED, NOT_FOUND, type Problem, ProblemError } from "../errors.ts";
import type { Arrival } from "../route.ts";

/** What an admin makes of somebody; what is left out stays. */
export type PersonChange = { disabled?: boolean; role?: "admin" | "member" };

/** The admin who does something, and whence. */
export type By = Pick<Arrival, "now" | "address"> & { admin: Account };

export const NOT_THE_OWNER: Problem = {
	status: 403,
	code: "owner_stays",
	title: "The owner stays",
	sentence: "Nobody changes the owner of the server.",
	hint: "Whoever runs the server can do it with promptpulse user.",
};

export const OWNER_ONLY: Problem = {
	status: 403,
	code: "owner_only",
	title: "Only the owner may do that",
	sentence: "Who is an admin, and what becomes of one, is decided by the owner of the server.",
	hint: "Ask the owner.",
};

/**
 * The account of an admin who is about to change something, as it is now: what the gate knew is a moment old.
 *
 * @throws ProblemError where the person is an admin no more
 * @throws AppError `account_gone`
 */
export async function expectAdmin(tx: Reader, { user }: Account): Promise<Account> {
	const admin = await expectAccount(tx, user);
	if (!isAdmin(admin)) throw new ProblemError(NOT_ALLOWED);
	return admin;
}

/**
 * An admin disables or enables somebody, or the owner makes somebody an admin or a member.
 *
 * @param id of the account
 * @returns the account as it is now
 * @throws ProblemError
 */
export async function changePerson(db: Database, id: string, wanted: PersonChange, by: By): Promise<Account> {
	return db.transaction(async (tx) => {
		const admin = await expectAdmin(tx, by.admin);
		const account = await findAccountById(tx, id);
		if (!account) throw new ProblemError(NOT_FOUND);
		if (account.role === "owner") throw new ProblemError(NOT_THE_OWNER);
		if (!mayChange(admin, account, wanted)) throw new ProblemError(OWNER_ONLY);
		await change(tx, account, wanted, by);
		const changed = await findAccountById(tx, id);
		if (!changed) throw new Error("an account was lost while it was changed");
		return changed;
	});
}

/** Whether somebody who looks after people may make that of one of them. */
export function mayChange(admin: Account, { role }: Account, wanted: PersonChange): boolean {
	if (role === "owner") return false;
	const isAboutAdmins = role === "admin" || wanted.role === "admin";
	return !isAboutAdmins || admin.role === "owner";
}

/** A person who may do less is logged out everywhere, and what the person invited to is void. */
async function change(
	tx: Transaction,
	{ user, role: before, disabledAt }: Account,
	{ disabled, role }: PersonChange,
	{ now, address, admin: { id: by } }: By,
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

import type { Transaction } from "./database.ts";

/** What is noted for those who have to know later. */
export type AuditAction =
	| "account.created"
	| "account.disabled"
	| "account.email"
	| "account.email-confirmed"
	| "account.enabled"
	| "account.erased"
	| "account.role"
	| "account.zone"
	| "admin.read"
	| "export"
	| "invite.created"
	| "invite.used"
	| "invite.revoked"
	| "key.created"
	| "key.refused"
	| "key.revoked"
	| "keys.reset"
	| "leaderboard.excluded"
	| "leaderboard.included"
	| "login"
	| "login.failed"
	| "logout"
	| "retention"
	| "retention.rules"
	| "session.ended"
	| "settings.changed";

/** `user`: whom it is about; `detail`: names and ids, never a secret; `address`: who asked. */
export type AuditEntry = {
	user?: number | undefined;
	action: AuditAction;
	detail?: Record<string, string | number | null>;
	address?: string | undefined;
};

/** Notes it in the transaction that does it, so there is never one without the other. */
export async function saveAudit(
	tx: Transaction,
	{ user, action, detail = {}, address }: AuditEntry,
	now: number,
): Promise<void> {
	await tx.run("insert into audit_log (at, user, action, detail, address) values (?, ?, ?, ?, ?)", [
		now,
		user ?? null,
		action,
		JSON.stringify(detail),
		address ?? null,
	]);
}

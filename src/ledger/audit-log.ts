import { HOUR_MS } from "../usage/day.ts";
import type { Database, Reader, Transaction } from "./database.ts";

/** What is noted for those who have to know later. */
export type AuditAction =
	| "account.created"
	| "account.disabled"
	| "account.email"
	| "account.email-confirmed"
	| "account.email-lapsed"
	| "account.enabled"
	| "account.erased"
	| "account.name"
	| "account.role"
	| "account.week"
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
	| "leaderboard.joined"
	| "leaderboard.left"
	| "leaderboard.renamed"
	| "login"
	| "login.failed"
	| "logout"
	| "person.read"
	| "reported.removed"
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

/**
 * Notes it in the transaction that does it, so there is never one without the other. Nothing is noted about an account
 * that was erased meanwhile.
 */
export async function saveAudit(
	tx: Transaction,
	{ user, action, detail = {}, address }: AuditEntry,
	now: number,
): Promise<void> {
	await tx.run(
		`insert into audit_log (at, user, action, detail, address)
		select ?, ?, ?, ?, ?
		where ? is null or exists (select 1 from accounts where user = ?)`,
		[now, user ?? null, action, JSON.stringify(detail), address ?? null, user ?? null, user ?? null],
	);
}

/** So much of one kind is noted in an hour of what anybody can do from anywhere: it fills nothing. */
export const MOST_HOURLY = 1_000;

/**
 * Notes what may happen again and again, once in each hour of the clock: the same about the same person from the same
 * address. Who finds it noted writes nothing.
 *
 * @param most so many are noted of one person, or of nobody, in an hour
 */
export async function noteHourly(
	db: Database,
	entry: AuditEntry,
	now: number,
	most = Number.POSITIVE_INFINITY,
): Promise<void> {
	if (await isNoted(db, entry, now, most)) return;
	await db.transaction(async (tx) => {
		if (!(await isNoted(tx, entry, now, most))) await saveAudit(tx, entry, now);
	});
}

async function isNoted(
	db: Reader,
	{ user, action, detail = {}, address }: AuditEntry,
	now: number,
	most: number,
): Promise<boolean> {
	const found = await db.get<{ same: number; entries: number }>(
		`select ifnull(sum(detail = ? and address is ?), 0) as same, count(*) as entries
		from audit_log
		where user is ? and at >= ? and action = ?`,
		[JSON.stringify(detail), address ?? null, user ?? null, now - (now % HOUR_MS), action],
	);
	return found !== undefined && (found.same > 0 || found.entries >= most);
}

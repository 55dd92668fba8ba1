import type { Reader } from "../ledger/database.ts";

/** An entry of the audit log. `at`: epoch ms; `user`: number of the person it is about; `detail`: JSON. */
export type AuditRow = {
	id: number;
	at: number;
	user: number | null;
	username: string | null;
	action: string;
	detail: string;
	address: string | null;
};

const COLUMNS = `
	entry.id, entry.at, entry.user, accounts.username, entry.action, entry.detail, entry.address`;

/**
 * Entries about everyone, the newest first.
 *
 * @param before id that all of them are below
 */
export async function listAudit(
	db: Reader,
	{ before = Number.MAX_SAFE_INTEGER, limit }: { before?: number | undefined; limit: number },
): Promise<AuditRow[]> {
	return db.all<AuditRow>(
		`select ${COLUMNS}
		from audit_log as entry
		left join accounts on accounts.user = entry.user
		where entry.id < ?
		order by entry.id desc
		limit ?`,
		[before, limit],
	);
}

/**
 * Entries about one person, the newest first.
 *
 * @param before time (epoch ms) and id that all of them are below
 */
export async function listOwnAudit(
	db: Reader,
	user: number,
	{ before, limit }: { before?: { at: number; id: number } | undefined; limit: number },
): Promise<AuditRow[]> {
	const { at, id } = before ?? { at: Number.MAX_SAFE_INTEGER, id: 0 };
	return db.all<AuditRow>(
		`select ${COLUMNS}
		from audit_log as entry
		left join accounts on accounts.user = entry.user
		where entry.user = ? and (entry.at, entry.id) < (?, ?)
		order by entry.at desc, entry.id desc
		limit ?`,
		[user, at, id, limit],
	);
}

import type { Account } from "../account/account.ts";
import type { AuditRow } from "../reports/audit.ts";

/** What an entry of the audit log says beside when and what: names and ids, never a secret. */
export type AuditDetail = Record<string, string | number | null>;

/** What a person is told of an entry about them: not from where an admin did it. */
export function ownEntry(row: AuditRow, { id }: Pick<Account, "id">) {
	const detail = detailOf(row);
	const isAboutPerson = row.action.startsWith("account.") || row.action.startsWith("leaderboard.");
	const isByOther = isAboutPerson && typeof detail.by === "string" && detail.by !== id;
	return {
		at: new Date(row.at).toISOString(),
		action: row.action,
		detail,
		address: isByOther ? null : row.address,
	};
}

export function detailOf({ detail }: Pick<AuditRow, "detail">): AuditDetail {
	return JSON.parse(detail) as AuditDetail;
}

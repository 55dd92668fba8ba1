import type { Account } from "../../account/account.ts";
import type { AuditRow } from "../../reports/audit.ts";

/** What an entry of the audit log says beside when and what: names and ids, never a secret. */
export type AuditDetail = Record<string, string | number | null>;

/** Kinds of what others may have done to the person. */
const ABOUT_PERSONS = ["account.", "leaderboard.", "person."];

/** What a person is told of an entry about them: not from where an admin did it. */
export function ownEntry(row: AuditRow, { id }: Pick<Account, "id">) {
	const detail = detailOf(row);
	const isAboutPerson = ABOUT_PERSONS.some((kind) => row.action.startsWith(kind));
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

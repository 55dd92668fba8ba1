import type { AuditAction } from "../../ledger/audit-log.ts";
import type { AuditRow } from "../../reports/audit.ts";
import { MONDAY, nameOfWeekday, parseWeekday } from "../../usage/weekdays.ts";
import { type AuditDetail, detailOf } from "./audit-rows.ts";

/** What an entry of each kind says to people. */
const WORDS: Record<AuditAction, (detail: AuditDetail) => string> = {
	"account.created": () => "The account was made",
	"account.disabled": () => "The account was disabled",
	"account.email": () => "The e-mail address was changed",
	"account.email-confirmed": () => "The e-mail address was confirmed",
	"account.email-lapsed": () => "The e-mail address went to whoever confirmed it",
	"account.enabled": () => "The account was enabled again",
	"account.erased": () => "An account was erased",
	"account.name": () => "The name for others was changed",
	"account.role": ({ before, role }) => `The role became ${role}, it was ${before}`,
	"account.week": ({ weekStart }) => `Weeks begin on ${nameOf(weekStart)}`,
	"account.zone": ({ zone }) => `Days are counted in ${zone}`,
	"admin.read": ({ path }) => `Looked at what is for admins: ${path}`,
	export: () => "Everything was exported",
	"invite.created": ({ role }) => `An invite was made for a new ${role}`,
	"invite.used": () => "Came by an invite",
	"invite.revoked": () => "An invite was withdrawn",
	"key.created": ({ kind }) => `A key was made that is ${kind}`,
	"key.refused": ({ why }) => `A key was tried that is ${why}`,
	"key.revoked": () => "A key was revoked",
	"keys.reset": () => "All keys were revoked, and one was made",
	"leaderboard.excluded": () => "Left out of the leaderboard",
	"leaderboard.included": () => "Let into the leaderboard again",
	"leaderboard.joined": () => "Took part in the leaderboard",
	"leaderboard.left": () => "Left the leaderboard",
	"leaderboard.renamed": () => "Took another name on the leaderboard",
	login: ({ how }) => `Logged in by ${how}`,
	"login.failed": () => "A log-in failed",
	logout: () => "Logged out",
	"person.read": () => "Sessions and projects were looked at",
	"reported.removed": ({ totals }) =>
		totals === 1 ? "1 imported total was removed" : `${totals} imported totals were removed`,
	retention: ({ months }) => `Responses are kept ${monthsText(months)}`,
	"retention.rules": ({ default: usual, most }) =>
		`The server keeps responses ${monthsText(usual)} where nothing was chosen, at the most ${monthsText(most)}`,
	"session.ended": () => "A browser was logged out",
	"settings.changed": ({ setting, value }) => `The server's ${setting} was turned ${value}`,
};

/**
 * An entry in words.
 *
 * @param nameOf what somebody is called who did it to another; undefined for who is not known any more
 */
export function auditWords(
	row: Pick<AuditRow, "action" | "detail">,
	nameOf: (id: string) => string | undefined,
): string {
	const detail = detailOf(row);
	const words = isKnown(row.action) ? WORDS[row.action](detail) : row.action;
	const { by } = detail;
	// A key says by which other one it was made.
	if (typeof by !== "string" || by === "self" || row.action.startsWith("key.")) return words;
	const who = by === "operator" ? "whoever runs the server" : nameOf(by);
	return who === undefined ? words : `${words}, by ${who}`;
}

/** A day of the week by what an entry calls it. */
function nameOf(id: AuditDetail[string] | undefined): string {
	return nameOfWeekday(parseWeekday(String(id)) ?? MONDAY);
}

function isKnown(action: string): action is AuditAction {
	return Object.hasOwn(WORDS, action);
}

/** Months of retention: 0 and null are for good. */
function monthsText(months: AuditDetail[string] | undefined): string {
	if (!months) return "for good";
	return months === 1 ? "for a month" : `for ${months} months`;
}

import type { AuditAction } from "../ledger/audit-log.ts";
import type { AuditRow } from "../reports/audit.ts";
import { type AuditDetail, detailOf } from "./audit-rows.ts";

/** What an entry of each kind says to people. */
const WORDS: Record<AuditAction, (detail: AuditDetail) => string> = {
	"account.created": () => "The account was made",
	"account.disabled": () => "The account was disabled",
	"account.email": () => "The e-mail address was changed",
	"account.email-confirmed": () => "The e-mail address was confirmed",
	"account.enabled": () => "The account was enabled again",
	"account.erased": () => "An account was erased",
	"account.role": ({ before, role }) => `The role became ${role}, it was ${before}`,
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
	login: ({ how }) => `Logged in by ${how}`,
	"login.failed": () => "A log-in failed",
	logout: () => "Logged out",
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

function isKnown(action: string): action is AuditAction {
	return Object.hasOwn(WORDS, action);
}

/** Months of retention: 0 and null are for good. */
function monthsText(months: AuditDetail[string] | undefined): string {
	if (!months) return "for good";
	return months === 1 ? "for a month" : `for ${months} months`;
}

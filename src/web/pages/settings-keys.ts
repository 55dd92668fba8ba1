import { KEY_KINDS } from "../../account/api-key.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import { deleteSession } from "../../ledger/web-sessions.ts";
import { DAY_MS } from "../../usage/day.ts";
import { cleanName } from "../../usage/event.ts";
import { invalidFields, NOT_FOUND, ProblemError } from "../errors.ts";
import { makeOwnKey, revokeOwnKey } from "../people/own-keys.ts";
import { askToConfirm, NO_EMAIL, NO_MAIL, sendTestReport } from "../people/own-mail.ts";
import { accountOf } from "../route.ts";
import { sentenceOf } from "./form-acts.ts";
import type { SettingsAct } from "./settings-acts.ts";

const LONGEST_NAME = 100;
const MOST_DAYS = 3_650;

/** What opens something in the name of the account. */
export const KEY_ACTS: readonly SettingsAct[] = [
	{
		path: "/settings/keys",
		summary: "Makes a key and shows it once",
		card: "keys",
		form: "key",
		async act({ db }, { name = "", kind: choice, expires = "" }, ask, viewer) {
			const kind = KEY_KINDS.find((known) => known === choice);
			const days = expires === "never" ? null : Number(expires);
			if (!kind || (days !== null && !(days >= 1 && days <= MOST_DAYS)))
				throw new ProblemError(invalidFields("invalid_body", [kind ? "expires" : "kind"]));
			if (name === "" || name.length > LONGEST_NAME || cleanName(name) !== name)
				return { refused: { name: "Give it a name of one line, at most 100 characters." } };
			const expiresAt = days === null ? null : ask.now + days * DAY_MS;
			try {
				const { text } = await makeOwnKey(db, viewer, { name, kind, expiresAt }, ask);
				return { more: { madeKey: { name, text } } };
			} catch (error) {
				return { refused: { name: sentenceOf(error, ["not_wider", "log_in_again", "too_many_keys"]) } };
			}
		},
	},
	{
		path: "/settings/keys/:id/revoke",
		summary: "Revokes a key",
		card: "keys",
		async act({ db }, _fields, ask, viewer) {
			await revokeOwnKey(db, viewer, ask.params.id ?? "", ask);
			return { done: "key-revoked" };
		},
	},
	{
		path: "/settings/sessions/:id/end",
		summary: "Logs a browser out",
		card: "browsers",
		async act({ db }, _fields, { params: { id = "" }, now, address }, viewer) {
			const { user } = accountOf(viewer);
			await db.transaction(async (tx) => {
				if (!(await deleteSession(tx, user, id))) throw new ProblemError(NOT_FOUND);
				await saveAudit(tx, { user, action: "session.ended", detail: { session: id }, address }, now);
			});
			return { done: "session-ended" };
		},
	},
];

/** Forms of servers that send mail. */
export const MAIL_ACTS: readonly SettingsAct[] = [
	{
		path: "/settings/confirm",
		summary: "Sends the link that confirms the e-mail address once more",
		card: "profile",
		async act({ db, mailing }, _fields, ask, viewer) {
			const { user, email } = accountOf(viewer);
			if (!mailing) throw new ProblemError(NO_MAIL);
			if (email === null) throw new ProblemError(NO_EMAIL);
			await askToConfirm(db, mailing, { user, email }, ask);
			return { done: "link-sent" };
		},
	},
	{
		path: "/settings/test-mail",
		summary: "Mails the report of the last week now",
		card: "reports",
		async act({ db, mailing }, _fields, ask, viewer) {
			await sendTestReport(db, mailing, viewer, ask);
			return { done: "test-sent" };
		},
	},
];

import type { SettingsData } from "../../../views/settings.tsx";
import { listKeys } from "../../ledger/api-keys.ts";
import type { Database } from "../../ledger/database.ts";
import { listMails } from "../../ledger/mails.ts";
import { findPreferences } from "../../ledger/preferences.ts";
import { findConfirmedEmail, findReportChoice } from "../../ledger/report-times.ts";
import { listSessions } from "../../ledger/web-sessions.ts";
import type { Mailing } from "../mailing.ts";
import { kindsFor } from "../own-keys.ts";
import { accountOf, type Viewer } from "../route.ts";

/** How many of the last mails are listed. */
const MAILS = 5;

/** Reads what the settings show. */
export async function readSettings(
	db: Database,
	mailing: Mailing | undefined,
	viewer: Viewer,
	now: number,
): Promise<SettingsData> {
	const { user, username, role, email } = accountOf(viewer);
	const [confirmed, reports, mails, plan, keys, sessions] = await Promise.all([
		findConfirmedEmail(db, user),
		findReportChoice(db, user),
		listMails(db, user, MAILS),
		findPreferences(db, user),
		listKeys(db, user),
		listSessions(db, user, now),
	]);
	return {
		username,
		role,
		email,
		isEmailConfirmed: confirmed !== undefined,
		sendsMail: mailing !== undefined,
		reports,
		mails: mails.map(({ kind, period, state, createdAt, sentAt, nextAt, error }) => ({
			kind,
			period,
			state,
			at: sentAt ?? nextAt ?? createdAt,
			error,
		})),
		plan,
		keys: keys.filter(
			({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > now),
		),
		kinds: kindsFor(viewer, now),
		browsers: sessions.map(({ id, agent, createdAt, seenAt }) => ({
			id,
			agent,
			createdAt,
			seenAt,
			isThis: id === viewer.session?.id,
		})),
	};
}

import type { SettingsData } from "../../../views/settings.tsx";
import { listKeys } from "../../ledger/api-keys.ts";
import type { Database } from "../../ledger/database.ts";
import { findInstanceSettings } from "../../ledger/instance-settings.ts";
import { listMails } from "../../ledger/mails.ts";
import { findPreferences } from "../../ledger/preferences.ts";
import { findConfirmedEmail, findReportChoice } from "../../ledger/report-times.ts";
import { findRetentionChoice } from "../../ledger/retention.ts";
import { listSessions } from "../../ledger/web-sessions.ts";
import { listOwnAudit } from "../../reports/audit.ts";
import { keptMonths } from "../../usage/retention.ts";
import { ownEntry } from "../people/audit-rows.ts";
import { auditWords } from "../people/audit-words.ts";
import type { Mailing } from "../people/mailing.ts";
import { isFresh, kindsFor } from "../people/own-keys.ts";
import { accountOf, type Viewer } from "../route.ts";

/** How many of the last mails, and of the last entries of the audit log, are listed. */
const MAILS = 5;
const ENTRIES = 10;

/** Reads what the settings show. */
export async function readSettings(
	db: Database,
	mailing: Mailing | undefined,
	viewer: Viewer,
	now: number,
): Promise<SettingsData> {
	const account = accountOf(viewer);
	const { user, username, displayName, role, email } = account;
	const [confirmed, reports, mails, preferences, choice, settings, keys, sessions, audit] = await Promise.all(
		[
			findConfirmedEmail(db, user),
			findReportChoice(db, user),
			listMails(db, user, MAILS),
			findPreferences(db, user),
			findRetentionChoice(db, user),
			findInstanceSettings(db),
			listKeys(db, user),
			listSessions(db, user, now),
			listOwnAudit(db, user, { limit: ENTRIES }),
		],
	);
	const rules = { usual: settings.retention, most: settings.retentionMost };
	return {
		username,
		displayName,
		role,
		email,
		weekStart: viewer.source.weekStart,
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
		plan: preferences,
		board: {
			isOn: viewer.hasBoard === true,
			joinedAt: preferences.leaderboardAt,
			name: preferences.leaderboardName,
			excludedAt: preferences.leaderboardExcludedAt,
		},
		retention: { rules, kept: keptMonths(choice, rules), isChosen: choice !== null },
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
		audit: audit.map((row) => ({
			at: row.at,
			who: null,
			words: auditWords(row, (id) => (id === account.id ? undefined : "an admin")),
			address: ownEntry(row, account).address,
		})),
		usageOpenedAt: settings.usageOpenedAt,
		canErase: isFresh(viewer, now),
	};
}

import type { Database } from "../ledger/database.ts";
import { saveMailLink } from "../ledger/mail-links.ts";
import { type Attempt, type MailRow, noteMailed, queueMail, takeMail } from "../ledger/mails.ts";
import { type DueReport, findConfirmedEmail, listDueReports, moveReport } from "../ledger/report-times.ts";
import { findUser } from "../ledger/users.ts";
import { type Mail, type MailSettings, sendMail } from "../mail/resend.ts";
import { type ReportLetter, readReportLetter } from "../reports/report-letter.ts";
import { dayText, parseDay } from "../usage/day.ts";
import { nextReportAt, periodFrom, REPORT_FREQUENCIES, reportedPeriod } from "../usage/report-times.ts";
import type { Job } from "./clock.ts";

/** A letter as it is read: as markup and as plain text. */
type Written = Pick<Mail, "subject" | "html" | "text">;

/** `write`: makes a letter of a report; links in it begin with `origin`, and `stop` ends reports at once. */
export type ReportMailing = {
	settings: MailSettings;
	origin: string;
	write(letter: ReportLetter, links: { origin: string; stop: string }): Written;
};

const MINUTE_MS = 60_000;
/** Whoever has taken a mail sends it in far less. */
const LEASE_MS = 5 * MINUTE_MS;
/** How long is waited after each failed attempt; after the last one a mail is given up. */
const WAITS_MS = [1, 5, 30, 120, 360, 720].map((minutes) => minutes * MINUTE_MS);
/** How long the link in a mail ends reports. */
const STOP_MS = 400 * 24 * 60 * MINUTE_MS;
/** How many are looked at in one go. */
const MOST = 500;

/**
 * Mails the reports that are due. Somebody's next report is moved on and its mail put in the queue in one transaction, so
 * each period has one mail whatever happens in between; and the service is given a key by which it knows a mail that
 * comes again because its answer was lost. After a longer silence only the latest period is told.
 */
export function mailReports(mailing: ReportMailing): Job {
	return {
		name: "mail-reports",
		everyMs: MINUTE_MS,
		async run(db, now) {
			const due = await listDueReports(db, now, MOST);
			for (const report of due) await queueReport(db, report, now);
			return { due: due.length, ...(await sendWaiting(db, mailing, now)) };
		},
	};
}

async function queueReport(db: Database, report: DueReport, now: number): Promise<void> {
	const { user, zone, every } = report;
	let [latest, next] = [report.dueAt, nextReportAt(report, report.dueAt)];
	while (next <= now) [latest, next] = [next, nextReportAt(report, next)];
	const { since } = reportedPeriod(every, zone, latest);
	await db.transaction(async (tx) => {
		if (!(await moveReport(tx, report, next))) return;
		const address = await findConfirmedEmail(tx, user);
		if (address !== undefined)
			await queueMail(tx, { user, kind: every, period: dayText(since), address }, now);
	});
}

async function sendWaiting(db: Database, mailing: ReportMailing, now: number) {
	const counts = { sent: 0, empty: 0, waiting: 0, failed: 0 };
	for (let i = 0; i < MOST; i++) {
		const mail = await takeMail(db, now, LEASE_MS);
		if (!mail) break;
		const { attempt, isBusy } = await attemptOf(db, mailing, mail, now);
		await noteMailed(db, mail.id, attempt, now);
		counts[attempt.state]++;
		// The service is away or has had enough: the others wait as well.
		if (isBusy) break;
	}
	return counts;
}

async function attemptOf(
	db: Database,
	{ settings, origin, write }: ReportMailing,
	mail: MailRow,
	now: number,
): Promise<{ attempt: Attempt; isBusy: boolean }> {
	const { user, kind, period, attempts } = mail;
	const every = REPORT_FREQUENCIES.find((known) => known === kind);
	const since = parseDay(period);
	const [person, address] = await Promise.all([findUser(db, user), findConfirmedEmail(db, user)]);
	if (!every || since === undefined || !person || address === undefined) {
		return { attempt: { state: "failed", error: "The address is not confirmed any more." }, isBusy: false };
	}
	const letter = await readReportLetter(db, person, { every, period: periodFrom(every, since) });
	if (letter.activeDays === 0) return { attempt: { state: "empty" }, isBusy: false };
	const code = await saveMailLink(db, { user, purpose: "stop", address, expiresAt: now + STOP_MS });
	const stop = `${origin}/mail/stop/${code}`;
	const sent = await sendMail(settings, {
		to: address,
		...write(letter, { origin, stop }),
		headers: { "List-Unsubscribe": `<${stop}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
		key: `report-${user}-${kind}-${period}`,
	});
	if (sent.state === "sent") return { attempt: { state: "sent" }, isBusy: false };
	const wait = WAITS_MS[attempts - 1];
	if (sent.state === "refused" || wait === undefined)
		return { attempt: { state: "failed", error: sent.reason }, isBusy: false };
	const nextAt = now + Math.max(wait, sent.waitMs ?? 0);
	return { attempt: { state: "waiting", error: sent.reason, nextAt }, isBusy: true };
}

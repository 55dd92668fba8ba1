import { findAccountOf } from "../ledger/accounts.ts";
import type { Database } from "../ledger/database.ts";
import { saveMailLink } from "../ledger/mail-links.ts";
import { type Attempt, type MailRow, noteMailed, queueMail, takeMail } from "../ledger/mails.ts";
import {
	type DueReport,
	findConfirmedEmail,
	listDueReports,
	listFarReports,
	moveReport,
} from "../ledger/report-times.ts";
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
/** No mail is taken after so long: leases are counted from the beginning. */
const LONGEST_MS = 2 * MINUTE_MS;
/** How many are looked at in one go. */
const MOST = 500;

/**
 * Mails the reports that are due. Somebody's next report is moved on and its mail put in the queue in one transaction, so
 * each period has one mail whatever happens in between; and the service is given a key by which it knows a mail that
 * comes again because its answer was lost. After a longer silence only the latest period is told. What a clock that ran ahead
 * put off for long is put back to its time.
 */
export function mailReports(mailing: ReportMailing): Job {
	return {
		name: "mail-reports",
		everyMs: MINUTE_MS,
		async run(db, now, isOver) {
			const [due, far] = await Promise.all([listDueReports(db, now, MOST), listFarReports(db, now, MOST)]);
			for (const report of far)
				await db.transaction((tx) => moveReport(tx, report, nextReportAt(report, now)));
			for (const report of due) await queueReport(db, report, now);
			const begun = performance.now();
			const isEnough = () => isOver() || performance.now() - begun > LONGEST_MS;
			return { due: due.length, ...(await sendWaiting(db, mailing, now, isEnough)) };
		},
	};
}

async function queueReport(db: Database, report: DueReport, now: number): Promise<void> {
	const { user, every } = report;
	let [latest, next] = [report.dueAt, nextReportAt(report, report.dueAt)];
	while (next <= now) [latest, next] = [next, nextReportAt(report, next)];
	const { since } = reportedPeriod(report, latest);
	await db.transaction(async (tx) => {
		if (!(await moveReport(tx, report, next))) return;
		const address = await findConfirmedEmail(tx, user);
		if (address !== undefined)
			await queueMail(tx, { user, kind: every, period: dayText(since), address }, now);
	});
}

/** @param isEnough whether to leave the rest for the next time */
async function sendWaiting(db: Database, mailing: ReportMailing, now: number, isEnough: () => boolean) {
	const counts = { sent: 0, empty: 0, waiting: 0, failed: 0 };
	let fault: string | undefined;
	for (let i = 0; i < MOST && !isEnough(); i++) {
		const mail = await takeMail(db, now, LEASE_MS);
		if (!mail) break;
		const came = await attemptOf(db, mailing, mail, now);
		await noteMailed(db, mail.id, came.attempt, now);
		counts[came.attempt.state]++;
		fault ??= came.fault;
		// The service is away or has had enough: the others wait as well.
		if (came.isBusy) break;
	}
	return { ...counts, ...(fault === undefined ? {} : { fault }) };
}

async function attemptOf(
	db: Database,
	{ settings, origin, write }: ReportMailing,
	mail: MailRow,
	now: number,
): Promise<{ attempt: Attempt; isBusy: boolean; fault?: string }> {
	const { user, kind, period, attempts } = mail;
	const every = REPORT_FREQUENCIES.find((known) => known === kind);
	const since = parseDay(period);
	const [person, account, address] = await Promise.all([
		findUser(db, user),
		findAccountOf(db, user),
		findConfirmedEmail(db, user),
	]);
	if (!every || since === undefined || !person || !account || address === undefined) {
		return { attempt: { state: "failed", error: "The address is not confirmed any more." }, isBusy: false };
	}
	const letter = await readReportLetter(db, person, { every, period: periodFrom(every, since) });
	if (letter.activeDays === 0) return { attempt: { state: "empty" }, isBusy: false };
	const code = await saveMailLink(db, { user, purpose: "stop", address, expiresAt: now + STOP_MS });
	const stop = `${origin}/mail/stop/${code}`;
	const written = writtenOr(() => write(letter, { origin, stop }));
	if ("fault" in written) {
		// A fault of the program itself: one person's letter holds up nobody else's.
		return { attempt: nextOf(attempts, now, "The report could not be written."), isBusy: false, ...written };
	}
	const sent = await sendMail(settings, {
		to: address,
		...written,
		headers: { "List-Unsubscribe": `<${stop}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
		// Other servers may send with the same key of the service: the account's id is none of theirs.
		key: `report-${account.id}-${kind}-${period}`,
	});
	if (sent.state === "sent") return { attempt: { state: "sent" }, isBusy: false };
	if (sent.state === "refused") return { attempt: { state: "failed", error: sent.reason }, isBusy: false };
	const attempt = nextOf(attempts, now, sent.reason, sent.waitMs);
	return { attempt, isBusy: attempt.state === "waiting" };
}

function writtenOr(write: () => Written): Written | { fault: string } {
	try {
		return write();
	} catch (error) {
		return { fault: String(error) };
	}
}

/** After so many attempts it is tried again later, or given up. @param leastMs how long to wait at the least */
function nextOf(attempts: number, now: number, error: string, leastMs = 0): Attempt {
	const wait = WAITS_MS[attempts - 1];
	if (wait === undefined) return { state: "failed", error };
	return { state: "waiting", error, nextAt: now + Math.max(wait, leastMs) };
}

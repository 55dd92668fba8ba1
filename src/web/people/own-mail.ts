import { writeConfirmLetter } from "../../../views/mail/confirm-letter.tsx";
import type { Account } from "../../account/account.ts";
import { digestOf } from "../../account/secret.ts";
import { expectAccount, expectPerson, saveEmail } from "../../ledger/accounts.ts";
import { noteAttempt } from "../../ledger/attempts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database, Transaction } from "../../ledger/database.ts";
import { deleteMailLinks, findMailLink, saveMailLink } from "../../ledger/mail-links.ts";
import {
	findConfirmedEmail,
	findReportChoice,
	type ReportChoice,
	saveConfirmedEmail,
	saveReportChoice,
} from "../../ledger/report-times.ts";
import { type Mail, sendMail } from "../../mail/resend.ts";
import { readReportLetter } from "../../reports/report-letter.ts";
import { HOUR_MS, ZoneClock } from "../../usage/day.ts";
import { nextReportAt, periodUntil } from "../../usage/report-times.ts";
import { type Problem, ProblemError, TOO_MANY } from "../errors.ts";
import { type Arrival, accountOf, type Viewer } from "../route.ts";
import type { Mailing } from "./mailing.ts";

/** How long the link that confirms an address is good. */
const CONFIRM_MS = 24 * HOUR_MS;
/** Mails that somebody may have sent by asking for them, and that may go so to one address, whoever asks. */
const LIMIT = { most: 5, windowMs: HOUR_MS };
/** And that may go so to one address in a day: it may be a stranger's, who cannot make it end. */
const DAILY = { most: 10, windowMs: 24 * HOUR_MS };

/** Told to who opened a mail to that address, and to nobody else. */
export const EMAIL_TAKEN: Problem = {
	status: 409,
	code: "email_taken",
	title: "This address is taken",
	sentence: "Another account has confirmed this e-mail address.",
	hint: "Take it away from that account in its settings first, or choose another one.",
};

export const NO_EMAIL: Problem = {
	status: 400,
	code: "no_email",
	title: "There is no address",
	sentence: "The account has no e-mail address that its owner has confirmed.",
	hint: "Give one in the settings, and open the link that is sent to it.",
};

export const NO_MAIL: Problem = {
	status: 503,
	code: "no_mail",
	title: "This server sends no mail",
	sentence: "This server is not set up to send mail.",
	hint: "Whoever runs it sets RESEND_API_KEY and RESEND_FROM_EMAIL.",
};

export const LINK_OVER: Problem = {
	status: 410,
	code: "link_gone",
	title: "This link is not good any more",
	sentence: "Its time is over, or another one has taken its place.",
	hint: "Log in and look into the settings.",
};

type When = Pick<Arrival, "now" | "address">;

/**
 * Gives an account another address, or none. It is only claimed, and blocks nobody, before its owner has confirmed it.
 *
 * @returns whether a mail is on its way to it
 * @throws ProblemError
 */
export async function changeEmail(
	db: Database,
	mailing: Mailing | undefined,
	viewer: Viewer,
	email: string | null,
	when: When,
): Promise<boolean> {
	const { user, email: known } = accountOf(viewer);
	// Nothing is told of who else has it, neither by what is answered nor by whether a mail goes out.
	if (email !== null && email !== known) await countMail(db, user, email, when.now);
	const isOther = await db.transaction(async (tx) => {
		const before = await expectAccount(tx, user);
		if (before.email === email) return false;
		await saveEmail(tx, user, email);
		await deleteMailLinks(tx, user, "confirm");
		await saveAudit(tx, { user, action: "account.email", address: when.address }, when.now);
		return true;
	});
	if (!isOther || !mailing || email === null) return false;
	await sendConfirmation(db, mailing, { user, email }, when);
	return true;
}

/**
 * Sends the link that confirms an address.
 *
 * @throws ProblemError
 */
export async function askToConfirm(
	db: Database,
	mailing: Mailing,
	{ user, email }: { user: number; email: string },
	when: When,
): Promise<void> {
	await countMail(db, user, email, when.now);
	await sendConfirmation(db, mailing, { user, email }, when);
}

async function sendConfirmation(
	db: Database,
	mailing: Mailing,
	{ user, email }: { user: number; email: string },
	{ now }: When,
): Promise<void> {
	const code = await db.transaction(async (tx) => {
		await expectAccount(tx, user);
		await deleteMailLinks(tx, user, "confirm");
		return saveMailLink(tx, { user, purpose: "confirm", address: email, expiresAt: now + CONFIRM_MS });
	});
	const { origin } = mailing;
	await send(mailing, {
		to: email,
		...writeConfirmLetter({ origin, confirm: `${origin}/mail/confirm/${code}` }),
	});
}

/** The address that a link would confirm, if it is still the account's. */
export async function findConfirmation(db: Database, code: string, now: number): Promise<string | undefined> {
	return (await findMailLink(db, code, "confirm", now))?.address;
}

/**
 * An address is of who confirms it; others who have only claimed it lose it.
 *
 * @throws ProblemError where the link is good no more, and where another account has confirmed that address
 */
export async function confirmEmail(db: Database, code: string, { now, address }: When): Promise<void> {
	await db.transaction(async (tx) => {
		const link = await findMailLink(tx, code, "confirm", now);
		if (!link) throw new ProblemError(LINK_OVER);
		const claimed = await saveConfirmedEmail(tx, link.user, link.address);
		if (!claimed) throw new ProblemError(EMAIL_TAKEN);
		await deleteMailLinks(tx, link.user, "confirm");
		for (const other of claimed) {
			await deleteMailLinks(tx, other, "confirm");
			await saveAudit(tx, { user: other, action: "account.email-lapsed" }, now);
		}
		await saveAudit(tx, { user: link.user, action: "account.email-confirmed", address }, now);
	});
}

/** @throws ProblemError where the link is good no more */
export async function stopReports(db: Database, code: string, now: number): Promise<void> {
	await db.transaction(async (tx) => {
		const link = await findMailLink(tx, code, "stop", now);
		if (!link) throw new ProblemError(LINK_OVER);
		const { last, minute } = await findReportChoice(tx, link.user);
		await saveReportChoice(tx, link.user, { every: null, last, minute, nextAt: null });
	});
}

/** Whether a link still ends reports. */
export async function isStopLink(db: Database, code: string, now: number): Promise<boolean> {
	return (await findMailLink(db, code, "stop", now)) !== undefined;
}

/**
 * How often somebody wants reports from now on, and at which minute of the day.
 *
 * @param choose what is wanted in place of what is chosen so far
 */
export async function chooseReports(
	tx: Transaction,
	user: number,
	choose: (before: ReportChoice) => Omit<ReportChoice, "nextAt">,
	now: number,
): Promise<void> {
	const [before, { zone }] = await Promise.all([findReportChoice(tx, user), expectPerson(tx, user)]);
	const { every, last, minute } = choose(before);
	// What is due, and not in the queue yet, still comes.
	const isDue = every === before.every && before.nextAt !== null && before.nextAt <= now;
	const nextAt =
		every === null ? null : nextReportAt({ every, minute, zone, weekStart: before.weekStart }, now);
	await saveReportChoice(tx, user, {
		every,
		last,
		minute,
		nextAt: isDue ? before.nextAt : nextAt,
	});
}

/**
 * Sends the report of the last whole week, whatever is in it.
 *
 * @returns the address it went to
 * @throws ProblemError
 */
export async function sendTestReport(
	db: Database,
	mailing: Mailing | undefined,
	viewer: Viewer,
	{ now }: When,
): Promise<string> {
	if (!mailing) throw new ProblemError(NO_MAIL);
	const { user } = accountOf(viewer);
	const email = await findConfirmedEmail(db, user);
	if (email === undefined) throw new ProblemError(NO_EMAIL);
	await countMail(db, user, email, now);
	const { subject, html, text } = await previewReport(db, mailing, viewer, now, `${mailing.origin}/settings`);
	await send(mailing, { to: email, subject: `${subject} (test)`, html, text });
	return email;
}

/** The report of the last whole week as a letter. @param stop where its last link leads */
export async function previewReport(
	db: Database,
	{ origin, write }: Pick<Mailing, "origin" | "write">,
	{ source }: Viewer,
	now: number,
	stop: string,
): Promise<Pick<Mail, "subject" | "html" | "text">> {
	const { asker, zone, weekStart } = source;
	const period = periodUntil("weekly", new ZoneClock(zone).dayAt(now) - 1, weekStart);
	return write(await readReportLetter(db, asker, { every: "weekly", period }), { origin, stop });
}

/** The account's address, and whether its owner has confirmed it. */
export async function emailState(
	db: Database,
	{ user, email }: Account,
): Promise<{ email: string | null; isConfirmed: boolean }> {
	return { email, isConfirmed: email !== null && (await findConfirmedEmail(db, user)) !== undefined };
}

/** @throws ProblemError */
async function countMail(db: Database, user: number, email: string, now: number): Promise<void> {
	const to = digestOf(email.toLowerCase());
	const counted = [
		[`mail ${user}`, LIMIT],
		[`mail to ${to}`, LIMIT],
		[`mail daily to ${to}`, DAILY],
	] as const;
	for (const [subject, limit] of counted) {
		const waitMs = await noteAttempt(db, subject, limit, now);
		if (waitMs !== undefined) throw new ProblemError({ ...TOO_MANY, waitMs });
	}
}

/** @throws ProblemError in the service's words */
async function send({ settings }: Mailing, mail: Mail): Promise<void> {
	const sent = await sendMail(settings, mail);
	if (sent.state === "sent") return;
	throw new ProblemError({
		status: 503,
		code: "mail_failed",
		title: "The mail was not sent",
		sentence: sent.reason,
		hint: "Try again later.",
	});
}

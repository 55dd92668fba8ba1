import type { ReportFrequency } from "../usage/report-times.ts";
import type { Reader, Transaction } from "./database.ts";

/** How often somebody wants a report, at which minute of the day, and when the next one is due (epoch ms). */
export type ReportChoice = { every: ReportFrequency | null; minute: number; nextAt: number | null };

/** Somebody whose report is due. */
export type DueReport = { user: number; zone: string; every: ReportFrequency; minute: number; dueAt: number };

const USUAL_MINUTE = 480;

export async function findReportChoice(db: Reader, user: number): Promise<ReportChoice> {
	const found = await db.get<ReportChoice>(
		`select report as every, report_minute as minute, report_next_at as nextAt from preferences where user = ?`,
		[user],
	);
	return found ?? { every: null, minute: USUAL_MINUTE, nextAt: null };
}

export async function saveReportChoice(
	tx: Transaction,
	user: number,
	{ every, minute, nextAt }: ReportChoice,
): Promise<void> {
	await tx.run(
		`insert into preferences (user, report, report_minute, report_next_at) values (?, ?, ?, ?)
		on conflict do update set
			report = excluded.report, report_minute = excluded.report_minute, report_next_at = excluded.report_next_at`,
		[user, every, minute, nextAt],
	);
}

/** Those whose report is due, who was first due first. */
export async function listDueReports(db: Reader, now: number, limit: number): Promise<DueReport[]> {
	return db.all<DueReport>(
		`select
			preferences.user,
			users.zone,
			preferences.report as every,
			preferences.report_minute as minute,
			preferences.report_next_at as dueAt
		from preferences
		join users on users.id = preferences.user
		where preferences.report_next_at <= ?
		order by preferences.report_next_at, preferences.user
		limit ?`,
		[now, limit],
	);
}

/**
 * Moves somebody's next report on; of all servers one does.
 *
 * @returns whether it was still due
 */
export async function moveReport(
	tx: Transaction,
	{ user, dueAt }: Pick<DueReport, "user" | "dueAt">,
	nextAt: number,
): Promise<boolean> {
	const moved = await tx.run(
		"update preferences set report_next_at = ? where user = ? and report_next_at = ?",
		[nextAt, user, dueAt],
	);
	return moved > 0;
}

/** The address to which somebody's mail goes: confirmed, and of an account that may still do something. */
export async function findConfirmedEmail(db: Reader, user: number): Promise<string | undefined> {
	const found = await db.get<{ email: string }>(
		`select accounts.email
		from accounts
		join preferences on preferences.user = accounts.user
		where accounts.user = ? and accounts.disabled_at is null and accounts.email = preferences.email_confirmed`,
		[user],
	);
	return found?.email;
}

/** Notes that an address is its owner's. It counts as long as the account has the same. */
export async function saveConfirmedEmail(tx: Transaction, user: number, email: string): Promise<void> {
	await tx.run(
		`insert into preferences (user, email_confirmed) values (?, ?)
		on conflict do update set email_confirmed = excluded.email_confirmed`,
		[user, email],
	);
}

import { DAY_MS } from "../usage/day.ts";
import { nextReportAt, type ReportFrequency, type ReportTime } from "../usage/report-times.ts";
import { MONDAY } from "../usage/weekdays.ts";
import type { Reader, Transaction } from "./database.ts";

/**
 * How often somebody wants a report, at which minute of the day, and when the next one is due (epoch ms). `last`: how often
 * it was or would be, which stays while none is wanted.
 */
export type ReportChoice = {
	every: ReportFrequency | null;
	last: ReportFrequency | null;
	minute: number;
	nextAt: number | null;
};

/** Somebody whose report is due. */
export type DueReport = ReportTime & { user: number; dueAt: number };

/** Nine o'clock, as in the older program; it stands in the table's column too. */
const USUAL_MINUTE = 540;
/** A month, and a day for changes of zone and clock. */
const LONGEST_PERIOD_MS = 32 * DAY_MS;

const DUE_REPORTS = `select
		preferences.user,
		users.zone,
		preferences.report as every,
		preferences.report_minute as minute,
		preferences.week_start as weekStart,
		preferences.report_next_at as dueAt
	from preferences
	join users on users.id = preferences.user`;

/** With the day on which the person's weeks begin, by which weekly ones go. */
export async function findReportChoice(
	db: Reader,
	user: number,
): Promise<ReportChoice & { weekStart: number }> {
	const found = await db.get<ReportChoice & { weekStart: number }>(
		`select
			case when report_next_at is not null then report end as every,
			report as last,
			report_minute as minute,
			report_next_at as nextAt,
			week_start as weekStart
		from preferences
		where user = ?`,
		[user],
	);
	return found ?? { every: null, last: null, minute: USUAL_MINUTE, nextAt: null, weekStart: MONDAY };
}

export async function saveReportChoice(
	tx: Transaction,
	user: number,
	{ every, last, minute, nextAt }: ReportChoice,
): Promise<void> {
	await tx.run(
		`insert into preferences (user, report, report_minute, report_next_at) values (?, ?, ?, ?)
		on conflict do update set
			report = excluded.report, report_minute = excluded.report_minute, report_next_at = excluded.report_next_at`,
		[user, every ?? last, minute, every === null ? null : nextAt],
	);
}

/**
 * Puts somebody's next report at its time in a zone, or in a week, that is another one now; what is due and not in the queue
 * yet still comes.
 */
export async function retimeReport(
	tx: Transaction,
	{ user, zone }: { user: number; zone: string },
	now: number,
): Promise<void> {
	const { every, last, minute, weekStart, nextAt } = await findReportChoice(tx, user);
	if (every === null || (nextAt !== null && nextAt <= now)) return;
	const next = nextReportAt({ every, minute, zone, weekStart }, now);
	await saveReportChoice(tx, user, { every, last, minute, nextAt: next });
}

/** Those whose report is due, who was first due first. */
export async function listDueReports(db: Reader, now: number, limit: number): Promise<DueReport[]> {
	return db.all<DueReport>(
		`${DUE_REPORTS}
		where preferences.report_next_at <= ?
		order by preferences.report_next_at, preferences.user
		limit ?`,
		[now, limit],
	);
}

/** Those whose next report is put off for longer than any period lasts: by a clock that ran ahead. */
export async function listFarReports(db: Reader, now: number, limit: number): Promise<DueReport[]> {
	return db.all<DueReport>(
		`${DUE_REPORTS}
		where preferences.report_next_at > ?
		order by preferences.report_next_at, preferences.user
		limit ?`,
		[now + LONGEST_PERIOD_MS, limit],
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

/**
 * Notes that an address is its owner's. It counts as long as the account has the same. Whoever else has claimed it has none
 * any more.
 *
 * @returns numbers of those who had claimed it; undefined, and nothing is changed, where another account has confirmed it
 */
export async function saveConfirmedEmail(
	tx: Transaction,
	user: number,
	email: string,
): Promise<number[] | undefined> {
	const others = await tx.all<{ user: number; isConfirmed: number }>(
		`select
			accounts.user,
			ifnull(preferences.email_confirmed = accounts.email and accounts.disabled_at is null, 0) as isConfirmed
		from accounts
		left join preferences on preferences.user = accounts.user
		where accounts.email = ? and accounts.user <> ?
		order by accounts.user`,
		[email, user],
	);
	if (others.some(({ isConfirmed }) => isConfirmed !== 0)) return undefined;
	const claimed = others.map((other) => other.user);
	await tx.batch([
		{ sql: "update accounts set email = null where user = ?", rows: claimed.map((other) => [other]) },
		{
			// Who confirmed it once and has another one by now would have it again without being asked.
			sql: "update preferences set email_confirmed = null where email_confirmed = ? and user <> ?",
			rows: [[email, user]],
		},
	]);
	await tx.run(
		`insert into preferences (user, email_confirmed) values (?, ?)
		on conflict do update set email_confirmed = excluded.email_confirmed`,
		[user, email],
	);
	return claimed;
}

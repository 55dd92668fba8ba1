import type { ReportMailing } from "../../src/jobs/mail-reports.ts";
import type { Database } from "../../src/ledger/database.ts";
import { saveReportChoice } from "../../src/ledger/report-times.ts";
import { nextReportAt, type ReportFrequency } from "../../src/usage/report-times.ts";
import { writeReportLetter } from "../../views/mail/report-letter.tsx";
import { eventOf, HOUR, ingestAll, PRICES } from "./ledger.ts";
import type { ResendServer } from "./resend.ts";

export const ORIGIN = "https://usage.example";

export function mailingTo(service: ResendServer): ReportMailing {
	return { settings: service.settings, origin: ORIGIN, write: writeReportLetter };
}

/** Somebody with a confirmed address who wants reports from a moment on. */
export type Reader = { user: number; zone: string; every: ReportFrequency; minute: number };

export async function addReader(
	db: Database,
	{ user, zone, every, minute }: Reader,
	from: number,
): Promise<void> {
	const email = `reader${user}@mail.example`;
	await db.run("insert into users (id, zone) values (?, ?)", [user, zone]);
	await db.run(
		"insert into accounts (user, id, username, email, role, zone_set, created_at) values (?, ?, ?, ?, 'member', 1, 0)",
		[user, `id${user}`, `reader${user}`, email],
	);
	await saveReportChoice(db, user, { every, minute, nextAt: nextReportAt({ every, minute, zone }, from) });
	await db.run("update preferences set email_confirmed = ? where user = ?", [email, user]);
}

/** Uses something every six hours, as a person of this number. */
export async function addUsage(
	db: Database,
	user: number,
	zone: string,
	from: number,
	until: number,
): Promise<void> {
	const events = [];
	for (let at = from; at < until; at += 6 * HOUR) {
		events.push(eventOf({ id: `${user}-${at}`, at, countedAt: at, session: `s${user}` }));
	}
	await ingestAll({ db, user: { id: user, zone, horizon: 0 } }, events, { now: until, prices: PRICES });
}

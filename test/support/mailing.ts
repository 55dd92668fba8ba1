import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Clock } from "../../src/jobs/clock.ts";
import { mailReports, type ReportMailing } from "../../src/jobs/mail-reports.ts";
import type { Database } from "../../src/ledger/database.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { saveWeekStart } from "../../src/ledger/preferences.ts";
import { saveReportChoice } from "../../src/ledger/report-times.ts";
import { nextReportAt, type ReportFrequency } from "../../src/usage/report-times.ts";
import { writeReportLetter } from "../../views/mail/report-letter.tsx";
import { eventOf, HOUR, ingestAll, PRICES } from "./ledger.ts";
import { ResendServer } from "./resend.ts";

const ORIGIN = "https://usage.example";

export function mailingTo(service: ResendServer): ReportMailing {
	return { settings: service.settings, origin: ORIGIN, write: writeReportLetter };
}

/** Somebody with a confirmed address who wants reports from a moment on. */
export type Reader = {
	user: number;
	zone: string;
	every: ReportFrequency;
	minute: number;
	/** The day on which weeks begin; Monday (0) where nothing is said. */
	weekStart?: number;
};

export async function addReader(
	db: Database,
	{ user, zone, every, minute, weekStart = 0 }: Reader,
	from: number,
): Promise<void> {
	const email = `reader${user}@mail.example`;
	await db.run("insert into users (id, zone) values (?, ?)", [user, zone]);
	await db.run(
		"insert into accounts (user, id, username, email, role, zone_set, created_at) values (?, ?, ?, ?, 'member', 1, 0)",
		[user, `id${user}`, `reader${user}`, email],
	);
	const nextAt = nextReportAt({ every, minute, zone, weekStart }, from);
	await saveReportChoice(db, user, { every, last: every, minute, nextAt });
	await saveWeekStart(db, user, weekStart);
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

/** A mail service and a folder for a server's ledger, by a clock that the test moves; `failures`: what jobs came to grief by. */
export class MailStage {
	readonly service = new ResendServer();
	readonly failures: unknown[] = [];
	readonly #folder = mkdtempSync(join(tmpdir(), "promptpulse-mail-"));

	constructor(public now: number) {
		this.service.now = () => this.now;
	}

	open(): Promise<Database> {
		return openLedger(join(this.#folder, "server.db"), this.now);
	}

	/** A server, which looks whether something is due. */
	serverOn(db: Database, holder: string): Clock {
		const log = {
			info: () => undefined,
			error: (_event: string, fields: unknown) => this.failures.push(fields),
		};
		return new Clock(db, [mailReports(mailingTo(this.service))], holder, () => this.now, log);
	}

	async close(): Promise<void> {
		await this.service.stop();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

import { type } from "arktype";
import { isEmail } from "../../account/account.ts";
import type { Database } from "../../ledger/database.ts";
import { listMails } from "../../ledger/mails.ts";
import { findReportChoice, type ReportChoice } from "../../ledger/report-times.ts";
import { findUser } from "../../ledger/users.ts";
import { isZone } from "../../usage/day.ts";
import { minuteText, parseMinute } from "../../usage/report-times.ts";
import { parseWeekday, WEEKDAY_NAMES, weekdayId } from "../../usage/weekdays.ts";
import { changeWeekStart, changeZone } from "../people/own-days.ts";
import {
	changeEmail,
	chooseReports,
	emailState,
	NO_EMAIL,
	NO_MAIL,
	sendTestReport,
} from "../people/own-mail.ts";
import { accountOf, type Route, route, type Viewer } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { iso, ListQuery, list, Moment, MomentOrNever } from "./list.ts";
import { json } from "./rows.ts";

const Frequency = type("'daily' | 'weekly' | 'monthly'");
const Time = type("string").narrow(
	(text, ctx) => parseMinute(text) !== undefined || ctx.mustBe("a time such as 08:00"),
);
const Zone = type("string <= 64").narrow((text, ctx) => isZone(text) || ctx.mustBe("an IANA time zone"));

const WeekStart = type.enumerated(...WEEKDAY_NAMES.map((_, weekday) => weekdayId(weekday)));

const Preferences = type({
	email: "string | null",
	email_confirmed: "boolean",
	email_reports_enabled: "boolean",
	report_frequency: Frequency,
	preferred_time: "string",
	timezone: "string",
	week_start: WeekStart,
	next_report_at: MomentOrNever,
});

const Choice = type({
	"+": "delete",
	"email_reports_enabled?": "boolean",
	"report_frequency?": Frequency,
	"preferred_time?": Time,
	"timezone?": Zone,
	"week_start?": WeekStart,
});

const NewEmail = type({
	"+": "delete",
	email: type("string")
		.narrow((text, ctx) => isEmail(text) || ctx.mustBe("an e-mail address"))
		.or("null"),
});

const Told = type({ message: "string", email: "string | null" });

const Mails = type({
	report: "string",
	from: "string",
	state: "'waiting' | 'sent' | 'empty' | 'failed'",
	attempts: "number",
	created_at: Moment,
	next_try_at: MomentOrNever,
	sent_at: MomentOrNever,
	error: "string | null",
}).array();

const MOST_MAILS = 500;

/** One's own address, and the reports that are mailed to it. */
export function ownMailRoutes(options: ServerOptions): Route[] {
	const { db, mailing } = options;
	return [
		route({
			method: "GET",
			path: "/api/user/email-preferences",
			access: "read",
			text: { summary: "How often reports are mailed, and when", reply: Preferences },
			answer: async (_ask, viewer) => json(await preferencesOf(db, viewer)),
		}),
		route({
			method: "PUT",
			path: "/api/user/email-preferences",
			access: "write",
			text: {
				summary:
					"Chooses how often reports are mailed, and when; the time zone is that of all one's days, and week_start is where one's weeks begin on all pages and in weekly reports",
				reply: Preferences.and({ message: "string" }),
			},
			body: Choice,
			async answer(ask, viewer) {
				const { user } = accountOf(viewer);
				const zone = ask.body.timezone ?? viewer.source.zone;
				if (zone !== viewer.source.zone) await changeZone(db, viewer, zone, ask);
				const weekStart = parseWeekday(ask.body.week_start ?? "") ?? viewer.source.weekStart;
				if (weekStart !== viewer.source.weekStart) await changeWeekStart(db, viewer, weekStart, ask);
				const choose = (before: ReportChoice) => {
					const last = ask.body.report_frequency ?? before.last ?? USUAL;
					const every = (ask.body.email_reports_enabled ?? before.every !== null) ? last : null;
					return { every, last, minute: parseMinute(ask.body.preferred_time ?? "") ?? before.minute };
				};
				await db.transaction((tx) => chooseReports(tx, user, choose, ask.now));
				return json({ message: "Saved.", ...(await preferencesOf(db, viewer)) });
			},
		}),
		route({
			method: "PUT",
			path: "/api/user/email",
			access: "write",
			text: {
				summary: "Gives the account another e-mail address, or none",
				reply: Told,
			},
			body: NewEmail,
			async answer(ask, viewer) {
				const { email } = ask.body;
				const isAsked = await changeEmail(db, mailing, viewer, email, ask);
				return json({ message: isAsked ? "Saved. Open the link that was sent to it." : "Saved.", email });
			},
		}),
		route({
			method: "POST",
			path: "/api/user/test-email",
			access: "write",
			text: {
				summary: "Mails the report of the last week now",
				reply: Told,
				problems: [NO_EMAIL, NO_MAIL],
			},
			async answer(ask, viewer) {
				const email = await sendTestReport(db, mailing, viewer, ask);
				return json({ message: "The test is on its way.", email });
			},
		}),
		route({
			method: "GET",
			path: "/api/user/mails",
			access: "read",
			text: { summary: "Reports that were or will be mailed, the latest first", reply: Mails },
			query: ListQuery,
			async answer({ query }, viewer) {
				const mails = await listMails(db, accountOf(viewer).user, MOST_MAILS);
				const rows = mails.map(({ kind, period, state, attempts, createdAt, nextAt, sentAt, error }) => ({
					report: kind,
					from: period,
					state,
					attempts,
					created_at: iso(createdAt),
					next_try_at: iso(nextAt),
					sent_at: iso(sentAt),
					error,
				}));
				return list("mails", rows, query);
			},
		}),
	];
}

async function preferencesOf(db: Database, viewer: Viewer) {
	const account = accountOf(viewer);
	const [person, { email, isConfirmed }, { every, last, minute, nextAt, weekStart }] = await Promise.all([
		findUser(db, account.user),
		emailState(db, account),
		findReportChoice(db, account.user),
	]);
	return {
		email,
		email_confirmed: isConfirmed,
		email_reports_enabled: every !== null,
		report_frequency: last ?? USUAL,
		preferred_time: minuteText(minute),
		timezone: person?.zone ?? viewer.source.zone,
		week_start: weekdayId(weekStart),
		next_report_at: iso(nextAt),
	};
}

type Frequency = typeof Frequency.infer;

/** What is usual in the older program. */
const USUAL: Frequency = "weekly";

import type { DoneWord } from "../../../views/parts/done-words.ts";
import { type RefusedForm, type SettingsData, SettingsPage } from "../../../views/settings.tsx";
import { isEmail } from "../../account/account.ts";
import { KEY_KINDS } from "../../account/api-key.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import { deleteSession } from "../../ledger/web-sessions.ts";
import { isZone } from "../../usage/day.ts";
import { cleanName } from "../../usage/event.ts";
import { OTHER_PLAN, PLAN_IDS, parsePrice } from "../../usage/plans.ts";
import { REPORT_FREQUENCIES } from "../../usage/report-times.ts";
import { invalidFields, NOT_FOUND, ProblemError } from "../errors.ts";
import type { Mailing } from "../mailing.ts";
import { makeOwnKey, revokeOwnKey } from "../own-keys.ts";
import {
	askToConfirm,
	changeEmail,
	chooseReports,
	NO_EMAIL,
	NO_MAIL,
	previewReport,
	sendTestReport,
} from "../own-mail.ts";
import { choosePlan } from "../own-plan.ts";
import { changeZone } from "../own-zone.ts";
import { type Ask, accountOf, type Route, route, type Viewer } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { shellOf } from "../shell.ts";
import { doneCookie, withoutDone } from "../tell-done.ts";
import { page } from "./page.ts";
import { seeOther } from "./see-other.ts";
import { readSettings } from "./settings-data.ts";

const DAY_MS = 86_400_000;

/** What a form says, as texts. */
type Fields = Readonly<Record<string, string>>;

/** What a form does: it is done, it is refused for what is in it, or it shows the page with something more on it. */
type Outcome = { done: DoneWord } | { refused: RefusedForm["wrong"] } | { more: Partial<SettingsData> };

/** A form of the settings. `form`: the one that keeps what was typed when it is refused. */
type SettingsAct = {
	path: string;
	summary: string;
	form?: RefusedForm["form"];
	act(options: ServerOptions, fields: Fields, ask: Ask, viewer: Viewer): Promise<Outcome>;
};

/** `/settings`: what people settle for themselves, each by a form that works without scripts. */
export function settingsRoutes(options: ServerOptions): Route[] {
	const { mailing } = options;
	return [
		showSettings(options),
		...ACTS.map((act) => formRoute(options, act)),
		...(mailing ? [showPreview(options, mailing), ...MAIL_ACTS.map((act) => formRoute(options, act))] : []),
	];
}

const ACTS: readonly SettingsAct[] = [
	{
		path: "/settings/email",
		summary: "Gives the account another e-mail address, or none",
		form: "email",
		async act({ db, mailing }, { email = "" }, ask, viewer) {
			if (email !== "" && !isEmail(email))
				return { refused: { email: "This is not an e-mail address. Mend it, or leave the field empty." } };
			try {
				const isAsked = await changeEmail(db, mailing, viewer, email || null, ask);
				return { done: isAsked ? "email-asked" : "email-saved" };
			} catch (error) {
				return { refused: { email: sentenceOf(error, ["email_taken", "mail_failed"]) } };
			}
		},
	},
	{
		path: "/settings/zone",
		summary: "Counts days in another time zone",
		form: "zone",
		async act({ db }, { zone = "" }, ask, viewer) {
			if (!isZone(zone))
				return { refused: { zone: "No such zone is known. Give a name such as Europe/Berlin, or UTC." } };
			await changeZone(db, viewer, zone, ask);
			return { done: "zone-saved" };
		},
	},
	{
		path: "/settings/plan",
		summary: "Chooses the plan that usage is compared with",
		form: "plan",
		async act({ db }, { plan: choice = "", price = "" }, _ask, viewer) {
			const plan = choice === "" ? null : PLAN_IDS.find((id) => id === choice);
			if (plan === undefined) throw new ProblemError(invalidFields("invalid_body", ["plan"]));
			const cents = plan === OTHER_PLAN ? parsePrice(price) : undefined;
			if (plan === OTHER_PLAN && cents === undefined)
				return { refused: { price: "Give its price a month in US dollars, such as 20 or 17.50." } };
			await choosePlan(db, accountOf(viewer).user, plan, cents ?? null);
			return { done: "plan-saved" };
		},
	},
	{
		path: "/settings/reports",
		summary: "Chooses how often reports are mailed, and when",
		form: "reports",
		async act({ db }, { every: choice = "", time = "" }, ask, { source, ...viewer }) {
			const every = REPORT_FREQUENCIES.find((known) => known === choice) ?? null;
			if (every === null && choice !== "never")
				throw new ProblemError(invalidFields("invalid_body", ["every"]));
			const minute = minuteIn(time);
			if (minute === undefined) return { refused: { time: "This is not a time. Write it as 08:00." } };
			const { user } = accountOf({ source, ...viewer });
			await db.transaction((tx) =>
				chooseReports(tx, { user, zone: source.zone }, { every, minute }, ask.now),
			);
			return { done: "reports-saved" };
		},
	},
	{
		path: "/settings/keys",
		summary: "Makes a key and shows it once",
		form: "key",
		async act({ db }, { name = "", kind: choice, expires = "" }, ask, viewer) {
			const kind = KEY_KINDS.find((known) => known === choice);
			const days = expires === "never" ? null : Number(expires);
			if (!kind || (days !== null && !(days >= 1 && days <= MOST_DAYS)))
				throw new ProblemError(invalidFields("invalid_body", [kind ? "expires" : "kind"]));
			if (name === "" || name.length > LONGEST_NAME || cleanName(name) !== name)
				return { refused: { name: "Give it a name of one line, at most 100 characters." } };
			const expiresAt = days === null ? null : ask.now + days * DAY_MS;
			try {
				const { text } = await makeOwnKey(db, viewer, { name, kind, expiresAt }, ask);
				return { more: { madeKey: { name, text } } };
			} catch (error) {
				return { refused: { name: sentenceOf(error, ["not_wider", "log_in_again", "too_many_keys"]) } };
			}
		},
	},
	{
		path: "/settings/keys/:id/revoke",
		summary: "Revokes a key",
		async act({ db }, _fields, ask, viewer) {
			await revokeOwnKey(db, viewer, ask.params.id ?? "", ask);
			return { done: "key-revoked" };
		},
	},
	{
		path: "/settings/sessions/:id/end",
		summary: "Logs a browser out",
		async act({ db }, _fields, { params: { id = "" }, now, address }, viewer) {
			const { user } = accountOf(viewer);
			await db.transaction(async (tx) => {
				if (!(await deleteSession(tx, user, id))) throw new ProblemError(NOT_FOUND);
				await saveAudit(tx, { user, action: "session.ended", detail: { session: id }, address }, now);
			});
			return { done: "session-ended" };
		},
	},
];

/** Forms of servers that send mail. */
const MAIL_ACTS: readonly SettingsAct[] = [
	{
		path: "/settings/confirm",
		summary: "Sends the link that confirms the e-mail address once more",
		async act({ db, mailing }, _fields, ask, viewer) {
			const { user, email } = accountOf(viewer);
			if (!mailing) throw new ProblemError(NO_MAIL);
			if (email === null) throw new ProblemError(NO_EMAIL);
			await askToConfirm(db, mailing, { user, email }, ask);
			return { done: "link-sent" };
		},
	},
	{
		path: "/settings/test-mail",
		summary: "Mails the report of the last week now",
		async act({ db, mailing }, _fields, ask, viewer) {
			await sendTestReport(db, mailing, viewer, ask);
			return { done: "test-sent" };
		},
	},
];

const LONGEST_NAME = 100;
const MOST_DAYS = 3_650;

function showSettings(options: ServerOptions): Route {
	return route({
		method: "GET",
		path: "/settings",
		access: "page",
		text: { summary: "The page: Settings" },
		answer: (ask, viewer) => settingsPage(options, ask, viewer),
	});
}

/** `GET /settings/preview`: the report of the last week as it would be mailed. */
function showPreview({ db }: ServerOptions, mailing: Mailing): Route {
	return route({
		method: "GET",
		path: "/settings/preview",
		access: "page",
		text: { summary: "The report of the last week, as it would be mailed" },
		async answer({ now }, viewer) {
			const { html } = await previewReport(db, mailing, viewer, now, "/settings");
			const answer = page(html);
			// A letter brings its own looks. Nothing else in it does anything.
			answer.headers.set("content-security-policy", LETTER_POLICY);
			return answer;
		},
	});
}

const LETTER_POLICY =
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function formRoute(options: ServerOptions, { path, summary, form, act }: SettingsAct): Route {
	return route({
		method: "POST",
		path,
		access: "write",
		text: { summary: `A form: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}` },
		async answer(ask, viewer) {
			const fields = textsIn(ask.body);
			const outcome = await act(options, fields, ask, viewer);
			if ("done" in outcome) return seeOther("/settings", doneCookie(outcome.done));
			if ("more" in outcome) return settingsPage(options, ask, viewer, outcome.more);
			if (form === undefined) throw new Error(`${path} has no form that could be refused`);
			return settingsPage(options, ask, viewer, {}, { form, values: fields, wrong: outcome.refused });
		},
	});
}

async function settingsPage(
	{ db, mailing }: ServerOptions,
	ask: Ask,
	viewer: Viewer,
	more: Partial<SettingsData> = {},
	refused?: RefusedForm,
): Promise<Response> {
	const shell = shellOf(ask, viewer, "Settings");
	const data = { ...(await readSettings(db, mailing, viewer, ask.now)), ...more };
	return withoutDone(page(SettingsPage({ shell, data, refused }), refused ? 422 : 200), shell.done);
}

function textsIn(body: unknown): Fields {
	const fields = Object.entries((body ?? {}) as Record<string, unknown>);
	return Object.fromEntries(
		fields.flatMap(([name, value]) =>
			typeof value === "string" ? [[name, value.trim().slice(0, MOST_TEXT)]] : [],
		),
	);
}

const MOST_TEXT = 300;

/** What a form can say of a problem itself. */
function sentenceOf(error: unknown, codes: readonly string[]): string {
	if (!(error instanceof ProblemError) || !codes.includes(error.problem.code)) throw error;
	return `${error.problem.sentence} ${error.problem.hint}`;
}

function minuteIn(time: string): number | undefined {
	const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
	return hour === undefined ? undefined : Number(hour) * 60 + Number(minute);
}

import type { SettingsData, SettingsFormName } from "../../../views/settings.tsx";
import { isEmail } from "../../account/account.ts";
import type { ReportChoice } from "../../ledger/report-times.ts";
import { isZone } from "../../usage/day.ts";
import { OTHER_PLAN, PLAN_IDS, parsePrice } from "../../usage/plans.ts";
import { parseMinute, REPORT_FREQUENCIES } from "../../usage/report-times.ts";
import { MOST_MONTHS } from "../../usage/retention.ts";
import { parseWeekday } from "../../usage/weekdays.ts";
import { invalidFields, ProblemError } from "../errors.ts";
import { noteOpenedKnown } from "../people/opened-usage.ts";
import { chooseRetention, eraseOwnAccount } from "../people/own-account.ts";
import { changeWeekStart, changeZone } from "../people/own-days.ts";
import { joinBoard, leaveBoard } from "../people/own-leaderboard.ts";
import { changeEmail, chooseReports } from "../people/own-mail.ts";
import { changeName } from "../people/own-name.ts";
import { choosePlan } from "../people/own-plan.ts";
import { accountOf } from "../route.ts";
import { erasedAnswer } from "./erase-account.ts";
import { type FormAct, monthsIn, sentenceOf } from "./form-acts.ts";
import { wrongName } from "./leaderboard.ts";
import { seeOther } from "./see-other.ts";

export type SettingsAct = FormAct<SettingsFormName, Partial<SettingsData>>;

/** What a person settles about the account. */
export const ACTS: readonly SettingsAct[] = [
	{
		path: "/settings/name",
		summary: "Names the person for others on the server",
		card: "profile",
		form: "name",
		async act({ db }, { shown_name: name = "" }, ask, viewer) {
			try {
				await changeName(db, viewer, name, ask);
				return { done: "name-saved" };
			} catch (error) {
				return { refused: { shown_name: wrongName(error) } };
			}
		},
	},
	{
		path: "/settings/email",
		summary: "Gives the account another e-mail address, or none",
		card: "profile",
		form: "email",
		async act({ db, mailing }, { email = "" }, ask, viewer) {
			if (email !== "" && !isEmail(email))
				return { refused: { email: "This is not an e-mail address. Mend it, or leave the field empty." } };
			try {
				const isAsked = await changeEmail(db, mailing, viewer, email || null, ask);
				return { done: isAsked ? "email-asked" : "email-saved" };
			} catch (error) {
				return { refused: { email: sentenceOf(error, ["mail_failed", "too_many_requests"]) } };
			}
		},
	},
	{
		path: "/settings/zone",
		summary: "Counts days in another time zone",
		card: "days",
		form: "zone",
		async act({ db }, { zone = "" }, ask, viewer) {
			if (!isZone(zone))
				return { refused: { zone: "No such zone is known. Give a name such as Europe/Berlin, or UTC." } };
			await changeZone(db, viewer, zone, ask);
			return { done: "zone-saved" };
		},
	},
	{
		path: "/settings/week",
		summary: "Begins weeks on another day",
		card: "days",
		async act({ db }, { week_start: id = "" }, ask, viewer) {
			const weekStart = parseWeekday(id);
			if (weekStart === undefined) throw new ProblemError(invalidFields("invalid_body", ["week_start"]));
			await changeWeekStart(db, viewer, weekStart, ask);
			return { done: "week-saved" };
		},
	},
	{
		path: "/settings/reports",
		summary: "Chooses how often reports are mailed, and when",
		card: "reports",
		form: "reports",
		async act({ db }, { every: choice = "", time = "" }, ask, viewer) {
			const every = REPORT_FREQUENCIES.find((known) => known === choice) ?? null;
			if (every === null && choice !== "never")
				throw new ProblemError(invalidFields("invalid_body", ["every"]));
			const minute = parseMinute(time);
			if (minute === undefined) return { refused: { time: "This is not a time. Write it as 08:00." } };
			const { user } = accountOf(viewer);
			const choose = ({ last }: ReportChoice) => ({ every, last, minute });
			await db.transaction((tx) => chooseReports(tx, user, choose, ask.now));
			return { done: "reports-saved" };
		},
	},
	{
		path: "/settings/plan",
		summary: "Chooses the plan that usage is compared with",
		card: "plan",
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
		path: "/settings/leaderboard",
		summary: "Takes part in the leaderboard under a name (action: join), or leaves at once (leave)",
		card: "leaderboard",
		form: "leaderboard",
		async act({ db }, { action, display_name: name = "" }, ask, viewer) {
			const { user } = accountOf(viewer);
			if (action === "leave") {
				await leaveBoard(db, user, undefined, ask);
				return { done: "board-left" };
			}
			if (action !== "join") throw new ProblemError(invalidFields("invalid_body", ["action"]));
			try {
				await joinBoard(db, user, name, ask);
				return { done: "board-joined" };
			} catch (error) {
				return { refused: { display_name: wrongName(error) } };
			}
		},
	},
	{
		path: "/settings/retention",
		summary: "Keeps single responses for so many months, or for good where none are given",
		card: "retention",
		form: "retention",
		async act({ db }, { months: typed = "" }, ask, viewer) {
			const months = monthsIn(typed, MOST_MONTHS);
			if (months === undefined)
				return {
					refused: { months: `Give a number of months from 1 to ${MOST_MONTHS}, or leave it empty.` },
				};
			try {
				await chooseRetention(db, viewer, months, ask);
				return { done: "retention-saved" };
			} catch (error) {
				return { refused: { months: sentenceOf(error, ["beyond_rules"]) } };
			}
		},
	},
	{
		path: "/settings/opened",
		summary: "Notes that one has read that admins may see one's sessions and project names",
		card: "privacy",
		async act({ db }, _fields, _ask, viewer) {
			await noteOpenedKnown(db, accountOf(viewer).user);
			return { answer: seeOther("/") };
		},
	},
	{
		path: "/account/erase",
		summary: "Erases one's own account; confirm is one's user name",
		card: "erase",
		form: "erase",
		async act(options, { confirm }, ask, viewer) {
			try {
				await eraseOwnAccount(options, viewer, confirm, ask);
			} catch (error) {
				const isOtherName = error instanceof ProblemError && error.problem.fields?.includes("confirm");
				const wrong = isOtherName
					? "This is not your user name, to the letter."
					: sentenceOf(error, ["log_in_again", "owner_stays"]);
				return { refused: { confirm: wrong } };
			}
			return { answer: erasedAnswer(ask) };
		},
	},
];

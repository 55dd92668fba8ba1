import type { AdminFormName, AdminMore } from "../../../views/admin.tsx";
import type { DoneWord } from "../../../views/parts/done-words.ts";
import { MOST_MONTHS } from "../../usage/retention.ts";
import { invalidFields, ProblemError } from "../errors.ts";
import { excludeFromBoard, switchBoard } from "../people/board-settings.ts";
import { MOST_HOURS, makeInvite, withdrawInvite } from "../people/inviting.ts";
import { openUsage } from "../people/opened-usage.ts";
import { type By, changePerson, type PersonChange } from "../people/people.ts";
import { settleRetention } from "../people/retention-rules.ts";
import { type Ask, accountOf, type Viewer } from "../route.ts";
import { type FormAct, monthsIn, sentenceOf } from "./form-acts.ts";

type AdminAct = FormAct<AdminFormName, AdminMore>;

/** What a button of a person's row makes of the person, and what is said then. */
const CHANGES: Readonly<Record<string, { wanted: PersonChange; done: DoneWord }>> = {
	disable: { wanted: { disabled: true }, done: "person-disabled" },
	enable: { wanted: { disabled: false }, done: "person-enabled" },
	admin: { wanted: { role: "admin" }, done: "person-admin" },
	member: { wanted: { role: "member" }, done: "person-member" },
};

/** What admins do about people and the server. */
export const ADMIN_ACTS: readonly AdminAct[] = [
	{
		path: "/admin/people/:id",
		summary:
			"Disables or enables a person (act: disable, enable), makes one an admin or a member (admin, member), leaves one out of the leaderboard or lets one in again (exclude, include)",
		card: "people",
		async act({ db }, { act = "" }, ask, viewer) {
			const { id = "" } = ask.params;
			const by = byOf(ask, viewer);
			if (act === "exclude" || act === "include") {
				await excludeFromBoard(db, id, act === "exclude", by);
				return { done: act === "exclude" ? "board-excluded" : "board-included" };
			}
			const change = Object.hasOwn(CHANGES, act) ? CHANGES[act] : undefined;
			if (!change) throw new ProblemError(invalidFields("invalid_body", ["act"]));
			await changePerson(db, id, change.wanted, by);
			return { done: change.done };
		},
	},
	{
		path: "/admin/invites",
		summary: "Makes an invite for one person (role, hours) and shows its link once",
		card: "invites",
		form: "invite",
		async act(options, { role: choice = "", hours: typed = "" }, ask, viewer) {
			const role = choice === "admin" || choice === "member" ? choice : undefined;
			if (!role) throw new ProblemError(invalidFields("invalid_body", ["role"]));
			const hours = /^\d{1,4}$/.test(typed) ? Number(typed) : 0;
			if (hours < 1 || hours > MOST_HOURS)
				return { refused: { hours: `Give a number of hours from 1 to ${MOST_HOURS}.` } };
			try {
				const { url, invite } = await makeInvite(options, { role, hours }, { ...ask, ...byOf(ask, viewer) });
				return { more: { madeInvite: { url, role, expiresAt: invite.expiresAt } } };
			} catch (error) {
				return { refused: { hours: sentenceOf(error, ["owner_only", "registration_closed"]) } };
			}
		},
	},
	{
		path: "/admin/invites/:id/withdraw",
		summary: "Withdraws an invite that was not used",
		card: "invites",
		async act({ db }, _fields, ask, viewer) {
			await withdrawInvite(db, ask.params.id ?? "", byOf(ask, viewer));
			return { done: "invite-withdrawn" };
		},
	},
	{
		path: "/admin/leaderboard",
		summary: "Turns the leaderboard on or off for everyone (turn: on, off)",
		card: "leaderboard",
		async act({ db }, { turn }, ask, viewer) {
			if (turn !== "on" && turn !== "off") throw new ProblemError(invalidFields("invalid_body", ["turn"]));
			await switchBoard(db, turn === "on", byOf(ask, viewer));
			return { done: turn === "on" ? "board-on" : "board-off" };
		},
	},
	{
		path: "/admin/usage",
		summary:
			"Lets admins see everyone's sessions and project names, or ends that (turn: on, off); the owner alone turns it on",
		card: "usage",
		async act({ db }, { turn }, ask, viewer) {
			if (turn !== "on" && turn !== "off") throw new ProblemError(invalidFields("invalid_body", ["turn"]));
			await openUsage(db, turn === "on", byOf(ask, viewer));
			return { done: turn === "on" ? "usage-opened" : "usage-closed" };
		},
	},
	{
		path: "/admin/retention",
		summary:
			"Settles for how many months single responses are kept of who chose nothing (usual), and of anybody (most); empty is for good",
		card: "retention",
		form: "retention",
		async act({ db }, { usual: typedUsual = "", most: typedMost = "" }, ask, viewer) {
			const [usual, most] = [monthsIn(typedUsual, MOST_MONTHS), monthsIn(typedMost, MOST_MONTHS)];
			if (usual === undefined) return { refused: { usual: NO_MONTHS } };
			if (most === undefined) return { refused: { most: NO_MONTHS } };
			if (usual !== null && most !== null && usual > most)
				return { refused: { usual: "This is more than is kept of anybody." } };
			await settleRetention(db, { usual, most }, byOf(ask, viewer));
			return { done: "rules-saved" };
		},
	},
];

const NO_MONTHS = `Give a number of months from 1 to ${MOST_MONTHS}, or leave it empty.`;

function byOf({ now, address }: Ask, viewer: Viewer): By {
	return { now, address, admin: accountOf(viewer) };
}

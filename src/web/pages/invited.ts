import { KeyPage, SetupPage, type SignUpForm } from "../../../views/setup.tsx";
import { isEmail, isUsername } from "../../account/account.ts";
import { type Problem, ProblemError } from "../errors.ts";
import { openSession } from "../gates/open-session.ts";
import { refuseWrong, waitText } from "../gates/tries.ts";
import { loginCommand } from "../people/login-command.ts";
import { findOpenInvite, signUp } from "../people/sign-up.ts";
import { type Ask, openRoute, type Route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { bareShellOf, serverName } from "./bare-shell.ts";
import { page } from "./page.ts";

/** Where people come in by an invite. `gone`: what is told where its code opens nothing. */
export type Door = { path: "/setup" | "/join"; isOwner: boolean; gone: Problem };

const EMPTY: SignUpForm = { username: "", email: "", wrong: {} };

/** The form of an invite, and the account that comes of it. To look at the form uses nothing up. */
export function invitedRoutes(options: ServerOptions, door: Door): Route[] {
	const { path, isOwner, gone } = door;
	const whose = isOwner ? "the owner" : "a person who is invited";
	return [
		openRoute({
			method: "GET",
			path: `${path}/:code`,
			text: { summary: `The form by which ${whose} makes an account` },
			async answer(ask) {
				await expectInvite(options, door, ask);
				return formPage(door, ask, EMPTY);
			},
		}),
		openRoute({
			method: "POST",
			path: `${path}/:code`,
			text: { summary: `Makes the account of ${whose}, shows its key once, and logs the browser in` },
			async answer(ask) {
				await expectInvite(options, door, ask);
				const { form, zone } = readForm(ask.body);
				if (form.wrong.username ?? form.wrong.email) return formPage(door, ask, form, 422);
				const { username, email } = form;
				const person = { username, email: email || null, invite: ask.params.code ?? "", zone };
				try {
					const made = await signUp(options, person, ask, gone, (tx, { user }) =>
						openSession(tx, { user, key: null, how: "invite" }, ask),
					);
					return keyPage(door, ask, username, made.key, made.also);
				} catch (error) {
					const wrong = error instanceof ProblemError ? wrongOf(error.problem) : undefined;
					if (!wrong || !(error instanceof ProblemError)) throw error;
					return formPage(door, ask, { ...form, wrong }, error.problem.status);
				}
			},
		}),
	];
}

/** @throws ProblemError where the code opens nothing, or another door */
async function expectInvite({ db, registration }: ServerOptions, door: Door, ask: Ask): Promise<void> {
	const invite = await findOpenInvite(db, registration, ask.params.code ?? "", ask.now);
	if (!invite || (invite.role === "owner") !== door.isOwner) {
		await refuseWrong(db, "invite", ask, door.gone);
	}
}

function readForm(body: unknown): { form: SignUpForm; zone: string } {
	const fields = (body ?? {}) as Record<string, unknown>;
	const textOf = (name: string) => (typeof fields[name] === "string" ? fields[name].trim() : "");
	const [username, email] = [textOf("username").slice(0, 100), textOf("email").slice(0, 300)];
	const wrong: SignUpForm["wrong"] = {
		username: isUsername(username)
			? undefined
			: "Use letters, digits, dots, dashes and underscores, at most 64, and begin with a letter or a digit.",
		email:
			email === "" || isEmail(email)
				? undefined
				: "This is not an e-mail address. Mend it, or leave the field empty.",
	};
	return { form: { username, email, wrong }, zone: textOf("zone").slice(0, 64) };
}

/** What of a problem the form itself can say. */
function wrongOf({ code, sentence, hint, waitMs }: Problem): SignUpForm["wrong"] | undefined {
	if (code === "username_taken") return { username: `${sentence} ${hint}` };
	if (waitMs === undefined) return undefined;
	return { whole: `${sentence} Try again in ${waitText(waitMs)}.` };
}

function formPage(door: Door, { request, origin, url }: Ask, form: SignUpForm, status = 200): Response {
	const coming = { isOwner: door.isOwner, server: serverName(origin) };
	return page(SetupPage({ shell: bareShellOf(request), coming, action: url.pathname, form }), status);
}

function keyPage(
	door: Door,
	{ request, origin }: Ask,
	username: string,
	key: string,
	cookie: string,
): Response {
	const answer = page(
		KeyPage({
			shell: bareShellOf(request),
			coming: { isOwner: door.isOwner, server: serverName(origin) },
			username,
			key,
			login: loginCommand(origin, key),
		}),
	);
	answer.headers.append("set-cookie", cookie);
	return answer;
}

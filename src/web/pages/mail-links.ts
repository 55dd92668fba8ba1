import { MailLinkPage } from "../../../views/mail-link.tsx";
import { ProblemError } from "../errors.ts";
import { confirmEmail, findConfirmation, isStopLink, LINK_OVER, stopReports } from "../people/own-mail.ts";
import { type Ask, openRoute, type Route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { bareShellOf } from "./bare-shell.ts";
import { page } from "./page.ts";

/**
 * Where links in mails lead. To open one changes nothing: mail programs do that, too. What ends reports is also asked by mail
 * programs themselves (RFC 8058), which bring nothing but the link.
 */
export function mailLinks({ db }: ServerOptions): Route[] {
	return [
		openRoute({
			method: "GET",
			path: "/mail/confirm/:code",
			text: { summary: "Asks whether an e-mail address is one's own" },
			async answer(ask) {
				const email = await findConfirmation(db, ask.params.code ?? "", ask.now);
				if (email === undefined) throw new ProblemError(LINK_OVER);
				return linkPage(ask, "Is this your address?", `Reports will be sent to ${email}.`, "Confirm");
			},
		}),
		openRoute({
			method: "POST",
			path: "/mail/confirm/:code",
			text: { summary: "Confirms an e-mail address" },
			async answer(ask) {
				await confirmEmail(db, ask.params.code ?? "", ask);
				return linkPage(ask, "Confirmed", "The address is confirmed.");
			},
		}),
		openRoute({
			method: "GET",
			path: "/mail/stop/:code",
			text: { summary: "Asks whether reports by mail are to end" },
			async answer(ask) {
				if (!(await isStopLink(db, ask.params.code ?? "", ask.now))) throw new ProblemError(LINK_OVER);
				return linkPage(
					ask,
					"No more reports?",
					"Reports by mail end at once. The settings bring them back.",
					"Stop",
				);
			},
		}),
		openRoute({
			method: "POST",
			path: "/mail/stop/:code",
			text: { summary: "Ends reports by mail" },
			// Mail programs send a form of either kind with it, which says nothing that the link does not.
			raw: true,
			async answer(ask) {
				await stopReports(db, ask.params.code ?? "", ask.now);
				return linkPage(ask, "No more reports", "None will be sent. The settings bring them back.");
			},
		}),
	];
}

function linkPage({ request, url }: Ask, title: string, sentence: string, verb?: string): Response {
	const action = verb === undefined ? undefined : url.pathname;
	return page(MailLinkPage({ shell: bareShellOf(request), title, sentence, action, verb: verb ?? "" }));
}

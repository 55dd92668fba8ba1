import { ErasedPage } from "../../../views/erased.tsx";
import { isSecure, sessionCookie } from "../gates/session-cookie.ts";
import { type Ask, openRoute, type Route } from "../route.ts";
import { bareShellOf } from "./bare-shell.ts";
import { page } from "./page.ts";
import { seeOther } from "./see-other.ts";

/** `GET /account/erased`: the page that the form which erases one's own account leads to. */
export function erasedPage(): Route {
	return openRoute({
		method: "GET",
		path: "/account/erased",
		text: { summary: "Says that an account was erased" },
		answer: ({ request }) => page(ErasedPage({ shell: bareShellOf(request) })),
	});
}

/** What a browser is told whose account is gone: it keeps nothing of it. */
export function erasedAnswer({ origin }: Pick<Ask, "origin">): Response {
	const answer = seeOther("/account/erased", sessionCookie("", isSecure(origin)));
	answer.headers.set("clear-site-data", '"cache", "storage"');
	return answer;
}

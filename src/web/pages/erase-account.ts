import { ErasedPage } from "../../../views/erased.tsx";
import { eraseOwnAccount } from "../own-account.ts";
import { openRoute, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { isSecure, sessionCookie } from "../session-cookie.ts";
import { bareShellOf } from "./bare-shell.ts";
import { page } from "./page.ts";
import { seeOther } from "./see-other.ts";

/** The form that erases one's own account (`confirm`: the user name), and the page that it leads to. */
export function eraseRoutes(options: ServerOptions): Route[] {
	return [
		route({
			method: "POST",
			path: "/account/erase",
			access: "write",
			text: { summary: "A form: erases one's own account; confirm is one's user name" },
			async answer(ask, viewer) {
				const { confirm } = (ask.body ?? {}) as Record<string, unknown>;
				await eraseOwnAccount(options, viewer, confirm, ask);
				const answer = seeOther("/account/erased", sessionCookie("", isSecure(ask.origin)));
				answer.headers.set("clear-site-data", '"cache", "storage"');
				return answer;
			},
		}),
		openRoute({
			method: "GET",
			path: "/account/erased",
			text: { summary: "Says that an account was erased" },
			answer: ({ request }) => page(ErasedPage({ shell: bareShellOf(request) })),
		}),
	];
}

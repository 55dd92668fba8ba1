import { NewServerPage, SetUpAlreadyPage } from "../../../views/login.tsx";
import { Arrived } from "../../../views/setup/arrival.tsx";
import { ArrivalPage } from "../../../views/setup.tsx";
import { countAccounts } from "../../ledger/accounts.ts";
import { findTotals } from "../../reports/totals.ts";
import { openRoute, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { bareShellOf } from "./bare-shell.ts";
import { invitedRoutes } from "./invited.ts";
import { page } from "./page.ts";

/** `/setup`: how a server gets its owner, and how a newcomer sees the first usage arrive. */
export function setupRoutes(options: ServerOptions): Route[] {
	return [
		explainSetup(options),
		awaitUsage(),
		...invitedRoutes(options, {
			path: "/setup",
			isOwner: true,
			gone: {
				status: 410,
				code: "setup_gone",
				title: "This set-up link is used up",
				sentence: "It was used, it is older than 30 minutes, or the server has its owner.",
				hint: "If nobody has an account yet, start promptpulse serve again: it prints a new link.",
			},
		}),
	];
}

function explainSetup({ db }: ServerOptions): Route {
	return openRoute({
		method: "GET",
		path: "/setup",
		text: { summary: "Where the set-up link is found" },
		async answer({ request }) {
			const shell = bareShellOf(request);
			const isNew = (await countAccounts(db)) === 0;
			return page(isNew ? NewServerPage({ shell }) : SetUpAlreadyPage({ shell }));
		},
	});
}

/** `GET /setup/waiting`: asked by the page again and again until there is usage. */
function awaitUsage(): Route {
	return route({
		method: "GET",
		path: "/setup/waiting",
		access: "page",
		text: { summary: "Whether one's first usage has arrived" },
		async answer({ request }, { source }) {
			const { db, asker, zone } = source;
			const { responses } = await findTotals(db, asker, { zone, mode: "calculate" });
			const answer =
				request.headers.get("hx-request") !== "true"
					? page(ArrivalPage({ shell: bareShellOf(request), responses }))
					: Number(responses) === 0
						? new Response(null, { status: 204 })
						: page(Arrived({ responses }));
			answer.headers.set("vary", "hx-request");
			return answer;
		},
	});
}

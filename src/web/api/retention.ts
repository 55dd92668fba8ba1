import { type } from "arktype";
import type { Reader } from "../../ledger/database.ts";
import { findRetentionChoice, findRetentionRules } from "../../ledger/retention.ts";
import { findUser } from "../../ledger/users.ts";
import { keptMonths, MOST_MONTHS } from "../../usage/retention.ts";
import { chooseRetention } from "../people/own-account.ts";
import { settleRetention } from "../people/retention-rules.ts";
import { accountOf, type Route, route, type Viewer } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { iso, MomentOrNever } from "./list.ts";
import { json } from "./rows.ts";

const Months = type(`1 <= number.integer <= ${MOST_MONTHS}`).or("null");

const Choice = type({ "+": "delete", months: Months });

const Own = type({
	months: Months,
	chosen: "boolean",
	default_months: Months,
	most_months: Months,
	kept_months: Months,
	kept_since: MomentOrNever,
});

const Rules = type({ default_months: Months, most_months: Months });

/** For how long single responses are kept: of oneself, and what an admin settles for everyone. */
export function retentionRoutes({ db }: ServerOptions): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/user/retention",
			access: "read",
			text: {
				summary:
					"For how many months one's single responses are kept (null: for good), and since when there are any",
				reply: Own,
			},
			answer: async (_ask, viewer) => json(await ownRetention(db, viewer)),
		}),
		route({
			method: "PUT",
			path: "/api/user/retention",
			access: "write",
			text: {
				summary:
					"Keeps one's single responses for so many months, or (null) for good; older ones go within a day, their sums by day stay",
				reply: Own,
				note: "With 422 `beyond_rules` the server keeps single responses of nobody for so long.",
			},
			body: Choice,
			async answer(ask, viewer) {
				await chooseRetention(db, viewer, ask.body.months, ask);
				return json(await ownRetention(db, viewer));
			},
		}),
		route({
			method: "GET",
			path: "/api/admin/retention",
			access: "admin read",
			isOfNobody: true,
			text: {
				summary: "What this server keeps of who chose nothing, and of anybody at the most",
				reply: Rules,
			},
			answer: async () => json(await rulesOf(db)),
		}),
		route({
			method: "PUT",
			path: "/api/admin/retention",
			access: "admin write",
			text: {
				summary:
					"Settles for how many months single responses are kept of who chose nothing, and of anybody at the most; null: for good",
				reply: Rules,
			},
			body: type({ "+": "delete", default_months: Months, most_months: Months }),
			async answer(ask, viewer) {
				const { default_months: usual, most_months: most } = ask.body;
				await settleRetention(db, { usual, most }, { ...ask, admin: accountOf(viewer) });
				return json(await rulesOf(db));
			},
		}),
	];
}

async function ownRetention(db: Reader, viewer: Viewer): Promise<typeof Own.infer> {
	const { user } = accountOf(viewer);
	const [choice, rules, person] = await Promise.all([
		findRetentionChoice(db, user),
		findRetentionRules(db),
		findUser(db, user),
	]);
	return {
		months: choice === 0 ? null : choice,
		chosen: choice !== null,
		default_months: rules.usual,
		most_months: rules.most,
		kept_months: keptMonths(choice, rules),
		kept_since: person && person.horizon > 0 ? iso(person.horizon) : null,
	};
}

async function rulesOf(db: Reader): Promise<typeof Rules.infer> {
	const { usual, most } = await findRetentionRules(db);
	return { default_months: usual, most_months: most };
}

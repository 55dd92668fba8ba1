import { type } from "arktype";
import type { Database } from "../../ledger/database.ts";
import { findPreferences } from "../../ledger/preferences.ts";
import { MOST_CENTS, OTHER_PLAN, PLAN_IDS, planOf } from "../../usage/plans.ts";
import { invalidFields, ProblemError } from "../errors.ts";
import { choosePlan } from "../people/own-plan.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { json } from "./rows.ts";

const PlanId = type.enumerated(...PLAN_IDS).or("null");

const Choice = type({
	"+": "delete",
	claude_plan: PlanId,
	"price_usd?": type(`0 < number <= ${MOST_CENTS / 100}`).or("null"),
});

const Settled = type({ claude_plan: PlanId, price_usd: "number | null" });

/** The plan that a person pays for. */
export function ownPlanRoutes({ db }: ServerOptions): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/user/plan-settings",
			access: "read",
			text: { summary: "The plan that one pays for, and its price a month", reply: Settled },
			answer: async (_ask, viewer) => json(await settledBy(db, accountOf(viewer).user)),
		}),
		route({
			method: "PUT",
			path: "/api/user/plan-settings",
			access: "write",
			text: {
				summary:
					"Chooses the plan that usage is compared with; another than the listed ones comes with its price_usd",
				reply: Settled.and({ message: "string" }),
			},
			body: Choice,
			async answer({ body: { claude_plan: plan, price_usd: price } }, viewer) {
				const { user } = accountOf(viewer);
				const cents = price == null ? null : Math.round(price * 100);
				// Listed plans have a price of their own, so that what was read may be sent back.
				const isWrong = plan === OTHER_PLAN && (!cents || Math.abs(cents - (price ?? 0) * 100) > 1e-6);
				if (isWrong) throw new ProblemError(invalidFields("invalid_body", ["price_usd"]));
				await choosePlan(db, user, plan, cents);
				const message = plan === null ? "No plan is chosen." : "The plan is chosen.";
				return json({ message, ...(await settledBy(db, user)) });
			},
		}),
	];
}

async function settledBy(db: Database, user: number): Promise<typeof Settled.infer> {
	const plan = planOf(await findPreferences(db, user));
	return {
		claude_plan: PLAN_IDS.find((id) => id === plan?.id) ?? null,
		price_usd: plan ? plan.cents / 100 : null,
	};
}

import { type } from "arktype";
import { type Route, route } from "../route.ts";
import { COSTS_BY, type CostGroup } from "./cost-groups.ts";
import { MomentOrNever } from "./list.ts";
import { answerPage, type Order, pageOf } from "./paging.ts";
import { patternsRoute } from "./patterns.ts";
import { Count, USAGE_FIELDS } from "./usage-fields.ts";
import { CostsQuery, filterOf } from "./usage-query.ts";

/** Days come newest first, all else dearest first. */
const ORDERS: Readonly<Record<CostGroup, Order["by"]>> = {
	session: ["n-", "t+", "t+"],
	project: ["n-", "t+"],
	day: ["n-"],
	model: ["n-", "t+"],
	branch: ["n-", "t+", "t+"],
	machine: ["n-", "t+", "t+"],
};

const SUMS = { total_cost: "number", total_tokens: Count } as const;

const Costs = type({
	groupBy: "'session' | 'project' | 'day' | 'model' | 'branch' | 'machine'",
	costs: type({
		session_id: "string",
		project_path: "string | null",
		start_time: MomentOrNever,
		duration_minutes: "number.integer | null",
		...SUMS,
		reported: "boolean",
	})
		.or({
			project_path: "string",
			session_count: "number.integer",
			...SUMS,
			avg_duration: "number.integer | null",
		})
		.or({ date: "string", session_count: "number.integer", ...SUMS, reported: "boolean" })
		.or({ model: "string", ...USAGE_FIELDS })
		.or({ project_path: "string", branch: "string", ...USAGE_FIELDS })
		.or({ machine_id: "string", machine: "string | null", ...SUMS, reported: "boolean" })
		.array(),
});

/** Usage seen from other sides. */
export function analyticsRoutes(): Route[] {
	return [patternsRoute(), costsRoute()];
}

function costsRoute(): Route {
	return route({
		method: "GET",
		path: "/api/usage/analytics/costs",
		access: "read",
		text: {
			summary: "Costs by day, the newest first, or by something else, the dearest first",
			reply: Costs,
		},
		query: CostsQuery,
		async answer(ask, { source }) {
			const { groupBy = "day" } = ask.query;
			const order = { list: `costs-by-${groupBy}`, by: ORDERS[groupBy] };
			const costs = await COSTS_BY[groupBy](source, filterOf(ask.query, source.zone));
			const page = pageOf(costs, order, ({ place }) => place, ask.query);
			const items = page.items.map(({ row }) => row);
			return answerPage(ask, order, { ...page, items }, (rows) => ({ groupBy, costs: rows }));
		},
	});
}

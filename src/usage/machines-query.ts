import type { View, ViewKind } from "./view.ts";
import { type Days, oneOf, parseViewQuery, type ViewQuery } from "./view-query.ts";

/** What machines are ordered by. */
export const MACHINE_ORDERS = ["cost", "seen", "label"] as const;

export type MachineOrder = (typeof MACHINE_ORDERS)[number];

/** All that the URL of the page of machines says. `archived`: whether those that lists leave out are shown too. */
export type MachinesQuery = ViewQuery & { sort: MachineOrder; archived: boolean };

export type MachinesView = View<MachinesQuery>;

/** @throws QueryError */
export function parseMachinesQuery(parameters: URLSearchParams, days: Days): MachinesQuery {
	return {
		...parseViewQuery(parameters, days),
		sort: oneOf("sort", parameters, MACHINE_ORDERS, "cost"),
		archived: oneOf("archived", parameters, ["0", "1"], "0") === "1",
	};
}

export const MACHINES: ViewKind<MachinesQuery> = {
	name: "machines",
	path: "/machines",
	ownParameters({ sort, archived }) {
		const parameters: [string, string][] = [];
		if (sort !== "cost") parameters.push(["sort", sort]);
		if (archived) parameters.push(["archived", "1"]);
		return parameters;
	},
};

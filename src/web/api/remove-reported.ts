import { type } from "arktype";
import { expectAccount } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import { removeReported } from "../../ledger/remove-reported.ts";
import { parseDay } from "../../usage/day.ts";
import { cleanName } from "../../usage/event.ts";
import { nanoUsd } from "../../usage/usage.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { Count, Dollars, Machines, Name } from "./reported-records.ts";
import { json } from "./rows.ts";

const MOST_RECORDS = 10_000;
const LARGEST_BODY = 2 * 1024 * 1024;

const Body = type({
	"+": "delete",
	kind: "'daily' | 'session' | 'blocks'",
	records: type({
		"+": "delete",
		machine_id: Name,
		"machines?": Machines,
		name: Name,
		total_tokens: Count,
		total_cost: Dollars,
	})
		.array()
		.atMostLength(MOST_RECORDS),
});

const Reply = type({ ledger: "string.uuid", removed: "number.integer" });

/** Takes out what a person had imported and sent. Keys that may only send may take nothing away. */
export function removeReportedRoute({ db, ledger }: ServerOptions): Route {
	return route({
		method: "POST",
		path: "/api/usage/reported/remove",
		access: "write",
		text: {
			summary: "Removes totals that were sent; one that says something else by now stays",
			reply: Reply,
			note: "`name` is a total's day, session or block.",
		},
		body: Body,
		largestBody: LARGEST_BODY,
		async answer({ body: { kind, records }, now, address }, viewer) {
			const { user } = accountOf(viewer);
			const totals = records.flatMap(({ machine_id, machines, name, total_tokens, total_cost }) => {
				const named = kind === "daily" ? parseDay(name) : cleanName(name);
				const label = cleanName(machine_id) ?? "unknown";
				if (named === undefined) return [];
				return [{ label, machines, name: named, total: total_tokens, cost: nanoUsd(total_cost) }];
			});
			const removed = await db.transaction(async (tx) => {
				await expectAccount(tx, user);
				const count = await removeReported(tx, user, kind, totals);
				const detail = { kind, totals: count };
				if (count > 0) await saveAudit(tx, { user, action: "reported.removed", detail, address }, now);
				return count;
			});
			return json({ ledger, removed });
		},
	});
}

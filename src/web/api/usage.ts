import { type } from "arktype";
import { listMachineDays, type MachineDayRow } from "../../reports/machine-days.ts";
import { listReportedDays, type ReportedDayRow } from "../../reports/reported.ts";
import { dayText } from "../../usage/day.ts";
import { addExact, dollars, type Exact, sumUsage, totalTokens } from "../../usage/usage.ts";
import { type Route, route } from "../route.ts";
import { answerPage, type Order, pageOf } from "./paging.ts";
import { blocksRoute } from "./usage-blocks.ts";
import { Count, reportedFields, USAGE_FIELDS, usageFields } from "./usage-fields.ts";
import { filterOf, UsageQuery } from "./usage-query.ts";
import { sessionsRoute } from "./usage-sessions.ts";

const DAYS: Order = { list: "aggregate", by: ["n-", "t+", "t+"] };

const Aggregate = type({
	daily: type({
		machine_id: "string",
		machine: "string | null",
		date: "string",
		...USAGE_FIELDS,
		models_used: "string[]",
		reported: "boolean",
	}).array(),
	totals: {
		total_machines: "number.integer",
		total_input_tokens: Count,
		total_output_tokens: Count,
		total_cache_creation_tokens: Count,
		total_cache_read_tokens: Count,
		total_tokens: Count,
		total_cost: "number",
		total_thinking_tokens: "number.integer",
		thinking_sessions_count: "number.integer",
		average_thinking_percentage: "number.integer",
	},
});

/** Usage by days, sessions and blocks. */
export function usageRoutes(): Route[] {
	return [aggregateRoute(), sessionsRoute(), blocksRoute()];
}

/** Days, machine by machine, and what they come to. */
function aggregateRoute(): Route {
	return route({
		method: "GET",
		path: "/api/usage/aggregate",
		access: "read",
		text: { summary: "Usage by machine and local day, the newest first, and its totals", reply: Aggregate },
		query: UsageQuery,
		async answer(ask, { source: { db, asker, zone } }) {
			const filter = filterOf(ask.query, zone);
			const [days, reported] = await Promise.all([
				listMachineDays(db, asker, filter),
				listReportedDays(db, asker, filter),
			]);
			const rows = [...days, ...reported];
			const page = pageOf(rows, DAYS, (row) => [row.day, row.label, uuidOf(row) ?? ""], ask.query);
			return answerPage(ask, DAYS, { ...page, items: page.items.map(rowOf) }, (daily) => ({
				daily,
				totals: totalsOf(days, reported),
			}));
		},
	});
}

function uuidOf(row: MachineDayRow | ReportedDayRow): string | null {
	return "machine" in row ? row.machine : null;
}

function rowOf(row: MachineDayRow | ReportedDayRow) {
	const isReported = !("machine" in row);
	return {
		machine_id: row.label,
		machine: uuidOf(row),
		date: dayText(row.day),
		...(isReported ? reportedFields(row) : usageFields(row)),
		models_used: isReported ? row.models : row.models.map(({ model }) => model),
		reported: isReported,
	};
}

/** Thinking is not told apart; programs that ask for it find nothing of it. */
function totalsOf(days: readonly MachineDayRow[], reported: readonly ReportedDayRow[]) {
	const used = sumUsage(days);
	const sum = (start: Exact, of: (row: ReportedDayRow) => Exact) => reported.map(of).reduce(addExact, start);
	return {
		total_machines: countMachines(days, reported),
		total_input_tokens: sum(used.input, (row) => row.input),
		total_output_tokens: sum(used.output, (row) => row.output),
		total_cache_creation_tokens: sum(addExact(used.cacheWrite5m, used.cacheWrite1h), (row) => row.cacheWrite),
		total_cache_read_tokens: sum(used.cacheRead, (row) => row.cacheRead),
		total_tokens: sum(totalTokens(used), (row) => row.total),
		total_cost: dollars(sum(used.costNanoUsd, (row) => row.costNanoUsd)),
		total_thinking_tokens: 0,
		thinking_sessions_count: 0,
		average_thinking_percentage: 0,
	};
}

/** What is reported under the label of a machine is taken to be of that machine. */
function countMachines(days: readonly MachineDayRow[], reported: readonly ReportedDayRow[]): number {
	const labels = new Set(days.map(({ label }) => label));
	const others = reported.map(({ label }) => label).filter((label) => !labels.has(label));
	return new Set(days.map(({ machine }) => machine)).size + new Set(others).size;
}

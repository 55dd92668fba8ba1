import { type OverviewData, OverviewPage } from "../../../views/overview.tsx";
import { dayText, monthText } from "../../usage/day.ts";
import { monthPaceOf } from "../../usage/month-pace.ts";
import {
	METRICS,
	OVERVIEW,
	type OverviewQuery,
	parseOverviewQuery,
	STACKINGS,
} from "../../usage/overview-query.ts";
import type { Row } from "../../usage/table-row.ts";
import { dollars } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";
import { readOverview } from "./overview-data.ts";
import type { UsagePage } from "./usage-page.ts";

/** How many projects, models, machines and sessions a panel has room for. */
const LISTED = 5;

/** The rows behind each panel of the overview. */
const PANELS: Readonly<Record<string, (data: OverviewData, query: OverviewQuery) => Row[]>> = {
	series: seriesRows,
	projects: ({ projects }) =>
		projects.rows.map((row) => ({ project: row.name, alias: row.alias ?? null, ...usageJson(row) })),
	models: ({ models }) => models.rows.map((row) => ({ model: row.name, ...usageJson(row) })),
	machines: ({ machines }) =>
		machines.rows.map((row) => ({
			machine: row.name,
			label: row.label,
			alias: row.alias ?? null,
			...usageJson(row),
		})),
	sessions: ({ sessions }) =>
		sessions.rows.map((row) => ({
			sessionId: row.session,
			projectPath: row.project,
			firstActivity: new Date(row.firstAt).toISOString(),
			lastActivity: new Date(row.lastAt).toISOString(),
			...usageJson(row),
		})),
	calendar: ({ calendar }) =>
		calendar.costs.map((cost, i) => ({ date: dayText(calendar.since + i), totalCost: dollars(cost) })),
	month: ({ calendar }) => {
		const { month, cost, byEnd, last } = monthPaceOf(calendar);
		return [
			{
				month: monthText(month),
				totalCost: dollars(cost),
				projectedCost: byEnd === undefined ? null : dollars(byEnd),
				lastMonth: monthText(last.month),
				lastMonthCost: dollars(last.cost),
			},
		];
	},
	plan: ({ plan }) =>
		(plan?.months ?? []).map(({ month, costNanoUsd, unpriced, factor, reached }) => ({
			month: monthText(month),
			totalCost: dollars(costNanoUsd),
			unpricedResponses: unpriced,
			plan: plan?.plan.id ?? null,
			planPrice: plan ? plan.plan.cents / 100 : null,
			factor,
			paysFor: reached?.id ?? null,
		})),
	block: ({ block }) =>
		block
			? [
					{
						startTime: new Date(block.start).toISOString(),
						endTime: new Date(block.end).toISOString(),
						...usageJson(block),
						costPerHour: block.burnRate?.costUsdPerHour ?? null,
						projectedCost: block.projection?.totalCostUsd ?? null,
					},
				]
			: [],
};

/** `GET /`. */
export const overviewPage: UsagePage<OverviewQuery, OverviewData> = {
	path: "/",
	name: "overview",
	title: "Overview",
	current: "overview",
	listed: LISTED,
	parameters: { metric: METRICS, by: STACKINGS },
	parse: parseOverviewQuery,
	kindOf: () => OVERVIEW,
	read: readOverview,
	render: OverviewPage,
	panels: PANELS,
	totals: ({ span }) => usageJson(span.usage),
};

/** One row for a slot, and for each name that used something in it. */
function seriesRows({ span }: OverviewData, query: OverviewQuery): Row[] {
	const rows: Row[] = [];
	for (const { bucket, usage, sessions, activeDays, parts } of span.slots) {
		const slot = { slot: slotText(span.bucket, bucket) };
		rows.push({ ...slot, [query.by]: "", ...usageJson(usage), sessions, activeDays });
		for (const part of parts) {
			rows.push({
				...slot,
				[query.by]: part.name,
				...usageJson(part.usage),
				sessions: null,
				activeDays: null,
			});
		}
	}
	return rows;
}

/** `2026-11-24`, `2026-11-24T09:00`, or `2026-11`. */
export function slotText(length: OverviewData["span"]["bucket"], bucket: number): string {
	if (length === "month") return monthText(bucket);
	if (length !== "hour") return dayText(bucket);
	return `${dayText(Math.floor(bucket / 24))}T${String(bucket % 24).padStart(2, "0")}:00`;
}

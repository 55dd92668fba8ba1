import { dayText, monthText } from "../../usage/day.ts";
import { METRICS, STACKINGS } from "../../usage/overview-query.ts";
import { COMPARISONS, RANGES } from "../../usage/period.ts";
import { dollars } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";
import { NOT_FOUND, ProblemError } from "../errors.ts";
import { type OverviewData, readOverview } from "../pages/overview-data.ts";
import { type Route, route } from "../route.ts";
import { csv, json, type Row } from "./rows.ts";

/** Panels show the dearest few of these. */
const MOST_ROWS = 10_000;

/** The rows behind each panel of the overview. */
const PANELS: Readonly<Record<string, (data: OverviewData) => Row[]>> = {
	series: seriesRows,
	projects: ({ projects }) => projects.rows.map((row) => ({ project: row.name, ...usageJson(row) })),
	models: ({ models }) => models.rows.map((row) => ({ model: row.name, ...usageJson(row) })),
	machines: ({ machines }) =>
		machines.rows.map((row) => ({ machine: row.name, label: row.label, ...usageJson(row) })),
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

/** `GET /api/overview/:panel`: the numbers behind a panel, for the same query as the page; `format=csv` for a table. */
export function overviewApi(): Route {
	return route({
		method: "GET",
		path: "/api/overview/:panel",
		access: "read",
		text: {
			summary: "The numbers behind a panel of the overview, for the page's own query",
			query: {
				range: RANGES,
				from: "a day such as 2026-11-24, with range=custom",
				to: "a day",
				compare: COMPARISONS,
				metric: METRICS,
				by: STACKINGS,
				project: "a name, or one with ! before it to leave it out; any number of times",
				model: "as project",
				machine: "as project, by UUID",
				format: ["json", "csv"],
			},
		},
		async answer({ params, url, now }, { source }) {
			const { panel = "" } = params;
			const rowsOf = Object.hasOwn(PANELS, panel) ? PANELS[panel] : undefined;
			if (!rowsOf) throw new ProblemError(NOT_FOUND);
			const data = await readOverview(source, url.searchParams, now, MOST_ROWS);
			const rows = rowsOf(data);
			if (url.searchParams.get("format") === "csv") return csv(panel, rows);
			const { since, until } = data.query.period;
			return json({
				panel,
				timezone: source.zone,
				since: dayText(since),
				until: dayText(until),
				rows,
				totals: usageJson(data.span.usage),
			});
		},
	});
}

/** One row for a slot, and for each name that used something in it. */
function seriesRows({ span, query }: OverviewData): Row[] {
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
function slotText(length: OverviewData["span"]["bucket"], bucket: number): string {
	if (length === "month") return monthText(bucket);
	if (length !== "hour") return dayText(bucket);
	return `${dayText(Math.floor(bucket / 24))}T${String(bucket % 24).padStart(2, "0")}:00`;
}

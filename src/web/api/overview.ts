import { stringify } from "csv-stringify/sync";
import { Elysia, NotFoundError } from "elysia";
import { dayText, monthText } from "../../usage/day.ts";
import { dollars, type Exact } from "../../usage/usage.ts";
import { jsonText, usageJson } from "../../usage/usage-json.ts";
import type { SourceOf } from "../app.ts";
import { type OverviewData, readOverview } from "../pages/overview-data.ts";

type Row = Record<string, string | Exact | boolean | null>;

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
export function overviewApi(sourceOf: SourceOf, now: () => number) {
	return new Elysia({ name: "api/overview" }).get("/api/overview/:panel", async ({ params, request }) => {
		const rowsOf = Object.hasOwn(PANELS, params.panel) ? PANELS[params.panel] : undefined;
		if (!rowsOf) throw new NotFoundError();
		const parameters = new URL(request.url).searchParams;
		const source = sourceOf(request);
		const data = await readOverview(source, parameters, now(), MOST_ROWS);
		const rows = rowsOf(data);
		if (parameters.get("format") === "csv") return csv(`${params.panel}.csv`, rows);
		const { since, until } = data.query.period;
		const body = {
			panel: params.panel,
			timezone: source.zone,
			since: dayText(since),
			until: dayText(until),
			rows,
			totals: usageJson(data.span.usage),
		};
		return new Response(jsonText(body), { headers: { "content-type": "application/json; charset=utf-8" } });
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

/** A cell that a spreadsheet would take for a formula gets an apostrophe before it. */
function csv(name: string, rows: readonly Row[]): Response {
	const text = stringify(
		rows.map((row) => mapValues(row, (value) => (typeof value === "bigint" ? value.toString() : value))),
		{ header: true, columns: Object.keys(rows[0] ?? {}), escape_formulas: true, record_delimiter: "windows" },
	);
	return new Response(text, {
		headers: {
			"content-type": "text/csv; charset=utf-8",
			"content-disposition": `attachment; filename="promptpulse-${name}"`,
		},
	});
}

function mapValues(row: Row, map: (value: Row[string]) => unknown): Record<string, unknown> {
	return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, map(value)]));
}

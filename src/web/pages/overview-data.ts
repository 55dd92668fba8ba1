import type { OverviewData } from "../../../views/overview.tsx";
import { findPreferences } from "../../ledger/preferences.ts";
import { listBlocks } from "../../reports/blocks.ts";
import { readCalendar } from "../../reports/calendar.ts";
import { listMonths } from "../../reports/days.ts";
import { listedNames } from "../../reports/first-use.ts";
import type { UsageRow } from "../../reports/grouped.ts";
import { listMachines } from "../../reports/machines.ts";
import { listModels } from "../../reports/models.ts";
import { bucketOf, readSpan } from "../../reports/overview.ts";
import { listProjects } from "../../reports/projects.ts";
import { listReportedDays } from "../../reports/reported.ts";
import { listTopSessions } from "../../reports/top-sessions.ts";
import { firstDayOf, monthOf } from "../../usage/day.ts";
import type { OverviewQuery } from "../../usage/overview-query.ts";
import type { Period } from "../../usage/period.ts";
import { PLAN_MONTHS, type PlanValue, planMonthsOf, planOf } from "../../usage/plans.ts";
import { addExact, type Exact, totalTokens } from "../../usage/usage.ts";
import type { Reading } from "./usage-page.ts";

/** Reads what the overview shows for an address. */
export async function readOverview(reading: Reading<OverviewQuery>): Promise<OverviewData> {
	const { query, filter, today, now, most: listed } = reading;
	const { db, asker, zone, prices } = reading.source;
	const bucket = bucketOf(query.period);
	const readPeriod = (period: Period) => readSpan(db, asker, query, { period, zone, bucket, prices });
	// A total of a day tells neither project nor model: asked for some, it has no answer.
	const isReported = !filter.project && !filter.model;
	// Asked side by side: where the database is far away, they come with one answer.
	const [known, span, before, projects, models, machines, sessions, calendar, blocks, reported, plan] =
		await Promise.all([
			reading.known(),
			readPeriod(query.period),
			query.before && readPeriod(query.before),
			listProjects(db, asker, filter),
			listModels(db, asker, filter),
			listMachines(db, asker, filter),
			listTopSessions(db, asker, filter, listed),
			readCalendar(db, asker, filter, today),
			listBlocks(db, asker, { zone, mode: "calculate", since: today - 1 }, now),
			isReported ? listReportedDays(db, asker, filter) : [],
			readPlan(reading),
		]);
	const isListed = listedNames(known, query);
	const listedProjects = projects.filter(({ project }) => isListed.project(project));
	const listedMachines = machines.filter(({ machine }) => isListed.machine(machine));
	const aliases = new Map(known.machines.map(({ uuid, alias }) => [uuid, alias]));
	return {
		span,
		before,
		projects: ranked(listedProjects, listed, ({ project }) => ({
			name: project,
			label: project,
			alias: known.aliases?.get(project) ?? null,
		})),
		models: ranked(models, listed, (row) => ({ name: row.model, label: row.model })),
		machines: ranked(listedMachines, listed, ({ machine, label }) => ({
			name: machine,
			label,
			alias: aliases.get(machine) ?? null,
		})),
		sessions: { rows: sessions, count: span.sessions },
		calendar,
		block: blocks.find((block) => block.isActive),
		reported,
		plan,
		unpriced: unpricedOf(models),
	};
}

/** The last months beside the plan that the person pays for, whatever the query. */
async function readPlan({ source, today }: Reading<OverviewQuery>): Promise<PlanValue | undefined> {
	const { db, asker, zone } = source;
	const plan = planOf(await findPreferences(db, asker.id));
	if (!plan) return undefined;
	const present = monthOf(today);
	const months = await listMonths(db, asker, {
		zone,
		mode: "calculate",
		since: firstDayOf(present - PLAN_MONTHS + 1),
		until: today,
	});
	return { plan, months: planMonthsOf(months, present, plan) };
}

/** The dearest first; of equals the one with more tokens, then by name. */
function ranked<Row extends UsageRow>(
	rows: readonly Row[],
	listed: number,
	nameOf: (row: Row) => { name: string; label: string; alias?: string | null },
): OverviewData["projects"] {
	const order = (a: UsageRow & { name: string }, b: UsageRow & { name: string }) =>
		Number(b.costNanoUsd) - Number(a.costNanoUsd) ||
		Number(totalTokens(b)) - Number(totalTokens(a)) ||
		(a.name < b.name ? -1 : 1);
	const named = rows.map((row) => ({ ...row, ...nameOf(row) }));
	return { rows: named.sort(order).slice(0, listed), count: rows.length };
}

function unpricedOf(models: readonly (UsageRow & { model: string })[]): OverviewData["unpriced"] {
	const unpriced = models.filter((row) => row.unpriced !== 0);
	const tokens = unpriced.reduce((sum: Exact, row) => addExact(sum, totalTokens(row)), 0);
	return { models: unpriced.map(({ model }) => model), tokens };
}

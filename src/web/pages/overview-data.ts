import type { OverviewData } from "../../../views/overview.tsx";
import { findInstanceSettings } from "../../ledger/instance-settings.ts";
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
	const { db, asker, zone, weekStart, prices } = reading.source;
	const bucket = bucketOf(query.period);
	const readPeriod = (period: Period) =>
		readSpan(db, asker, query, { period, zone, weekStart, bucket, prices });
	// A total of a day tells neither project nor model: asked for some, it has no answer.
	const isReported = !filter.project && !filter.model;
	// Asked side by side: where the database is far away, they come with one answer.
	const [
		known,
		span,
		before,
		projects,
		models,
		machines,
		sessions,
		calendar,
		blocks,
		reported,
		own,
		settings,
	] = await Promise.all([
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
		readOwn(reading),
		findInstanceSettings(db),
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
		plan: own.plan,
		openedAt: settings.usageOpenedAt === own.openedKnown ? null : settings.usageOpenedAt,
		unpriced: unpricedOf(models),
	};
}

/** The last months beside the plan that the person pays for, whatever the query, and what the person has read. */
async function readOwn({
	source,
	today,
}: Reading<OverviewQuery>): Promise<{ plan: PlanValue | undefined; openedKnown: number | null }> {
	const { db, asker, zone } = source;
	const preferences = await findPreferences(db, asker.id);
	const openedKnown = preferences.usageOpenedKnown;
	const plan = planOf(preferences);
	if (!plan) return { plan: undefined, openedKnown };
	const present = monthOf(today);
	const months = await listMonths(db, asker, {
		zone,
		mode: "calculate",
		since: firstDayOf(present - PLAN_MONTHS + 1),
		until: today,
	});
	return { plan: { plan, months: planMonthsOf(months, present, plan) }, openedKnown };
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

import { listBranches } from "../../reports/branches.ts";
import { listDays } from "../../reports/days.ts";
import { listMachines } from "../../reports/machines.ts";
import { listModels } from "../../reports/models.ts";
import { listProjectActivity } from "../../reports/project-activity.ts";
import { listReportedDays, listReportedSessions, type Reported } from "../../reports/reported.ts";
import { listSessionTimes } from "../../reports/session-times.ts";
import { listSessions } from "../../reports/sessions.ts";
import { dayText, parseDay, ZoneClock } from "../../usage/day.ts";
import type { UsageFilter } from "../../usage/filter.ts";
import type { NestedRow } from "../../usage/table-row.ts";
import { addExact, dollars, type Exact, totalTokens, type Usage } from "../../usage/usage.ts";
import type { UsageSource } from "../source.ts";
import { iso } from "./list.ts";
import type { Place } from "./paging.ts";
import { meanMinutes, usageFields, wholeMinutes } from "./usage-fields.ts";

/** A row of a list of costs, and where it stands in it. */
export type Cost = { place: Place; row: NestedRow };

type CostsBy = (source: UsageSource, filter: UsageFilter) => Promise<Cost[]>;

/** What costs can be grouped by, and how. */
export const COSTS_BY = {
	session: costsBySession,
	project: costsByProject,
	day: costsByDay,
	model: costsByModel,
	branch: costsByBranch,
	machine: costsByMachine,
} satisfies Record<string, CostsBy>;

export type CostGroup = keyof typeof COSTS_BY;

/** Whole sessions, chosen by when they were last active. */
async function costsBySession({ db, asker }: UsageSource, filter: UsageFilter): Promise<Cost[]> {
	const [sessions, reported] = await Promise.all([
		listSessions(db, asker, filter),
		listReportedSessions(db, asker, filter),
	]);
	return [
		...sessions.map((session) => ({
			place: [session.costNanoUsd, session.session, ""],
			row: {
				session_id: session.session,
				project_path: session.project,
				start_time: iso(session.firstAt),
				duration_minutes: wholeMinutes(session.lastAt - session.firstAt),
				...sums(session),
				reported: false,
			},
		})),
		...reported.map((session) => ({
			place: [session.costNanoUsd, session.session, session.label],
			row: {
				session_id: session.session,
				project_path: session.project,
				start_time: iso(session.startedAt),
				duration_minutes: session.minutes,
				...reportedSums(session),
				reported: true,
			},
		})),
	];
}

async function costsByProject({ db, asker }: UsageSource, filter: UsageFilter): Promise<Cost[]> {
	const projects = await listProjectActivity(db, asker, filter);
	return projects.map((project) => ({
		place: [project.costNanoUsd, project.project],
		row: {
			project_path: project.project,
			session_count: project.own?.sessions ?? 0,
			...sums(project),
			avg_duration: project.own ? meanMinutes(project.own) : null,
		},
	}));
}

/** `reported`: whether a part of the day was reported. A session is of the day on which it was last active. */
async function costsByDay({ db, asker, zone }: UsageSource, filter: UsageFilter): Promise<Cost[]> {
	const days = new Map<
		number,
		{ tokens: Exact; costNanoUsd: Exact; sessions: number; isReported: boolean }
	>();
	const dayOf = (day: number) => {
		const known = days.get(day) ?? { tokens: 0, costNanoUsd: 0, sessions: 0, isReported: false };
		days.set(day, known);
		return known;
	};
	const add = (day: number, tokens: Exact, costNanoUsd: Exact) => {
		const known = dayOf(day);
		known.tokens = addExact(known.tokens, tokens);
		known.costNanoUsd = addExact(known.costNanoUsd, costNanoUsd);
		return known;
	};
	const [used, reported, sessions] = await Promise.all([
		listDays(db, asker, filter),
		listReportedDays(db, asker, filter),
		listSessionTimes(db, asker, filter),
	]);
	for (const row of used) {
		add(parseDay(row.day) ?? 0, totalTokens(row), row.costNanoUsd);
	}
	for (const row of reported) {
		add(row.day, row.total, row.costNanoUsd).isReported = true;
	}
	const clock = new ZoneClock(zone);
	for (const at of sessions) dayOf(clock.dayAt(at)).sessions++;
	return [...days].map(([day, { tokens, costNanoUsd, sessions, isReported }]) => ({
		place: [day],
		row: {
			date: dayText(day),
			session_count: sessions,
			total_cost: dollars(costNanoUsd),
			total_tokens: tokens,
			reported: isReported,
		},
	}));
}

async function costsByModel({ db, asker }: UsageSource, filter: UsageFilter): Promise<Cost[]> {
	const models = await listModels(db, asker, filter);
	return models.map((model) => ({
		place: [model.costNanoUsd, model.model],
		row: { model: model.model, ...usageFields(model) },
	}));
}

async function costsByBranch({ db, asker }: UsageSource, filter: UsageFilter): Promise<Cost[]> {
	const branches = await listBranches(db, asker, filter);
	return branches.map((branch) => ({
		place: [branch.costNanoUsd, branch.project, branch.branch],
		row: { project_path: branch.project, branch: branch.branch, ...usageFields(branch) },
	}));
}

async function costsByMachine({ db, asker }: UsageSource, filter: UsageFilter): Promise<Cost[]> {
	const [machines, reportedDays] = await Promise.all([
		listMachines(db, asker, filter),
		listReportedDays(db, asker, filter),
	]);
	const reported = Map.groupBy(reportedDays, ({ label }) => label);
	return [
		...machines.map((machine) => ({
			place: [machine.costNanoUsd, machine.label, machine.machine],
			row: { machine_id: machine.label, machine: machine.machine, ...sums(machine), reported: false },
		})),
		...[...reported].map(([label, days]) => {
			const costNanoUsd = days.map((day) => day.costNanoUsd).reduce(addExact, 0);
			const total = days.map((day) => day.total).reduce(addExact, 0);
			return {
				place: [costNanoUsd, label, ""],
				row: { machine_id: label, machine: null, ...reportedSums({ costNanoUsd, total }), reported: true },
			};
		}),
	];
}

function sums(usage: Usage) {
	return { total_cost: dollars(usage.costNanoUsd), total_tokens: totalTokens(usage) };
}

function reportedSums({ costNanoUsd, total }: Pick<Reported, "costNanoUsd" | "total">) {
	return { total_cost: dollars(costNanoUsd), total_tokens: total };
}

import { type ProjectsData, ProjectsPage } from "../../../views/projects.tsx";
import { listBranches } from "../../reports/branches.ts";
import { listedNames } from "../../reports/first-use.ts";
import { listProjectTable } from "../../reports/project-table.ts";
import { dayText } from "../../usage/day.ts";
import { projectId } from "../../usage/project-id.ts";
import {
	PROJECT_SORTS,
	PROJECTS,
	type ProjectSort,
	type ProjectsQuery,
	parseProjectsQuery,
} from "../../usage/projects-query.ts";
import { compareValues, inOrder, ORDERS } from "../../usage/sorting.ts";
import type { Row } from "../../usage/table-row.ts";
import { type Exact, sumUsage, totalTokens, type Usage } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";
import type { Reading, UsagePage } from "./usage-page.ts";

type ListedProject = ProjectsData["rows"][number];

/** More projects than this are found by a search. */
const LISTED = 500;

/** The rows behind each panel of the page of projects. */
const PANELS: Readonly<Record<string, (data: ProjectsData, query: ProjectsQuery) => Row[]>> = {
	projects: ({ rows, total }) =>
		rows.map((row) => ({
			id: row.id,
			project: row.project,
			alias: row.alias,
			hidden: row.isHidden,
			share: shareOf(row, total),
			sessions: row.sessions,
			machines: row.machines,
			lastUsed: dayText(row.lastDay),
			models: row.models.map(({ model }) => model).join(", "),
			...usageJson(row),
		})),
	branches: ({ opened }) =>
		(opened?.branches ?? []).map(({ project, branch, ...usage }) => ({
			project,
			branch,
			...usageJson(usage),
		})),
};

/** `GET /projects`. */
export const projectsPage: UsagePage<ProjectsQuery, ProjectsData> = {
	path: "/projects",
	name: "projects",
	title: "Projects",
	current: "projects",
	listed: LISTED,
	parameters: {
		sort: PROJECT_SORTS,
		order: ORDERS,
		q: "a part of a project's name or alias, letter by letter",
		hidden: ["0", "1"],
		open: "a project's id: the one whose branches are told",
	},
	parse: parseProjectsQuery,
	kindOf: () => PROJECTS,
	read: readProjects,
	render: ProjectsPage,
	panels: PANELS,
	totals: ({ total }) => usageJson(total),
};

async function readProjects(reading: Reading<ProjectsQuery>): Promise<ProjectsData> {
	const { query, filter, most } = reading;
	const { db, asker } = reading.source;
	const [known, all] = await Promise.all([
		reading.known(),
		listProjectTable(db, asker, filter, query.period),
	]);
	const isListed = listedNames(known, query).project;
	const aside = new Map(known.aside?.projects.map((row) => [row.name, row]));
	const named = all.map((row): ListedProject => {
		const alias = aside.get(row.project)?.alias ?? known.aliases?.get(row.project) ?? null;
		return { ...row, id: projectId(row.project), alias, isHidden: aside.has(row.project) };
	});
	const shown = named.filter(({ project }) => query.hidden || isListed(project));
	const found = inOrder(
		shown.filter((row) => isFound(row, query.q)),
		query,
		VALUES,
		amongEqual,
	);
	const rows = found.slice(0, most);
	const opened = rows.find(({ id }) => id === query.open);
	const own = { only: [opened?.project ?? ""], not: [] };
	const branches = opened && (await listBranches(db, asker, { ...filter, project: own }));
	return {
		rows,
		count: found.length,
		hidden: named.filter(({ project, isHidden }) => isHidden && !query.project.only.includes(project)).length,
		total: sumUsage(all),
		opened: opened && { project: opened.project, branches: branches?.sort(byCost) ?? [] },
	};
}

/** Letters are compared whatever their case. */
function isFound({ project, alias }: ListedProject, q: string): boolean {
	const wanted = q.toLowerCase();
	return [project, alias ?? ""].some((name) => name.toLowerCase().includes(wanted));
}

const VALUES: Record<ProjectSort, (row: ListedProject) => Exact | string> = {
	project: ({ project, alias }) => (alias ?? lastOf(project)).toLowerCase(),
	sessions: ({ sessions }) => sessions,
	machines: ({ machines }) => machines,
	used: ({ lastDay }) => lastDay,
	responses: ({ responses }) => responses,
	tokens: totalTokens,
	cost: ({ costNanoUsd }) => costNanoUsd,
};

/** By tokens, the most first, and then by name. */
function amongEqual(a: ListedProject, b: ListedProject): number {
	return -compareValues(totalTokens(a), totalTokens(b)) || compareValues(a.project, b.project);
}

function byCost(a: Usage & { branch: string }, b: Usage & { branch: string }): number {
	return (
		-compareValues(a.costNanoUsd, b.costNanoUsd) ||
		-compareValues(totalTokens(a), totalTokens(b)) ||
		compareValues(a.branch, b.branch)
	);
}

function lastOf(path: string): string {
	return path.split(/[/\\]/).findLast((part) => part !== "") ?? "";
}

/** Of all cost, hidden projects included; null where there is none. */
function shareOf(row: Usage, total: Usage): number | null {
	return total.costNanoUsd === 0 ? null : Number(row.costNanoUsd) / Number(total.costNanoUsd);
}

import { dayText } from "../../src/usage/day.ts";
import { projectId } from "../../src/usage/project-id.ts";
import { PROJECTS, parseProjectsQuery } from "../../src/usage/projects-query.ts";
import { sumUsage } from "../../src/usage/usage.ts";
import { View } from "../../src/usage/view.ts";
import type { ListedProject, ProjectsProps } from "../../views/projects.tsx";
import { NOW, SHELL, TODAY, used } from "./overview-props.ts";

/** A project that was used on two machines, once a day. */
export function listed(project: string, dollars: number, more: Partial<ListedProject> = {}): ListedProject {
	const usage = used(dollars, more);
	return {
		...usage,
		models: [{ ...usage, model: "claude-opus-4-6" }],
		project,
		id: projectId(project),
		alias: null,
		isHidden: false,
		sessions: 3,
		machines: 2,
		lastDay: TODAY - 1,
		trend: [1, 2, 3],
		...more,
	};
}

/** The page of these projects; the one whose id the query opens has one branch. */
export function projectsProps(query: string, rows: ListedProject[], hidden = 0): ProjectsProps {
	const parsed = parseProjectsQuery(new URLSearchParams(query), { today: TODAY, firstDay: TODAY - 60 });
	const opened = rows.find(({ id }) => id === parsed.open);
	const aliases = new Map(rows.flatMap(({ project, alias }) => (alias === null ? [] : [[project, alias]])));
	return {
		shell: { ...SHELL, title: `Projects of ${dayText(TODAY)}` },
		view: new View(PROJECTS, parsed),
		known: {
			projects: rows.filter(({ isHidden }) => !isHidden).map(({ project }) => project),
			models: ["claude-opus-4-6"],
			machines: [{ uuid: "11111111-1111-4111-8111-111111111111", label: "maya-mbp", lastSeen: NOW }],
			aliases,
			aside: {
				projects: [
					...rows
						.filter(({ isHidden }) => isHidden)
						.map(({ project, alias }) => ({ name: project, alias, into: null })),
					...(rows[0] ? [{ name: "/old/place", alias: null, into: rows[0].project }] : []),
				],
				machines: [],
			},
		},
		today: TODAY,
		data: {
			rows,
			count: rows.length,
			hidden,
			total: sumUsage(rows),
			opened: opened && { project: opened.project, branches: [{ ...opened, branch: "main" }] },
		},
	};
}

import type { BranchRow } from "../src/reports/branches.ts";
import type { ProjectTableRow } from "../src/reports/project-table.ts";
import type { ProjectsQuery } from "../src/usage/projects-query.ts";
import type { Usage } from "../src/usage/usage.ts";
import { coloursOf } from "./overview/chart-data.ts";
import { periodWords } from "./parts/days.ts";
import { labelsOf } from "./parts/names.ts";
import { counted } from "./parts/words.ts";
import { ProjectTable } from "./projects/project-table.tsx";
import { type PageProps, UsagePage } from "./usage-page.tsx";

/** A project of the table; `id` is how addresses name it. */
export type ListedProject = ProjectTableRow & { id: string; alias: string | null; isHidden: boolean };

/** What the page of projects shows. */
export type ProjectsData = {
	rows: ListedProject[];
	/** How many match, the rows among them. */
	count: number;
	/** How many of the days' projects are hidden, whether they are shown or not. */
	hidden: number;
	/** All of these days and filters, of hidden projects too. */
	total: Usage;
	/** The project that is told more of, and its branches, the dearest first. */
	opened: { project: string; branches: BranchRow[] } | undefined;
};

export type ProjectsProps = PageProps<ProjectsQuery, ProjectsData>;

/** What each project cost, and what people call it. */
export function ProjectsPage(props: ProjectsProps) {
	const { shell, view, known, today, data } = props;
	const words = `${counted(data.count, "project")}, ${periodWords(view.query.period)}`;
	const models = new Set(data.rows.flatMap((row) => row.models.map(({ model }) => model)));
	return (
		<UsagePage props={props} current="projects" title={`${shell.title}: ${words}`} summary={`${words}.`}>
			<ProjectTable
				view={view}
				data={data}
				known={known}
				labels={labelsOf(known)}
				colours={coloursOf(known.models, [...models])}
				today={today}
				csrf={shell.account?.csrf}
			/>
		</UsagePage>
	);
}

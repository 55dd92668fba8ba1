import type { KnownNames } from "../../src/reports/first-use.ts";
import { PROJECT_ORDER, type ProjectSort, type ProjectsView } from "../../src/usage/projects-query.ts";
import { sortedBy } from "../../src/usage/sorting.ts";
import { sumUsage, totalTokens } from "../../src/usage/usage.ts";
import { FILTER_KEY } from "../parts/keys.ts";
import type { Labels } from "../parts/names.ts";
import { Numbers } from "../parts/numbers.tsx";
import { QueryFields } from "../parts/query-fields.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { type Column, SortMenu, TableHead, type TableOrder } from "../parts/table-head.tsx";
import { costOf, counted, isPartlyPriced, short, whole } from "../parts/words.ts";
import type { ProjectsData } from "../projects.tsx";
import { OpenedProject } from "./opened-project.tsx";
import { ProjectRow } from "./project-row.tsx";

type Props = {
	view: ProjectsView;
	data: ProjectsData;
	known: KnownNames;
	labels: Labels;
	colours: ReadonlyMap<string, number>;
	today: number;
	csrf: string | undefined;
};

const COLUMNS: readonly Column<ProjectSort>[] = [
	{ sort: "project", word: "Project" },
	{ word: "Share" },
	{ word: "Trend" },
	{ word: "Models" },
	{ sort: "sessions", word: "Sessions", isNumber: true },
	{ sort: "machines", word: "Machines", isNumber: true },
	{ sort: "used", word: "Last used", isNumber: true },
	{ sort: "responses", word: "Responses", isNumber: true },
	{ sort: "tokens", word: "Tokens", isNumber: true },
	{ sort: "cost", word: "Cost", isNumber: true },
];

/** All projects of these days, one of which may be open. */
export function ProjectTable(props: Props) {
	const { view, data, known, labels, colours, today, csrf } = props;
	const { rows, opened, total } = data;
	const shown = sumUsage(rows);
	const order: TableOrder<ProjectSort> = {
		sorted: view.query,
		hrefOf: (sort) => view.href(sortedBy(PROJECT_ORDER, view.query, sort)),
	};
	return (
		<section class="card projects" id="projects" aria-labelledby="projects-title">
			<div class="card-head projects-head">
				<h2 id="projects-title">Projects</h2>
				<p class="card-sub" safe>
					{`${whole(data.count)} listed, ${costOf(total)} in all`}
				</p>
				<HiddenLink view={view} hidden={data.hidden} />
				<Search view={view} />
				{rows.length === 0 ? null : <SortMenu columns={COLUMNS} in={order} />}
			</div>
			{rows.length === 0 ? (
				<Nothing view={view} hidden={data.hidden} />
			) : (
				<>
					<section class="projects-scroll" tabindex="0" aria-label="Table of projects">
						<table class="table projects-table project-lines">
							<TableHead columns={COLUMNS} in={order} />
							<tbody>
								{rows.map((row) => {
									const isOpen = row.project === opened?.project;
									const label = labels.project(row.project);
									return (
										<>
											<ProjectRow
												row={row}
												label={label}
												isOpen={isOpen}
												view={view}
												total={total}
												colours={colours}
												today={today}
											/>
											{isOpen ? (
												<tr class="project-more" id={`more-${row.id}`}>
													<td colspan={COLUMNS.length}>
														<OpenedProject
															row={row}
															label={label}
															branches={opened.branches}
															view={view}
															known={known}
															labels={labels}
															csrf={csrf}
														/>
													</td>
												</tr>
											) : null}
										</>
									);
								})}
							</tbody>
							<tfoot>
								<tr>
									<th scope="row" colspan={7} safe>
										{`${whole(rows.length)} of ${counted(data.count, "project")} shown`}
									</th>
									<td class="table-number" data-name="Responses" safe>
										{whole(shown.responses)}
									</td>
									<td class="table-number" data-name="Tokens" title={whole(totalTokens(shown))} safe>
										{short(totalTokens(shown))}
									</td>
									<td class={["table-number", "table-main", isPartlyPriced(shown) && "warn-text"]} safe>
										{costOf(shown)}
									</td>
								</tr>
							</tfoot>
						</table>
					</section>
					<Numbers id="projects" of="Projects" view={view} />
				</>
			)}
		</section>
	);
}

function HiddenLink({ view, hidden }: { view: ProjectsView; hidden: number }) {
	if (hidden === 0) return null;
	const isShown = view.query.hidden;
	return (
		<a class="projects-hidden" id="hidden" href={escapeAttribute(view.href({ hidden: !isShown }))} safe>
			{`${whole(hidden)} hidden: ${isShown ? "leave out" : "show"}`}
		</a>
	);
}

function Search({ view }: { view: ProjectsView }) {
	return (
		<form class="projects-search" method="get" action={view.path}>
			<QueryFields view={view} but={["q", "open"]} />
			<input
				type="search"
				data-key={FILTER_KEY}
				name="q"
				aria-label="Search projects"
				placeholder="Project or alias"
				maxlength={200}
				value={escapeAttribute(view.query.q)}
			/>
			<button class="button" type="submit">
				Search
			</button>
		</form>
	);
}

/** What is said in place of a table. */
function Nothing({ view, hidden }: { view: ProjectsView; hidden: number }) {
	const { q } = view.query;
	return (
		<div class="empty">
			<p class="empty-title">{q === "" ? "No project in these days." : "Nothing matches."}</p>
			<p safe>
				{q === ""
					? hidden > 0
						? "What was used in them belongs to hidden projects alone."
						: "Choose other days, or take a filter away."
					: `No project in these days has "${q}" in its name.`}
			</p>
			{q === "" ? null : (
				<a id="clear-search" href={escapeAttribute(view.href({ q: "" }))}>
					Clear the search
				</a>
			)}
		</div>
	);
}

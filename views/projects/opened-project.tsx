import type { BranchRow } from "../../src/reports/branches.ts";
import type { KnownNames } from "../../src/reports/first-use.ts";
import type { ProjectsView } from "../../src/usage/projects-query.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import type { Labels } from "../parts/names.ts";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { costOf, isPartlyPriced, percent, short, whole } from "../parts/words.ts";
import type { ListedProject } from "../projects.tsx";
import { NameForms } from "./name-forms.tsx";

const NOTHING = "–";

type Props = {
	row: ListedProject;
	label: string;
	branches: readonly BranchRow[];
	view: ProjectsView;
	known: KnownNames;
	labels: Labels;
	csrf: string | undefined;
};

/** More of one project: where it lies, its branches, and what can be done about its name. */
export function OpenedProject(props: Props) {
	const { row, label, branches, view } = props;
	const project = { only: [row.project], not: [] };
	return (
		<div class="opened">
			<div class="opened-facts">
				<p class="opened-path" safe>
					{row.project === "" ? "No folder is known of it." : row.project}
				</p>
				<p class="opened-links">
					<a href={escapeAttribute(view.on("/", { project }))}>
						Overview<span class="reader" safe>{` of ${label}`}</span>
					</a>
					<a href={escapeAttribute(view.on("/sessions", { project }))}>
						Sessions<span class="reader" safe>{` of ${label}`}</span>
					</a>
				</p>
				<Branches row={row} label={label} branches={branches} view={view} />
			</div>
			<NameForms {...props} />
		</div>
	);
}

function Branches({ row, label, branches, view }: Pick<Props, "row" | "label" | "branches" | "view">) {
	return (
		<section class="branches" id="branches" aria-labelledby="branches-title">
			<h3 id="branches-title" safe>{`Branches of ${label}`}</h3>
			<table class="table project-lines">
				<thead>
					<tr>
						<th scope="col">Branch</th>
						<NumberHeads names={["Share", "Responses", "Tokens", "Cost"]} />
					</tr>
				</thead>
				<tbody>
					{branches.map((branch) => (
						<tr>
							<th scope="row" class="branch-name" title={escapeAttribute(branch.branch)} safe>
								{branch.branch === "" ? "no branch" : branch.branch}
							</th>
							<td class="table-number table-quiet" data-name="Share" safe>
								{row.costNanoUsd === 0 || branch.costNanoUsd === 0
									? NOTHING
									: percent(Number(branch.costNanoUsd) / Number(row.costNanoUsd))}
							</td>
							<td class="table-number" data-name="Responses" safe>
								{whole(branch.responses)}
							</td>
							<td class="table-number" data-name="Tokens" title={whole(totalTokens(branch))} safe>
								{short(totalTokens(branch))}
							</td>
							<td
								class={["table-number", "table-main", isPartlyPriced(branch) && "warn-text"]}
								data-name="Cost"
								safe
							>
								{costOf(branch)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
			<Numbers id="branches" of={`Branches of ${label}`} view={view} />
		</section>
	);
}

import type { ProjectsView } from "../../src/usage/projects-query.ts";
import { totalTokens, type Usage } from "../../src/usage/usage.ts";
import { date, fullDate } from "../parts/days.ts";
import { Icon } from "../parts/icon.tsx";
import { ModelMix } from "../parts/model-mix.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { SparkLine } from "../parts/spark-line.tsx";
import { costOf, hasNoPrice, isPartlyPriced, percent, short, whole } from "../parts/words.ts";
import type { ListedProject } from "../projects.tsx";

const NOTHING = "–";
const BAR_WIDTH = 48;

/** A project: its name leads to the overview of it alone, the arrow before it to more of it. */
export function ProjectRow({
	row,
	label,
	isOpen,
	view,
	total,
	colours,
	today,
}: {
	row: ListedProject;
	label: string;
	isOpen: boolean;
	view: ProjectsView;
	total: Usage;
	colours: ReadonlyMap<string, number>;
	today: number;
}) {
	const share = total.costNanoUsd === 0 ? 0 : Number(row.costNanoUsd) / Number(total.costNanoUsd);
	const more = view.href({ open: isOpen ? "" : row.id });
	return (
		<tr class={isOpen ? "project-open" : undefined}>
			<th scope="row" class="project-cell">
				<span class="project-name">
					<a
						class="project-arrow"
						id={`open-${row.id}`}
						href={escapeAttribute(more)}
						aria-label={escapeAttribute(`${isOpen ? "Less" : "More"} of ${label}`)}
					>
						<Icon name={isOpen ? "chevron" : "next"} />
					</a>
					<a
						class="project-label"
						href={escapeAttribute(view.on("/", { project: { only: [row.project], not: [] } }))}
						title={escapeAttribute(row.project)}
						safe
					>
						{label}
					</a>
					{row.isHidden ? <span class="tag project-tag">Hidden</span> : null}
					{hasNoPrice(row) ? <span class="tag tag-warn">No price</span> : null}
				</span>
			</th>
			<td class="project-share" data-name="Share">
				<svg width={BAR_WIDTH} height="8" aria-hidden="true" focusable="false">
					<rect class="project-share-ground" width={BAR_WIDTH} height="8" rx="2" />
					<rect width={(share * BAR_WIDTH).toFixed(2)} height="8" rx="2" />
				</svg>
				<span safe>{share === 0 ? NOTHING : percent(share)}</span>
			</td>
			<td class="project-trend">
				<SparkLine values={row.trend.map(Number)} />
			</td>
			<td class="project-mix">
				<ModelMix models={row.models} total={row} colours={colours} />
			</td>
			<td class="table-number" data-name="Sessions" safe>
				{row.sessions === 0 ? NOTHING : whole(row.sessions)}
			</td>
			<td class="table-number" data-name="Machines" safe>
				{whole(row.machines)}
			</td>
			<td
				class="table-number table-quiet"
				data-name="Last used"
				title={escapeAttribute(fullDate(row.lastDay))}
				safe
			>
				{row.lastDay === today ? "Today" : date(row.lastDay)}
			</td>
			<td class="table-number" data-name="Responses" safe>
				{whole(row.responses)}
			</td>
			<td class="table-number" data-name="Tokens" title={whole(totalTokens(row))} safe>
				{short(totalTokens(row))}
			</td>
			<td class={["table-number", "table-main", isPartlyPriced(row) && "warn-text"]} data-name="Cost" safe>
				{costOf(row)}
			</td>
		</tr>
	);
}

import type { SessionListRow } from "../../src/reports/session-rows.ts";
import { sessionPath } from "../../src/usage/session-query.ts";
import type { SessionsView } from "../../src/usage/sessions-query.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import { dayAndTime } from "../parts/days.ts";
import { changed } from "../parts/filters.tsx";
import { ModelMix } from "../parts/model-mix.tsx";
import type { Labels } from "../parts/names.ts";
import { ResponsesCell } from "../parts/responses-cell.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { duration } from "../parts/words.ts";
import { CostCell, ShareCell, TokensCell } from "./cells.tsx";

const SHORT_ID = 8;

/** One session. All of the row leads to its page, but for what has a link of its own. */
export function SessionRow({
	row,
	view,
	labels,
	colours,
	zone,
	today,
}: {
	row: SessionListRow;
	view: SessionsView;
	labels: Labels;
	colours: ReadonlyMap<string, number>;
	zone: string;
	today: number;
}) {
	const only = (name: string) => ({ only: [name], not: [] });
	return (
		<tr>
			<th scope="row" class="listed-id" title={escapeAttribute(row.session)}>
				<a href={escapeAttribute(view.on(sessionPath(row.session)))}>
					<span class="reader">Session </span>
					<span safe>{row.session.slice(0, SHORT_ID)}</span>
				</a>
			</th>
			<td class="listed-start" safe>
				{dayAndTime(row.firstAt, zone, today)}
			</td>
			<td class="listed-project">
				<a
					class="listed-name"
					href={escapeAttribute(view.href(changed("project", only(row.project))))}
					title={escapeAttribute(row.project)}
					safe
				>
					{labels.project(row.project)}
				</a>
				<More count={row.projects - 1} />
			</td>
			<td class="listed-branch">
				{row.branch === "" ? (
					<>
						<span class="listed-none" aria-hidden="true">
							–
						</span>
						<span class="reader">no branch</span>
					</>
				) : (
					<span class="listed-name" title={escapeAttribute(row.branch)} safe>
						{row.branch}
					</span>
				)}
				<More count={row.branches - 1} />
			</td>
			<td class="listed-models">
				<ModelMix models={row.models} total={row} colours={colours} />
			</td>
			<td class="table-number listed-length" safe>
				{duration(row.lastAt - row.firstAt)}
			</td>
			<ResponsesCell count={row.responses} of="listed-responses" />
			<TokensCell tokens={totalTokens(row)} />
			<ShareCell part={row.subagentNanoUsd} of={row.costNanoUsd} />
			<td class="listed-machine">
				<a
					class="listed-name"
					href={escapeAttribute(view.href(changed("machine", only(row.machine))))}
					title={escapeAttribute(row.label)}
					safe
				>
					{labels.machine(row.machine)}
				</a>
				<More count={row.machines - 1} />
			</td>
			<CostCell usage={row} />
		</tr>
	);
}

/** `+2` */
function More({ count }: { count: number }) {
	if (count <= 0) return null;
	return (
		<span class="listed-more">
			<span safe>{` +${count}`}</span>
			<span class="reader"> more</span>
		</span>
	);
}

import type { SessionsView } from "../../src/usage/sessions-query.ts";
import { addExact, type Exact, sumUsage, totalTokens } from "../../src/usage/usage.ts";
import type { Labels } from "../parts/names.ts";
import { whole } from "../parts/words.ts";
import type { SessionsData } from "../sessions.tsx";
import { CostCell, ShareCell, TokensCell } from "./cells.tsx";
import { COLUMNS, ColumnHead } from "./columns.tsx";
import { SessionRow } from "./session-row.tsx";

/** Columns before the first that has a sum. */
const NAMED = 6;

/** The sessions of this page, and what they come to together. */
export function SessionsTable({
	view,
	data: { rows, count },
	labels,
	colours,
	zone,
	today,
}: {
	view: SessionsView;
	data: SessionsData;
	labels: Labels;
	colours: ReadonlyMap<string, number>;
	zone: string;
	today: number;
}) {
	const shown = sumUsage(rows);
	const subagents = rows.reduce((sum: Exact, row) => addExact(sum, row.subagentNanoUsd), 0);
	return (
		<section class="listed-scroll" tabindex="0" aria-label="Table of sessions">
			<table class="table listed-table">
				<thead>
					<tr>
						{COLUMNS.map((column) => (
							<ColumnHead column={column} view={view} />
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((row) => (
						<SessionRow row={row} view={view} labels={labels} colours={colours} zone={zone} today={today} />
					))}
				</tbody>
				<tfoot>
					<tr>
						<th scope="row" colspan={NAMED} class="listed-shown" safe>
							{`${whole(rows.length)} of ${whole(count)} shown`}
						</th>
						<td class="table-number listed-responses">
							<span safe>{whole(shown.responses)}</span>
							<span class="listed-word">{Number(shown.responses) === 1 ? " response" : " responses"}</span>
						</td>
						<TokensCell tokens={totalTokens(shown)} />
						<ShareCell part={subagents} of={shown.costNanoUsd} />
						<td class="listed-machine" />
						<CostCell usage={shown} />
					</tr>
				</tfoot>
			</table>
		</section>
	);
}

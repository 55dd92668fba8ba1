import type { SessionsView } from "../../src/usage/sessions-query.ts";
import { addExact, type Exact, sumUsage, totalTokens } from "../../src/usage/usage.ts";
import type { Labels } from "../parts/names.ts";
import { ResponsesCell } from "../parts/responses-cell.tsx";
import { TableHead } from "../parts/table-head.tsx";
import { whole } from "../parts/words.ts";
import type { SessionsData } from "../sessions.tsx";
import { CostCell, ShareCell, TokensCell } from "./cells.tsx";
import { COLUMNS, orderOf } from "./columns.ts";
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
				<TableHead columns={COLUMNS} in={orderOf(view)} />
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
						<ResponsesCell count={shown.responses} of="listed-responses" />
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

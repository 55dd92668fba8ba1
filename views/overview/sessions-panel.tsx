import type { TopSessionRow } from "../../src/reports/top-sessions.ts";
import type { OverviewView } from "../../src/usage/overview-query.ts";
import { sessionPath } from "../../src/usage/session-query.ts";
import { dayAndTime } from "../parts/days.ts";
import type { Labels } from "../parts/names.ts";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { ResponsesCell } from "../parts/responses-cell.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { costOf, duration, isPartlyPriced, whole } from "../parts/words.ts";

const SHORT_ID = 8;

/** The dearest sessions of the period. */
export function SessionsPanel({
	sessions: { rows, count },
	view,
	labels,
	zone,
	today,
}: {
	sessions: { rows: readonly TopSessionRow[]; count: number };
	view: OverviewView;
	labels: Labels;
	zone: string;
	today: number;
}) {
	return (
		<section class="card sessions" id="sessions" aria-labelledby="sessions-title">
			<div class="card-head">
				<h2 id="sessions-title">Sessions</h2>
				<p class="card-sub">the dearest of these days</p>
			</div>
			{rows.length === 0 ? (
				<p class="card-empty">None in these days.</p>
			) : (
				<table class="table sessions-table">
					<thead>
						<tr>
							<th scope="col">Session</th>
							<th scope="col">Project</th>
							<th scope="col">Last active</th>
							<NumberHeads names={["Length", "Responses", "Cost"]} />
						</tr>
					</thead>
					<tbody>
						{rows.map((row) => (
							<tr>
								<th scope="row" class="sessions-id" title={escapeAttribute(row.session)}>
									<a href={escapeAttribute(view.on(sessionPath(row.session)))} safe>
										{row.session.slice(0, SHORT_ID)}
									</a>
								</th>
								<td class="sessions-project" title={escapeAttribute(row.project)} safe>
									{labels.project(row.project)}
								</td>
								<td class="table-quiet sessions-when" safe>
									{dayAndTime(row.lastAt, zone, today)}
								</td>
								<td class="table-number table-quiet sessions-length" safe>
									{duration(row.lastAt - row.firstAt)}
								</td>
								<ResponsesCell count={row.responses} of="sessions-responses" />
								<td
									class={["table-number", "table-main", "sessions-cost", isPartlyPriced(row) && "warn-text"]}
									safe
								>
									{costOf(row)}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			)}
			{rows.length === 0 ? null : (
				<>
					<p class="card-foot card-foot-more">
						<span safe>{`${whole(rows.length)} of ${whole(count)}`}</span>{" "}
						<a href={escapeAttribute(view.on("/sessions"))}>All sessions</a>
					</p>
					<Numbers id="sessions" of="Sessions" view={view} />
				</>
			)}
		</section>
	);
}

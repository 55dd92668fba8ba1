import type { NeighbourRow } from "../../src/reports/session-neighbours.ts";
import { type SessionView, sessionPath } from "../../src/usage/session-query.ts";
import { dayAndTime } from "../parts/days.ts";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { costOf, counted, duration, isPartlyPriced } from "../parts/words.ts";
import type { SessionData } from "../session.tsx";

type Props = { data: SessionData; view: SessionView; zone: string; today: number };

/** What came before and after in the same project. */
export function RelatedPanel({ data: { session, neighbours }, view, zone, today }: Props) {
	return (
		<section class="card related" id="related" aria-labelledby="related-title">
			<div class="card-head">
				<h2 id="related-title">Related sessions</h2>
				<p class="card-sub">of the same project, within 30 days</p>
			</div>
			{neighbours.length === 0 ? <p class="card-empty">None within 30 days.</p> : null}
			<ul class="related-list">
				{neighbours.map((row) => (
					<li>
						<a class="related-row" href={escapeAttribute(view.on(sessionPath(row.session)))}>
							<span class="tag tag-plain">{isBefore(row, session) ? "Before" : "After"}</span>
							<span class="related-when" safe>
								{dayAndTime(row.firstAt, zone, today)}
							</span>
							<span class="related-more" safe>
								{`${duration(row.lastAt - row.firstAt)}, ${counted(row.responses, "response")}`}
							</span>
							<span class={["related-cost", isPartlyPriced(row) && "warn-text"]} safe>
								{costOf(row)}
							</span>
						</a>
					</li>
				))}
			</ul>
			{neighbours.length === 0 ? null : <Numbers id="related" of="Related sessions" view={view} />}
		</section>
	);
}

function isBefore(row: NeighbourRow, session: SessionData["session"]): boolean {
	return row.lastAt <= session.lastAt;
}

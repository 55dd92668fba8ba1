import type { PatternsView } from "../../src/usage/patterns-query.ts";
import { isFiltered } from "../../src/usage/view-query.ts";
import { lengthWords } from "../parts/days.ts";
import { escapeAttribute } from "../parts/safe-url.ts";

/** Where nothing was used in the period, or nothing of it passes the filters. */
export function NoPatterns({ view }: { view: PatternsView }) {
	const { query } = view;
	const filtered = isFiltered(query);
	const none = { only: [], not: [] };
	const change = filtered ? { project: none, model: none, machine: none } : { range: "all" as const };
	return (
		<section class="card" id="heat" aria-label="Hours of the week">
			<div class="empty">
				<p class="empty-title">{filtered ? "Nothing matches" : "No usage"}</p>
				<p safe>
					{filtered
						? `No usage in ${lengthWords(query.period)} passes these filters.`
						: `Nothing was used in ${lengthWords(query.period)}.`}
				</p>
				<a href={escapeAttribute(view.href(change))}>{filtered ? "Clear the filters" : "Show all time"}</a>
			</div>
		</section>
	);
}

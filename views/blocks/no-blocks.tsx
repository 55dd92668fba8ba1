import type { BlocksView } from "../../src/usage/blocks-query.ts";
import { isFiltered } from "../../src/usage/view-query.ts";
import { lengthWords } from "../parts/days.ts";
import { escapeAttribute } from "../parts/safe-url.ts";

/** Where no block began in the period, or none has anything that the filters let through. */
export function NoBlocks({ view }: { view: BlocksView }) {
	const { query } = view;
	const filtered = isFiltered(query);
	const none = { only: [], not: [] };
	const change = filtered ? { project: none, model: none, machine: none } : { range: "all" as const };
	return (
		<section class="card blocks-list" id="history" aria-label="Blocks">
			<div class="empty">
				<p class="empty-title">{filtered ? "Nothing matches" : "No blocks"}</p>
				<p safe>
					{filtered
						? `No block of ${lengthWords(query.period)} has anything that passes these filters.`
						: `No block began in ${lengthWords(query.period)}.`}
				</p>
				<a href={escapeAttribute(view.href(change))}>{filtered ? "Clear the filters" : "Show all time"}</a>
			</div>
		</section>
	);
}

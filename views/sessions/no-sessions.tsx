import { NO_NAMES } from "../../src/usage/filter.ts";
import { lengthOf } from "../../src/usage/period.ts";
import type { SessionsView } from "../../src/usage/sessions-query.ts";
import { isFiltered } from "../../src/usage/view-query.ts";
import { lengthWords } from "../parts/days.ts";
import { escapeAttribute } from "../parts/safe-url.ts";

/**
 * What is said in place of a table.
 *
 * @param props.count how many sessions there are, none of which is on this page
 */
export function NoSessions({ view, count }: { view: SessionsView; count: number }) {
	const { title, text, href, action } = saidOf(view, count);
	return (
		<div class="empty">
			<p class="empty-title" safe>
				{title}
			</p>
			<p safe>{text}</p>
			<a id="show-more" href={escapeAttribute(href)} safe>
				{action}
			</a>
		</div>
	);
}

function saidOf(view: SessionsView, count: number) {
	const { period, q } = view.query;
	const days = `${lengthOf(period) === 1 ? "on" : "in"} ${lengthWords(period)}`;
	if (count > 0) {
		return {
			title: "No more sessions.",
			text: "The list has become shorter since you saw it.",
			href: view.href({ place: undefined }),
			action: "Go to its beginning",
		};
	}
	if (q !== "") {
		return {
			title: "Nothing matches.",
			text: `No session ${days} has "${q}" in its id, project or branch.`,
			href: view.href({ q: "" }),
			action: "Clear the search",
		};
	}
	if (isFiltered(view.query)) {
		return {
			title: "Nothing matches.",
			text: `No session ${days} passes these filters.`,
			href: view.href({ project: NO_NAMES, model: NO_NAMES, machine: NO_NAMES }),
			action: "Clear the filters",
		};
	}
	return {
		title: `No session was active ${days}.`,
		text: "Other days may have some.",
		href: view.href({ range: "all" }),
		action: "Show all days",
	};
}

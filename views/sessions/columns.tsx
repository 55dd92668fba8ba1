import { type SessionSort, type SessionsView, usualOrder } from "../../src/usage/sessions-query.ts";
import { Icon } from "../parts/icon.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { SortArrow, SortHead } from "../parts/sort-head.tsx";

export type Column = { sort: SessionSort; word: string; isNumber?: boolean };

/** From left to right. */
export const COLUMNS: readonly Column[] = [
	{ sort: "session", word: "Session" },
	{ sort: "started", word: "Start" },
	{ sort: "project", word: "Project" },
	{ sort: "branch", word: "Branch" },
	{ sort: "models", word: "Models" },
	{ sort: "length", word: "Length", isNumber: true },
	{ sort: "responses", word: "Responses", isNumber: true },
	{ sort: "tokens", word: "Tokens", isNumber: true },
	{ sort: "subagents", word: "Sub-agents", isNumber: true },
	{ sort: "machine", word: "Machine" },
	{ sort: "cost", word: "Cost", isNumber: true },
];

/** A column's name, which puts the list in order by it; once more turns it round. */
export function ColumnHead({ column, view }: { column: Column; view: SessionsView }) {
	const { sort, word, isNumber = false } = column;
	const { query } = view;
	return (
		<SortHead
			id={`sort-${sort}`}
			word={word}
			href={sortHref(view, sort)}
			order={query.sort === sort ? query.order : undefined}
			isNumber={isNumber}
		/>
	);
}

/** The same where there is no head of a table. */
export function SortMenu({ view }: { view: SessionsView }) {
	const { query } = view;
	const current = COLUMNS.find(({ sort }) => sort === query.sort)?.word ?? "";
	return (
		<details class="menu listed-sort-menu" name="menu">
			<summary class="button" id="sort">
				<span safe>{`By ${current.toLowerCase()}`}</span>
				<SortArrow isUp={query.order === "asc"} />
				<span class="reader">{query.order === "asc" ? ", ascending" : ", descending"}</span>
				<Icon name="chevron" />
			</summary>
			<ul class="menu-sheet menu-list" aria-label="In order by">
				{COLUMNS.map(({ sort, word }) => (
					<li>
						<a
							class="menu-item"
							href={escapeAttribute(sortHref(view, sort))}
							aria-current={query.sort === sort ? "true" : undefined}
						>
							<span safe>{word}</span>
							{query.sort === sort ? <span class="reader">, the other way round</span> : null}
						</a>
					</li>
				))}
			</ul>
		</details>
	);
}

function sortHref(view: SessionsView, sort: SessionSort): string {
	const { query } = view;
	const turned = query.order === "asc" ? "desc" : "asc";
	return view.href({ sort, order: query.sort === sort ? turned : usualOrder(sort) });
}

import type { Sorted } from "../../src/usage/sorting.ts";
import { Icon } from "./icon.tsx";
import { escapeAttribute } from "./safe-url.ts";

/** A column of a table. `sort`: what it is called where the table can be in order by it. */
export type Column<Sort extends string = string> = {
	word: string;
	sort?: Sort;
	isNumber?: boolean;
	/** What is in it says what it is to all but readers. */
	isForReaders?: boolean;
};

/** What a table is in order by, and where each column's order is. */
export type TableOrder<Sort extends string> = { sorted: Sorted<Sort>; hrefOf: (sort: Sort) => string };

type Props<Sort extends string> = { columns: readonly Column<Sort>[]; in: TableOrder<Sort> };

/** Names of columns. One by which a table can be in order puts it so, and once more turns it round. */
export function TableHead<Sort extends string>({ columns, in: { sorted, hrefOf } }: Props<Sort>) {
	return (
		<thead>
			<tr>
				{columns.map(({ word, sort, isNumber, isForReaders }) => (
					<th
						scope="col"
						class={isNumber ? "table-number" : undefined}
						aria-sort={sort !== sorted.sort ? undefined : sorted.order === "asc" ? "ascending" : "descending"}
					>
						{sort === undefined ? (
							<span class={isForReaders ? "reader" : undefined} safe>
								{word}
							</span>
						) : (
							<a class="sort-link" id={escapeAttribute(`sort-${sort}`)} href={escapeAttribute(hrefOf(sort))}>
								<span safe>{word}</span>
								{sort === sorted.sort ? <SortArrow isUp={sorted.order === "asc"} /> : null}
							</a>
						)}
					</th>
				))}
			</tr>
		</thead>
	);
}

/** The same where there is no room for the head of a table. */
export function SortMenu<Sort extends string>({ columns, in: { sorted, hrefOf } }: Props<Sort>) {
	const current = columns.find(({ sort }) => sort === sorted.sort)?.word ?? "";
	return (
		<details class="menu sort-menu" name="menu">
			<summary class="button" id="sort">
				<span safe>{`By ${current.toLowerCase()}`}</span>
				<SortArrow isUp={sorted.order === "asc"} />
				<span class="reader">{sorted.order === "asc" ? ", ascending" : ", descending"}</span>
				<Icon name="chevron" />
			</summary>
			<ul class="menu-sheet menu-list" aria-label="In order by">
				{columns.map((column) => (
					<SortItem column={column} in={{ sorted, hrefOf }} />
				))}
			</ul>
		</details>
	);
}

function SortItem<Sort extends string>({
	column: { sort, word },
	in: { sorted, hrefOf },
}: {
	column: Column<Sort>;
	in: TableOrder<Sort>;
}) {
	if (sort === undefined) return null;
	const isCurrent = sort === sorted.sort;
	return (
		<li>
			<a class="menu-item" href={escapeAttribute(hrefOf(sort))} aria-current={isCurrent ? "true" : undefined}>
				<span safe>{word}</span>
				{isCurrent ? <span class="reader">, the other way round</span> : null}
			</a>
		</li>
	);
}

function SortArrow({ isUp }: { isUp: boolean }) {
	return (
		<svg
			class={["sort-arrow", isUp && "sort-arrow-up"]}
			width="8"
			height="8"
			viewBox="0 0 8 8"
			aria-hidden="true"
			focusable="false"
		>
			<path d="M0.5 2h7L4 6.5Z" />
		</svg>
	);
}

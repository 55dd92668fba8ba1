import { escapeAttribute } from "./safe-url.ts";

/** A column's name, which puts the table in order by it; `order` where it is in order by that now. */
export function SortHead({
	id,
	word,
	href,
	order,
	isNumber,
}: {
	id: string;
	word: string;
	href: string;
	order: "asc" | "desc" | undefined;
	isNumber: boolean;
}) {
	return (
		<th
			scope="col"
			class={isNumber ? "table-number" : undefined}
			aria-sort={order ? (order === "asc" ? "ascending" : "descending") : undefined}
		>
			<a class="sort-link" id={escapeAttribute(id)} href={escapeAttribute(href)}>
				<span safe>{word}</span>
				{order ? <SortArrow isUp={order === "asc"} /> : null}
			</a>
		</th>
	);
}

export function SortArrow({ isUp }: { isUp: boolean }) {
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

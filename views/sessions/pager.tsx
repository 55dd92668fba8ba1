import { type ListPlace, type SessionsView, SIZES } from "../../src/usage/sessions-query.ts";
import { escapeAttribute } from "../parts/safe-url.ts";
import type { SessionsData } from "../sessions.tsx";

/** How many rows a page has, and the pages beside this one. */
export function Pager({ view, data }: { view: SessionsView; data: SessionsData }) {
	const { sort, order, size } = view.query;
	const isByTime = sort === "started";
	const [earlier, later] = !isByTime
		? ["Previous", "Next"]
		: order === "desc"
			? ["Newer", "Older"]
			: ["Older", "Newer"];
	return (
		<div class="listed-pager">
			<nav class="listed-sizes" aria-label="Rows on a page">
				<span>Rows</span>
				{SIZES.map((other) => (
					<a
						id={`size-${other}`}
						href={escapeAttribute(view.href({ size: other }))}
						aria-current={other === size ? "true" : undefined}
					>
						{other}
					</a>
				))}
			</nav>
			<nav class="listed-pages" aria-label="Pages">
				<PageLink id="previous" word={earlier} rel="prev" view={view} place={data.previous} />
				<PageLink id="next" word={later} rel="next" view={view} place={data.next} />
			</nav>
		</div>
	);
}

function PageLink({
	id,
	word,
	rel,
	view,
	place,
}: {
	id: string;
	word: string;
	rel: "prev" | "next";
	view: SessionsView;
	place: ListPlace | undefined;
}) {
	if (!place) {
		return (
			<span class="button listed-no-page" id={id} safe>
				{word}
			</span>
		);
	}
	return (
		<a class="button" id={id} rel={rel} href={escapeAttribute(view.href({ place }))} safe>
			{word}
		</a>
	);
}

import type { UsageRow } from "../../src/reports/grouped.ts";
import { type Exact, totalTokens } from "../../src/usage/usage.ts";
import type { AnyView } from "../../src/usage/view.ts";
import type { Filtered } from "../../src/usage/view-query.ts";
import { changed } from "./filters.tsx";
import { NumberHeads } from "./number-heads.tsx";
import { Numbers } from "./numbers.tsx";
import { escapeAttribute } from "./safe-url.ts";
import { costOf, counted, hasNoPrice, isPartlyPriced, percent, short, whole } from "./words.ts";

/** One name and what it used. `name`: its value in a filter; `label`: what people read; `alias`: what they call it. */
export type RankedRow = UsageRow & { name: string; label: string; alias?: string | null };

/** The dearest of `count`. */
export type Ranked = { rows: RankedRow[]; count: number };

/** What stands before a name and behind it. */
export type Marks = { series?: number | undefined; tag?: string | undefined };

const WIDEST = 72;

type Props = {
	/** Its name in addresses. */
	panel: string;
	title: string;
	field: Filtered;
	ranked: Ranked;
	/** Cost of all, in nano-dollars. */
	total: Exact;
	view: AnyView;
	marksOf?: (row: RankedRow) => Marks;
};

/** The dearest names of one kind. A click on one shows it alone. */
export function RankedPanel({ panel, title, field, ranked, total, view, marksOf = () => ({}) }: Props) {
	const { rows, count } = ranked;
	const most = Math.max(...rows.map((row) => Number(row.costNanoUsd)), 0);
	return (
		<section class="card ranked" id={panel} aria-labelledby={`${panel}-title`}>
			<div class="card-head">
				<h2 id={`${panel}-title`} safe>
					{title}
				</h2>
			</div>
			{rows.length === 0 ? <p class="card-empty">None in these days.</p> : null}
			<ol class="ranked-list">
				{rows.map((row) => (
					<li>
						<RankedItem
							row={row}
							href={view.href(changed(field, { only: [row.name], not: [] }))}
							width={most === 0 ? 0 : (Number(row.costNanoUsd) / most) * WIDEST}
							share={shareOf(row.costNanoUsd, total)}
							marks={marksOf(row)}
						/>
					</li>
				))}
			</ol>
			{rows.length === 0 ? null : (
				<>
					<p class="card-foot card-foot-more">
						<span safe>{`${whole(rows.length)} of ${whole(count)}`}</span>{" "}
						<a href={escapeAttribute(view.on(`/${panel}`))} safe>{`All ${panel}`}</a>
					</p>
					<Numbers id={panel} of={title} view={view}>
						<RankedTable title={title} rows={rows} total={total} />
					</Numbers>
				</>
			)}
		</section>
	);
}

function RankedItem({
	row,
	href,
	width,
	share,
	marks,
}: {
	row: RankedRow;
	href: string;
	width: number;
	share: string;
	marks: Marks;
}) {
	return (
		<a class="ranked-row" href={escapeAttribute(href)} title={escapeAttribute(row.name)}>
			<svg class="ranked-bar" width="100%" height="32" aria-hidden="true" focusable="false">
				<rect width={`${width.toFixed(2)}%`} height="32" rx="4" />
			</svg>
			{marks.series === undefined ? null : <span class={["swatch", `series-${marks.series}`]} />}
			<span class="ranked-name" safe>
				{row.label}
			</span>
			{hasNoPrice(row) ? <span class="tag tag-warn">No price</span> : null}
			{marks.tag === undefined ? null : (
				<span class="tag tag-warn" safe>
					{marks.tag}
				</span>
			)}
			<span
				class={["ranked-cost", isPartlyPriced(row) && "warn-text"]}
				title={isPartlyPriced(row) ? `${counted(row.unpriced, "response")} of it without a price` : undefined}
				safe
			>
				{costOf(row)}
			</span>
			<span class="ranked-share" safe>
				{share}
			</span>
		</a>
	);
}

function RankedTable({ title, rows, total }: { title: string; rows: readonly RankedRow[]; total: Exact }) {
	return (
		<table class="table ranked-table">
			<thead>
				<tr>
					<th scope="col" safe>
						{title.replace(/s$/, "")}
					</th>
					<NumberHeads names={["Tokens", "Share", "Cost"]} />
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<tr>
						<th scope="row" title={escapeAttribute(row.name)} safe>
							{row.label}
						</th>
						<td class="table-number" title={whole(totalTokens(row))} safe>
							{short(totalTokens(row))}
						</td>
						<td class="table-number" safe>
							{shareOf(row.costNanoUsd, total)}
						</td>
						<td class="table-number table-main" safe>
							{costOf(row)}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

function shareOf(cost: Exact, total: Exact): string {
	return total === 0 || cost === 0 ? "" : percent(Number(cost) / Number(total));
}

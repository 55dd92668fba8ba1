import type { KnownNames } from "../../src/reports/first-use.ts";
import { dayText } from "../../src/usage/day.ts";
import { type OverviewQuery, overviewQueryText } from "../../src/usage/overview-query.ts";
import { COMPARISONS, type Comparison, RANGES, type Range } from "../../src/usage/period.ts";
import { comparedWords, periodWords } from "../parts/days.ts";
import { Icon } from "../parts/icon.tsx";
import type { Labels } from "../parts/names.ts";
import { QueryFields } from "../parts/query-fields.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { Chips, FilterMenu } from "./filters.tsx";

const RANGE_NAMES: Record<Range, string> = {
	today: "Today",
	"7d": "7 d",
	"30d": "30 d",
	month: "Month",
	"12m": "12 m",
	all: "All",
	custom: "Custom",
};

const COMPARISON_NAMES: Record<Comparison, string> = {
	prev: "The time just before",
	year: "The same days a year earlier",
	none: "Nothing",
};

/** Which days, compared with which, of what. All of it is in the URL. */
export function FilterBar({
	query,
	known,
	labels,
	today,
}: {
	query: OverviewQuery;
	known: KnownNames;
	labels: Labels;
	today: number;
}) {
	const isCustom = query.range === "custom";
	return (
		<div class="filter-bar">
			<nav class="segments ranges" aria-label="Days">
				{RANGES.filter((range) => range !== "custom").map((range) => (
					<RangeLink query={query} range={range} />
				))}
				{isCustom ? (
					<span class="segment" id="range-custom" aria-current="true">
						Custom
					</span>
				) : (
					<details class="menu" name="menu">
						<summary class="segment" id="range-custom">
							Custom
						</summary>
						<CustomRange query={query} today={today} place="menu-sheet" />
					</details>
				)}
			</nav>
			<div class="period">
				<strong safe>{periodWords(query.period)}</strong>
				<CompareMenu query={query} />
			</div>
			<div class="filters">
				<Chips query={query} labels={labels} />
				<FilterMenu query={query} known={known} labels={labels} />
			</div>
			{isCustom ? <CustomRange query={query} today={today} place="custom-range-open" /> : null}
		</div>
	);
}

function RangeLink({ query, range }: { query: OverviewQuery; range: Range }) {
	return (
		<a
			class="segment"
			id={`range-${range}`}
			href={escapeAttribute(`/${overviewQueryText(query, { range })}`)}
			aria-current={range === query.range ? "true" : undefined}
			safe
		>
			{RANGE_NAMES[range]}
		</a>
	);
}

/** In a menu that any other range closes, or open in the bar as long as these days are shown. */
function CustomRange({
	query,
	today,
	place,
}: {
	query: OverviewQuery;
	today: number;
	place: "menu-sheet" | "custom-range-open";
}) {
	return (
		<form class={["custom-range", place]} method="get" action="/">
			<QueryFields query={query} but={["range", "from", "to"]} />
			<input type="hidden" name="range" value="custom" />
			<label class="field">
				From
				<input type="date" name="from" required max={dayText(today)} value={dayText(query.period.since)} />
			</label>
			<label class="field">
				To
				<input type="date" name="to" required value={dayText(query.period.until)} />
			</label>
			<button class="button button-primary" type="submit">
				Show these days
			</button>
		</form>
	);
}

function CompareMenu({ query }: { query: OverviewQuery }) {
	if (query.range === "all") return null;
	const words = query.before ? `vs ${comparedWords(query.before, query.period)}` : "not compared";
	return (
		<details class="menu compare" name="menu">
			<summary class="compare-choice" id="compare">
				<span safe>{words}</span>
				<Icon name="chevron" />
			</summary>
			<ul class="menu-sheet menu-list" aria-label="Compared with">
				{COMPARISONS.map((compare) => (
					<li>
						<a
							class="menu-item"
							href={escapeAttribute(`/${overviewQueryText(query, { compare })}`)}
							aria-current={compare === query.compare ? "true" : undefined}
							safe
						>
							{COMPARISON_NAMES[compare]}
						</a>
					</li>
				))}
			</ul>
		</details>
	);
}

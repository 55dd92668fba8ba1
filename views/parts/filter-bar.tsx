import type { KnownNames } from "../../src/reports/first-use.ts";
import { dayText } from "../../src/usage/day.ts";
import { COMPARISONS, type Comparison, RANGES, type Range } from "../../src/usage/period.ts";
import type { AnyView } from "../../src/usage/view.ts";
import { comparedWords, periodWords } from "./days.ts";
import { Chips, FilterMenu } from "./filters.tsx";
import { Icon } from "./icon.tsx";
import { COMPARE_KEY, RANGE_KEYS } from "./keys.ts";
import type { Labels } from "./names.ts";
import { PeriodSteps } from "./period-steps.tsx";
import { QueryFields } from "./query-fields.tsx";
import { escapeAttribute } from "./safe-url.ts";

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
	view,
	known,
	labels,
	today,
	compares,
}: {
	view: AnyView;
	known: KnownNames;
	labels: Labels;
	today: number;
	compares: boolean;
}) {
	const { query } = view;
	const isCustom = query.range === "custom";
	return (
		<div class="filter-bar">
			<nav class="segments ranges" aria-label="Days">
				{RANGES.filter((range) => range !== "custom").map((range) => (
					<RangeLink view={view} range={range} />
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
						<CustomRange view={view} today={today} place="menu-sheet" />
					</details>
				)}
			</nav>
			<div class="period">
				<PeriodSteps view={view} today={today} />
				<strong safe>{periodWords(query.period)}</strong>
				{compares ? <CompareMenu view={view} /> : null}
			</div>
			<div class="filters">
				<Chips view={view} labels={labels} />
				<FilterMenu view={view} known={known} labels={labels} />
			</div>
			{isCustom ? <CustomRange view={view} today={today} place="custom-range-open" /> : null}
		</div>
	);
}

function RangeLink({ view, range }: { view: AnyView; range: Range }) {
	return (
		<a
			class="segment"
			id={`range-${range}`}
			href={escapeAttribute(view.href({ range }))}
			aria-current={range === view.query.range ? "true" : undefined}
			data-key={RANGE_KEYS[range]}
			safe
		>
			{RANGE_NAMES[range]}
		</a>
	);
}

/** In a menu that any other range closes, or open in the bar as long as these days are shown. */
function CustomRange({
	view,
	today,
	place,
}: {
	view: AnyView;
	today: number;
	place: "menu-sheet" | "custom-range-open";
}) {
	const { period } = view.query;
	return (
		<form class={["custom-range", place]} method="get" action={view.path}>
			<QueryFields view={view} but={["range", "from", "to"]} />
			<input type="hidden" name="range" value="custom" />
			<label class="field">
				From
				<input type="date" name="from" required max={dayText(today)} value={dayText(period.since)} />
			</label>
			<label class="field">
				To
				<input type="date" name="to" required value={dayText(period.until)} />
			</label>
			<button class="button button-primary" type="submit">
				Show these days
			</button>
		</form>
	);
}

function CompareMenu({ view }: { view: AnyView }) {
	const { query } = view;
	if (query.range === "all") return null;
	const other: Comparison = query.compare === "none" ? "prev" : "none";
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
							href={escapeAttribute(view.href({ compare }))}
							aria-current={compare === query.compare ? "true" : undefined}
							data-key={compare === other ? COMPARE_KEY : undefined}
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

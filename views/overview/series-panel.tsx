import type { Span } from "../../src/reports/overview.ts";
import {
	type OverviewQuery,
	type OverviewView,
	STACKINGS,
	type Stacking,
} from "../../src/usage/overview-query.ts";
import { lengthOf } from "../../src/usage/period.ts";
import type { Exact } from "../../src/usage/usage.ts";
import { cacheWrites } from "../../src/usage/usage.ts";
import { isFiltered } from "../../src/usage/view-query.ts";
import { lengthWords } from "../parts/days.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Icon } from "../parts/icon.tsx";
import { JsonIsland } from "../parts/json-island.tsx";
import { LegendPart } from "../parts/legend-part.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { counted, short, whole } from "../parts/words.ts";
import type { Chart } from "./chart-data.ts";
import { ChartTable } from "./chart-table.tsx";
import { isStacked, METRIC_NAMES, measure, written } from "./measure.ts";
import { PlainChart } from "./plain-chart.tsx";

const STACKING_NAMES: Record<Stacking, string> = {
	model: "Model",
	project: "Project",
	machine: "Machine",
	kind: "Kind",
};

const PRESENT: Record<Chart["length"], string> = {
	hour: "This hour",
	day: "Today",
	week: "This week",
	month: "This month",
};

type Props = {
	view: OverviewView;
	span: Span;
	chart: Chart;
	/** `12:03`, of the last collect. */
	until: string;
	unpriced: { models: readonly string[]; tokens: Exact };
};

/** The chart under the strip, with its legend, what is missing in it, and its table. */
export function SeriesPanel({ view, span, chart, until, unpriced }: Props) {
	if (span.activeDays === 0) return <NoUsage view={view} />;
	const { query } = view;
	return (
		<div class="series">
			<div class="chart-head">
				<Legend query={query} chart={chart} />
				{isStacked(query.metric) ? <StackingChoice view={view} /> : null}
			</div>
			{query.metric === "tokens" ? <Kinds span={span} /> : null}
			<div class="chart">
				<canvas data-chart="series" role="img" aria-label={escapeAttribute(summaryOf(chart, span))} />
				<noscript>
					<PlainChart chart={chart} />
				</noscript>
			</div>
			<JsonIsland id="series-data" data={islandOf(query, chart)} />
			<Missing chart={chart} until={until} unpriced={unpriced} />
			<Numbers id="series" of={`${METRIC_NAMES[query.metric]} over time`} view={view}>
				<ChartTable chart={chart} />
			</Numbers>
		</div>
	);
}

function Legend({ query, chart }: { query: OverviewQuery; chart: Chart }) {
	return (
		<ul class="legend" aria-label="Legend" data-legend="series">
			{chart.series.map(({ label, series }, i) => (
				<LegendPart label={label} series={series} id={chart.series.length > 1 ? `legend-${i}` : undefined} />
			))}
			{chart.series.length > 0 ? null : (
				<li class="legend-item">
					<span class="swatch series-1" />
					<span safe>{METRIC_NAMES[chart.metric]}</span>
				</li>
			)}
			{chart.before.length > 0 ? (
				<li class="legend-item">
					<svg
						class="legend-dots"
						width="18"
						height="4"
						viewBox="0 0 18 4"
						aria-hidden="true"
						focusable="false"
					>
						<path d="M0 2h18" />
					</svg>
					<span safe>{beforeName(query)}</span>
				</li>
			) : null}
		</ul>
	);
}

function StackingChoice({ view }: { view: OverviewView }) {
	const { metric } = view.query;
	return (
		<nav class="segments segments-small" aria-label="Bars are stacked by">
			{STACKINGS.filter((by) => by !== "kind" || metric === "tokens").map((by) => (
				<a
					class="segment"
					id={`by-${by}`}
					href={escapeAttribute(view.href({ by }))}
					aria-current={by === view.query.by ? "true" : undefined}
					safe
				>
					{STACKING_NAMES[by]}
				</a>
			))}
		</nav>
	);
}

/** The counters that make up all tokens. */
function Kinds({ span: { usage } }: { span: Span }) {
	const kinds: [string, Exact][] = [
		["Input", usage.input],
		["Output", usage.output],
		["Cache write", cacheWrites(usage)],
		["Cache read", usage.cacheRead],
	];
	return (
		<dl class="kinds">
			{kinds.map(([kind, count]) => (
				<div class="kind">
					<dt safe>{kind}</dt>
					<dd title={whole(count)} safe>
						{short(count)}
					</dd>
				</div>
			))}
		</dl>
	);
}

/** What the numbers leave out, in words. */
function Missing({ chart, until, unpriced }: Pick<Props, "chart" | "until" | "unpriced">) {
	const sentences: string[] = [];
	if (chart.partial !== undefined) {
		const hatched = chart.metric === "cache" ? "" : ", shown hatched";
		sentences.push(`${PRESENT[chart.length]} is partial: counted until ${until}${hatched}.`);
	}
	const { models, tokens } = unpriced;
	if (models.length > 0) {
		const [have, are] = models.length === 1 ? ["has", "are"] : ["have", "are"];
		sentences.push(
			`${counted(models.length, "model")} ${have} no price yet, ${counted(tokens, "token")} ${are} not in the cost.`,
		);
	}
	if (sentences.length === 0) return null;
	return (
		<p class="note">
			<Icon name="info" />
			<span>
				<span safe>{sentences.join(" ")}</span>
				{models.length > 0 ? (
					<>
						{" "}
						<a href="#models">See models</a>
					</>
				) : null}
			</span>
		</p>
	);
}

function NoUsage({ view }: { view: OverviewView }) {
	const { query } = view;
	const filtered = isFiltered(query);
	const none = { only: [], not: [] };
	const change = filtered ? { project: none, model: none, machine: none } : { range: "all" as const };
	return (
		<EmptyState
			title={filtered ? "Nothing matches" : "No usage"}
			text={
				filtered
					? `No usage in ${lengthWords(query.period)} passes these filters.`
					: `Nothing was used in ${lengthWords(query.period)}.`
			}
		>
			<a href={escapeAttribute(view.href(change))}>{filtered ? "Clear the filters" : "Show all time"}</a>
		</EmptyState>
	);
}

/** The chart in one sentence, for those who cannot see it. */
function summaryOf({ metric, unit, slots, totals }: Chart, span: Span): string {
	const most = totals.reduce<number>((best, value, i) => ((value ?? 0) > (totals[best] ?? 0) ? i : best), 0);
	const total = written(unit, measure(metric, span));
	const highest = `${written(unit, totals[most])} on ${slots[most]?.title ?? ""}`;
	return `${METRIC_NAMES[metric]}: ${total} in ${lengthWords(span.period)}, most ${highest}.`;
}

/** `Previous 30 days` */
function beforeName({ compare, range, period }: OverviewQuery): string {
	if (compare === "year") return "A year earlier";
	if (range === "month") return "The month before";
	const days = lengthOf(period);
	return days === 1 ? "The day before" : `Previous ${whole(days)} days`;
}

/** What `public/charts.ts` draws; it declares the same shape. */
function islandOf(query: OverviewQuery, chart: Chart) {
	const inUnit = (value: number | undefined) =>
		value === undefined ? null : chart.unit === "usd" ? Math.round(value / 1e5) / 1e4 : value;
	return {
		shape: chart.metric === "cache" ? "line" : "bars",
		unit: chart.unit,
		slots: chart.slots.map(({ tick, title, before }) => [tick, title, before ?? ""]),
		series: chart.series.map(({ label, series, values }) => ({ label, series, values: values.map(inUnit) })),
		name: METRIC_NAMES[chart.metric],
		totals: chart.totals.map(inUnit),
		before: chart.before.map(inUnit),
		beforeName: beforeName(query),
		partial: chart.partial ?? -1,
	};
}

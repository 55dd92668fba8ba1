import type { KnownNames } from "../../src/reports/first-use.ts";
import type { Span } from "../../src/reports/overview.ts";
import { MIX_METRICS, type ModelsView } from "../../src/usage/models-query.ts";
import { isFiltered } from "../../src/usage/view-query.ts";
import { type Chart, chartOf } from "../overview/chart-data.ts";
import { ChartTable } from "../overview/chart-table.tsx";
import { METRIC_NAMES } from "../overview/measure.ts";
import { PlainChart } from "../overview/plain-chart.tsx";
import { lengthWords } from "../parts/days.ts";
import { Icon } from "../parts/icon.tsx";
import { JsonIsland } from "../parts/json-island.tsx";
import { LegendPart } from "../parts/legend-part.tsx";
import { labelsOf } from "../parts/names.ts";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { percent } from "../parts/words.ts";

type Props = {
	view: ModelsView;
	span: Span;
	known: KnownNames;
	colours: ReadonlyMap<string, number>;
	/** The number of the slot that is running. */
	present: number;
	/** `12:03`, of the last collect. */
	until: string;
};

/** What part of the whole each model had, over time. */
export function MixPanel({ view, span, known, colours, present, until }: Props) {
	const { query } = view;
	if (span.activeDays === 0) return <NoUsage view={view} />;
	const labels = labelsOf(known);
	const amounts = chartOf({
		query: { ...query, by: "model" },
		span,
		before: undefined,
		labels,
		colours,
		present,
	});
	const chart = sharesOf(amounts);
	const of = METRIC_NAMES[query.metric].toLowerCase();
	return (
		<section class="card mix" id="mix" aria-labelledby="mix-title">
			<div class="card-head">
				<h2 id="mix-title">Share over time</h2>
				<p class="card-sub" safe>{`of ${of}`}</p>
			</div>
			<div class="chart-head">
				<ul class="legend" aria-label="Legend" data-legend="mix">
					{chart.series.map(({ label, series }, i) => (
						<LegendPart
							label={label}
							series={series}
							id={chart.series.length > 1 ? `mix-legend-${i}` : undefined}
						/>
					))}
				</ul>
				<MetricChoice view={view} />
			</div>
			<div class="chart">
				<canvas data-chart="mix" role="img" aria-label={escapeAttribute(summaryOf(amounts, span, of))} />
				<noscript>
					<PlainChart chart={chart} />
				</noscript>
			</div>
			<JsonIsland id="mix-data" data={islandOf(chart)} />
			{chart.partial === undefined ? null : (
				<p class="note">
					<Icon name="info" />
					<span safe>{`The last bar is partial: counted until ${until}, shown hatched.`}</span>
				</p>
			)}
			<Numbers id="mix" of="Share over time" view={view}>
				<ChartTable chart={chart} />
			</Numbers>
		</section>
	);
}

function MetricChoice({ view }: { view: ModelsView }) {
	return (
		<nav class="segments segments-small" aria-label="Shares are of">
			{MIX_METRICS.map((metric) => (
				<a
					class="segment"
					id={`metric-${metric}`}
					href={escapeAttribute(view.href({ metric }))}
					aria-current={metric === view.query.metric ? "true" : undefined}
					safe
				>
					{METRIC_NAMES[metric]}
				</a>
			))}
		</nav>
	);
}

function NoUsage({ view }: { view: ModelsView }) {
	const filtered = isFiltered(view.query);
	const none = { only: [], not: [] };
	const change = filtered ? { project: none, model: none, machine: none } : { range: "all" as const };
	const days = lengthWords(view.query.period);
	return (
		<section class="card" id="mix" aria-labelledby="mix-title">
			<div class="empty">
				<h2 class="empty-title" id="mix-title">
					{filtered ? "Nothing matches" : "No usage"}
				</h2>
				<p safe>{filtered ? `No usage in ${days} passes these filters.` : `Nothing was used in ${days}.`}</p>
				<a href={escapeAttribute(view.href(change))}>{filtered ? "Clear the filters" : "Show all time"}</a>
			</div>
		</section>
	);
}

/** The same chart with each slot's whole as 1. */
export function sharesOf(chart: Chart): Chart {
	return {
		...chart,
		unit: "share",
		series: chart.series.map((one) => ({
			...one,
			values: one.values.map((value, i) => (value === 0 ? 0 : value / (chart.totals[i] ?? value))),
		})),
		totals: chart.totals.map((total) => (total ? 1 : undefined)),
	};
}

/** The chart in one sentence, for those who cannot see it. */
function summaryOf({ series, totals }: Chart, span: Span, of: string): string {
	const all = totals.reduce<number>((sum, value) => sum + (value ?? 0), 0);
	const parts = series.map(({ label, values }) => {
		const share = values.reduce((sum, value) => sum + value, 0) / all;
		return `${label} ${percent(share)}`;
	});
	return `Share of ${of} in ${lengthWords(span.period)}: ${parts.join(", ")}.`;
}

/** What `public/charts.ts` draws. */
function islandOf(chart: Chart) {
	return {
		shape: "bars",
		unit: chart.unit,
		slots: chart.slots.map(({ tick, title }) => [tick, title, ""]),
		series: chart.series.map(({ label, series, values }) => ({
			label,
			series,
			values: values.map((value) => Math.round(value * 1e5) / 1e5),
		})),
		name: METRIC_NAMES[chart.metric],
		totals: chart.totals.map((total) => total ?? null),
		before: [],
		beforeName: "",
		partial: chart.partial ?? -1,
	};
}

import type { PatternsView } from "../../src/usage/patterns-query.ts";
import type { Chart } from "../overview/chart-data.ts";
import { METRIC_NAMES, measureUsage, written } from "../overview/measure.ts";
import { PlainChart } from "../overview/plain-chart.tsx";
import { JsonIsland } from "../parts/json-island.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import type { PatternsData } from "../patterns.tsx";
import { cellOf, hourTick, hourWords, unitOf } from "./pattern-words.ts";

const LABEL_EVERY = 3;

/** What each hour of the day comes to, over all days of the period. */
export function HoursPanel({ data, view, zone }: { data: PatternsData; view: PatternsView; zone: string }) {
	const { metric } = view.query;
	const chart: Chart = {
		metric,
		unit: unitOf(metric),
		length: "hour",
		slots: data.hours.map((_, hour) => ({
			tick: hour % LABEL_EVERY === 0 ? hourTick(hour) : "",
			title: hourWords(hour),
			before: undefined,
		})),
		series: [],
		totals: data.hours.map((usage) => measureUsage(metric, usage)),
		before: [],
		partial: undefined,
	};
	const of = `${METRIC_NAMES[metric]} by hour of the day`;
	return (
		<section class="card patterns-hours" id="hours" aria-labelledby="hours-title">
			<div class="card-head">
				<h2 id="hours-title">Hours of the day</h2>
				<p class="card-sub" safe>{`${METRIC_NAMES[metric]}, hours in ${zone}`}</p>
			</div>
			<div class="chart">
				<canvas data-chart="hours" role="img" aria-label={escapeAttribute(summaryOf(chart))} />
				<noscript>
					<PlainChart chart={chart} />
				</noscript>
			</div>
			<JsonIsland id="hours-data" data={islandOf(chart)} />
			<Numbers id="hours" of={of} view={view}>
				<table class="table">
					<thead>
						<tr>
							<th scope="col">Hour</th>
							<th scope="col" class="table-number" safe>
								{METRIC_NAMES[metric]}
							</th>
						</tr>
					</thead>
					<tbody>
						{data.hours.map((usage, hour) => (
							<tr>
								<th scope="row" safe>
									{hourWords(hour)}
								</th>
								<td class="table-number table-main" safe>
									{cellOf(metric, usage)}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</Numbers>
		</section>
	);
}

function summaryOf({ metric, unit, slots, totals }: Chart): string {
	const most = totals.reduce<number>((best, value, i) => ((value ?? 0) > (totals[best] ?? 0) ? i : best), 0);
	return `${METRIC_NAMES[metric]} by hour of the day, most ${written(unit, totals[most])} from ${slots[most]?.title}.`;
}

/** What `public/charts.ts` draws. */
function islandOf({ metric, unit, slots, totals }: Chart) {
	const inUnit = (value = 0) => (unit === "usd" ? Math.round(value / 1e5) / 1e4 : value);
	return {
		shape: "bars",
		unit,
		slots: slots.map(({ tick, title }) => [tick, title, ""]),
		series: [],
		name: METRIC_NAMES[metric],
		totals: totals.map(inUnit),
		before: [],
		beforeName: "",
		partial: -1,
	};
}

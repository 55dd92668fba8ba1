import { PATTERN_METRICS, type PatternsView } from "../../src/usage/patterns-query.ts";
import { nameOfWeekday } from "../../src/usage/weekdays.ts";
import { METRIC_NAMES, measureUsage } from "../overview/measure.ts";
import { HeatLegend, stepsOf } from "../parts/heat-legend.tsx";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { counted } from "../parts/words.ts";
import type { PatternsData } from "../patterns.tsx";
import { busiestCell, busiestWords, cellOf, cellWords, hourTick, hourWords } from "./pattern-words.ts";

const HOURS = 24;
const ROW = 28;
const WIDTH = 100 / HOURS;
const LABEL_EVERY = 3;

/** What each hour of the week comes to, over all weeks of the period. */
export function HeatPanel({ data, view, zone }: { data: PatternsData; view: PatternsView; zone: string }) {
	const { cells, counts, usage, week } = data;
	const { metric } = view.query;
	const stepOf = stepsOf(cells.flat().map((cell) => measureUsage(metric, cell)));
	const busiest = busiestCell(metric, data);
	const of = `${METRIC_NAMES[metric]} by hour of the week`;
	return (
		<section class="card heat-map" id="heat" aria-labelledby="heat-title">
			<div class="card-head">
				<h2 id="heat-title">Hours of the week</h2>
				<p class="card-sub" safe>{`${METRIC_NAMES[metric]}, hours in ${zone}`}</p>
				<HeatLegend />
			</div>
			<div class="heat-map-choice">
				<nav class="segments segments-small" aria-label="Cells show">
					{PATTERN_METRICS.map((name) => (
						<a
							class="segment"
							id={`metric-${name}`}
							href={escapeAttribute(view.href({ metric: name }))}
							aria-current={name === metric ? "true" : undefined}
							safe
						>
							{METRIC_NAMES[name]}
						</a>
					))}
				</nav>
			</div>
			<div class="heat-map-body">
				<p class="heat-map-days" aria-hidden="true">
					{week.map((weekday) => (
						<span safe>{nameOfWeekday(weekday).slice(0, 3)}</span>
					))}
				</p>
				<svg
					class="heat-map-cells"
					width="100%"
					height={cells.length * ROW + 20}
					aria-hidden="true"
					focusable="false"
				>
					{week.map((weekday, line) =>
						(cells[weekday] ?? []).map((cell, hour) => (
							<a href="#heat-table" tabindex="-1">
								<title safe>{cellWords(metric, { weekday, hour, usage: cell }, counts)}</title>
								<rect
									class={`heat-cell heat-${stepOf(measureUsage(metric, cell))}`}
									x={`${(hour * WIDTH).toFixed(3)}%`}
									y={line * ROW}
									width={`${WIDTH.toFixed(3)}%`}
									height={ROW}
								/>
							</a>
						)),
					)}
					{Array.from({ length: HOURS / LABEL_EVERY }, (_, i) => (
						<text
							class="heat-map-hour"
							x={`${(i * LABEL_EVERY * WIDTH).toFixed(3)}%`}
							y={cells.length * ROW + 14}
							safe
						>
							{hourTick(i * LABEL_EVERY)}
						</text>
					))}
				</svg>
			</div>
			{busiest ? (
				<p class="note heat-map-busiest" safe>
					{busiestWords(metric, busiest, counts)}
				</p>
			) : null}
			{metric === "cost" && usage.unpriced !== 0 ? (
				<p
					class="note"
					safe
				>{`${counted(usage.unpriced, "response")} without a price ${Number(usage.unpriced) === 1 ? "is" : "are"} not in the cost.`}</p>
			) : null}
			<Numbers id="heat" of={of} view={view}>
				<HeatTable data={data} view={view} />
			</Numbers>
		</section>
	);
}

function HeatTable({ data, view }: { data: PatternsData; view: PatternsView }) {
	const { metric } = view.query;
	return (
		<table class="table">
			<thead>
				<tr>
					<th scope="col">Hour</th>
					{data.week.map((weekday) => (
						<th scope="col" class="table-number" safe>
							{nameOfWeekday(weekday)}
						</th>
					))}
					<NumberHeads names={["Total"]} />
				</tr>
			</thead>
			<tbody>
				{data.hours.map((total, hour) => (
					<tr>
						<th scope="row" safe>
							{hourWords(hour)}
						</th>
						{data.week.map((weekday) => (
							<td class="table-number" safe>
								{cellOf(metric, data.cells[weekday]?.[hour] ?? total)}
							</td>
						))}
						<td class="table-number table-main" safe>
							{cellOf(metric, total)}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

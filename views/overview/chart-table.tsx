import type { Chart } from "./chart-data.ts";
import { METRIC_NAMES, written } from "./measure.ts";

/** The numbers of a chart, slot by slot. */
export function ChartTable({ chart }: { chart: Chart }) {
	const { metric, unit, slots, series, totals, before } = chart;
	return (
		<table class="table">
			<thead>
				<tr>
					<th scope="col">When</th>
					{series.map(({ label }) => (
						<th scope="col" class="table-number" safe>
							{label}
						</th>
					))}
					<th scope="col" class="table-number" safe>
						{series.length > 0 ? "Total" : METRIC_NAMES[metric]}
					</th>
					{before.length > 0 ? (
						<th scope="col" class="table-number">
							Compared
						</th>
					) : null}
				</tr>
			</thead>
			<tbody>
				{slots.map(({ title, before: when }, i) => (
					<tr>
						<th scope="row" safe>
							{title}
						</th>
						{series.map(({ values }) => (
							<td class="table-number" safe>
								{written(unit, values[i])}
							</td>
						))}
						<td class="table-number table-main" safe>
							{written(unit, totals[i])}
						</td>
						{before.length > 0 ? (
							<td class="table-number table-quiet" title={when} safe>
								{written(unit, before[i])}
							</td>
						) : null}
					</tr>
				))}
			</tbody>
		</table>
	);
}

import { NumberHeads } from "../parts/number-heads.tsx";
import type { Chart } from "./chart-data.ts";
import { METRIC_NAMES, type Unit, written } from "./measure.ts";

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
					{before.length > 0 ? <NumberHeads names={["Compared"]} /> : null}
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
								{cell(unit, values[i])}
							</td>
						))}
						<td class="table-number table-main" safe>
							{cell(unit, totals[i])}
						</td>
						{before.length > 0 ? (
							<td class="table-number table-quiet" title={when} safe>
								{cell(unit, before[i])}
							</td>
						) : null}
					</tr>
				))}
			</tbody>
		</table>
	);
}

/** Nothing at all is a dash: a column of zeros would hide the numbers. */
function cell(unit: Unit, value: number | undefined): string {
	return written(unit, value === 0 ? undefined : value);
}

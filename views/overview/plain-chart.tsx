import type { Chart } from "./chart-data.ts";
import { written } from "./measure.ts";

const LABELLED = 6;

/** The chart for browsers without scripts: bars alone, with the highest one's number. Its table has the rest. */
export function PlainChart({ chart }: { chart: Chart }) {
	const { slots, totals, unit } = chart;
	const most = Math.max(...totals.map((total) => total ?? 0));
	const isWhole = unit === "share" && chart.series.length > 0;
	if (most === 0) return <p class="plain-chart-most">Nothing to draw.</p>;
	const width = 100 / slots.length;
	const every = Math.ceil(slots.length / LABELLED);
	return (
		<div class="plain-chart">
			<p class="plain-chart-most" safe>
				{isWhole ? "Each bar is 100 %" : `Highest: ${written(unit, most)}`}
			</p>
			<svg class="plain-chart-bars" width="100%" height="200" aria-hidden="true" focusable="false">
				{slots.map((_, i) => (
					<Bar parts={partsAt(chart, i)} x={(i + 0.16) * width} width={0.68 * width} most={most} />
				))}
			</svg>
			<p class="plain-chart-ticks" aria-hidden="true">
				{slots
					.filter((_, i) => i % every === 0)
					.map(({ tick }) => (
						<span safe>{tick}</span>
					))}
			</p>
		</div>
	);
}

type PlainPart = { series: number; value: number };

function Bar({ parts, x, width, most }: { parts: PlainPart[]; x: number; width: number; most: number }) {
	let top = 100;
	return (
		<>
			{parts.map(({ series, value }) => {
				const height = (value / most) * 100;
				top -= height;
				return (
					<rect
						class={`series-${series}`}
						x={`${x.toFixed(2)}%`}
						y={`${top.toFixed(2)}%`}
						width={`${width.toFixed(2)}%`}
						height={`${height.toFixed(2)}%`}
					/>
				);
			})}
		</>
	);
}

function partsAt({ series, totals }: Chart, i: number): PlainPart[] {
	if (series.length === 0) return [{ series: 1, value: totals[i] ?? 0 }];
	return series.map(({ series: number, values }) => ({ series: number, value: values[i] ?? 0 }));
}

import {
	BarController,
	BarElement,
	CategoryScale,
	Chart,
	type ChartDataset,
	Filler,
	LinearScale,
	LineController,
	LineElement,
	PointElement,
} from "chart.js";
import { axes } from "./axes.ts";
import { type Colours, faint, hatch, readColours } from "./colours.ts";
import type { ChartData, Hover, Value } from "./data.ts";
import { ground } from "./ground.ts";
import { isPartShown } from "./legend.ts";

Chart.register(
	BarController,
	LineController,
	BarElement,
	LineElement,
	PointElement,
	CategoryScale,
	LinearScale,
	Filler,
);

type Dataset = ChartDataset<"bar" | "line", Value[]>;

const BAR_SHARE = 0.68;
const LEAST_BAR = 4;
/** A thinner part of a bar would vanish in the gap above it. */
const LEAST_PARTED = 4;
const GROWTH_MS = 240;

/** Draws a chart. What `hover` points at is marked on the next draw. */
export function drawChart(
	canvas: HTMLCanvasElement,
	data: ChartData,
	animate: boolean,
): { chart: Chart; hover: Hover } {
	const colours = readColours(canvas.parentElement ?? document.body);
	const hover: Hover = { index: -1 };
	const share = barShare(canvas.parentElement?.clientWidth ?? 0, data);
	const chart = new Chart(canvas, {
		type: "bar",
		data: {
			labels: data.slots.map(([tick]) => tick),
			datasets: [...compared(data, colours), ...measured(data, colours, share)],
		},
		options: {
			responsive: true,
			maintainAspectRatio: false,
			animation: animate ? { duration: GROWTH_MS, easing: "easeOutQuad" } : false,
			// A stack grows from the ground as a whole; nothing moves sideways or changes its colour.
			animations: {
				colors: false,
				numbers: {
					type: "number",
					properties: ["y", "base"],
					from: ({ chart }: { chart: Chart }) => chart.scales.y?.getPixelForValue(0),
				},
			},
			events: [],
			layout: { padding: { top: 6 } },
			scales: axes(data, colours),
			onResize: (resized, { width }) => {
				const barPercentage = barShare(width, data);
				for (const dataset of resized.data.datasets) Object.assign(dataset, { barPercentage });
			},
		},
		plugins: [ground(data, colours, hover)],
	});
	return { chart, hover };
}

/** Bars are as wide as their slot lets them, but seen. */
function barShare(width: number, { slots }: ChartData): number {
	const slot = width / slots.length;
	return slot === 0 ? BAR_SHARE : Math.min(1, Math.max(BAR_SHARE, LEAST_BAR / slot));
}

function measured(data: ChartData, colours: Colours, share: number): Dataset[] {
	if (data.shape === "line") return [line(data, colours)];
	if (data.shape === "steps")
		return [{ ...line(data, colours), stepped: "middle" }, projected(data, colours)];
	const series =
		data.series.length > 0 ? data.series : [{ label: data.name, series: 1, values: data.totals }];
	const isTop = (chart: Chart, part: number, slot: number) =>
		!series.some(({ values }, i) => i > part && values[slot] && isPartShown(chart, i));
	return series.map(({ label, series: number, values }, i): Dataset => {
		const colour = colours.series[number] ?? colours.ink;
		const hatched = hatch(colour, colours.surface);
		return {
			type: "bar",
			label,
			data: values,
			stack: "measure",
			order: 1,
			categoryPercentage: 1,
			barPercentage: share,
			backgroundColor: ({ dataIndex }) => (dataIndex === data.partial ? hatched : colour),
			borderColor: colours.surface,
			borderWidth: ({ chart, dataIndex }) => {
				const isThin = heightOf(chart, values[dataIndex] ?? 0) < LEAST_PARTED;
				return { top: isThin || isTop(chart, i, dataIndex) ? 0 : 1, right: 0, bottom: 0, left: 0 };
			},
			borderRadius: ({ chart, dataIndex }) => {
				const radius = isTop(chart, i, dataIndex) ? 1.5 : 0;
				return { topLeft: radius, topRight: radius, bottomLeft: 0, bottomRight: 0 };
			},
		};
	});
}

/** In px, as far as the scale is known yet. */
function heightOf({ chartArea, scales }: Chart, value: number): number {
	const most = scales.y?.max;
	return most && chartArea ? (value / most) * chartArea.height : Number.POSITIVE_INFINITY;
}

function line({ name, totals }: ChartData, colours: Colours): Dataset {
	const colour = colours.series[1] ?? colours.ink;
	const isAlone = (i: number) => totals[i - 1] == null && totals[i + 1] == null;
	return {
		type: "line",
		label: name,
		data: totals,
		order: 1,
		borderColor: colour,
		borderWidth: 2,
		pointRadius: ({ dataIndex }) => (isAlone(dataIndex) ? 2.5 : 0),
		pointBackgroundColor: colour,
		pointBorderWidth: 0,
		fill: "origin",
		backgroundColor: faint(colour, 0.1),
	};
}

function projected({ projection = [] }: ChartData, colours: Colours): Dataset {
	return {
		type: "line",
		label: "Projection",
		data: projection,
		stack: "projection",
		order: 2,
		borderColor: colours.series[1] ?? colours.ink,
		borderWidth: 2,
		borderDash: [6, 4],
		pointRadius: 0,
	};
}

function compared({ before, beforeName }: ChartData, colours: Colours): Dataset[] {
	if (before.length === 0) return [];
	return [
		{
			type: "line",
			label: beforeName,
			data: before,
			stack: "before",
			order: 0,
			borderColor: colours["ink-3"],
			borderWidth: 1.5,
			borderDash: [2, 3],
			pointRadius: before.length === 1 ? 2.5 : 0,
			pointBackgroundColor: colours["ink-3"],
			spanGaps: true,
		},
	];
}

import type { Chart, Plugin } from "chart.js";
import type { Colours } from "./colours.ts";
import type { ChartData, Hover } from "./data.ts";

/** Where a slot's column lies, in px from the canvas's left edge. */
export function columnOf(chart: Chart, index: number): { left: number; right: number } {
	const { x } = chart.scales;
	const width = chart.chartArea.width / (chart.data.labels?.length || 1);
	const middle = x?.getPixelForValue(index) ?? 0;
	return { left: middle - width / 2, right: middle + width / 2 };
}

/** What lies under the bars: time still to come, and the column that is pointed at. */
export function ground(data: ChartData, colours: Colours, hover: Hover): Plugin<"bar"> {
	return {
		id: "ground",
		beforeDatasetsDraw(chart) {
			const { ctx, chartArea } = chart;
			const fill = (left: number, right: number) => {
				ctx.fillStyle = colours.sunken;
				ctx.fillRect(left, chartArea.top, right - left, chartArea.height);
			};
			ctx.save();
			if (data.partial >= 0 && data.partial < data.slots.length - 1) {
				fill(columnOf(chart, data.partial).right, chartArea.right);
			}
			if (hover.index >= 0) {
				const { left, right } = columnOf(chart, hover.index);
				fill(left, right);
			}
			ctx.restore();
		},
		afterDatasetsDraw(chart) {
			const value = data.totals[hover.index];
			if (data.shape === "bars" || typeof value !== "number") return;
			const { ctx, scales } = chart;
			const { left, right } = columnOf(chart, hover.index);
			ctx.save();
			ctx.beginPath();
			ctx.arc((left + right) / 2, scales.y?.getPixelForValue(value) ?? 0, 4, 0, 2 * Math.PI);
			ctx.fillStyle = colours.series[1] ?? colours.ink;
			ctx.strokeStyle = colours.surface;
			ctx.lineWidth = 2;
			ctx.stroke();
			ctx.fill();
			ctx.restore();
		},
	};
}

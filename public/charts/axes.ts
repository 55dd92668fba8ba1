import type { ChartOptions } from "chart.js";
import type { Colours } from "./colours.ts";
import { type ChartData, tick } from "./data.ts";

const MOST_LABELS = 8;
const LABEL_WIDTH = 64;

/** No frame, a few horizontal lines, units on the ticks, and zero where they begin. */
export function axes(data: ChartData, colours: Colours): NonNullable<ChartOptions<"bar">["scales"]> {
	const isPresent = (index: number) => index === data.partial;
	// Where some slots have no word, those that have one were chosen.
	const hasOwnLabels = data.slots.some(([word]) => word === "");
	const font = { family: colours.font, size: 11, lineHeight: 1.45 };
	return {
		x: {
			stacked: true,
			border: { display: false },
			grid: { display: false },
			ticks: {
				autoSkip: false,
				maxRotation: 0,
				padding: 2,
				color: ({ tick: { value } }) => (isPresent(value) ? colours.ink : colours["ink-3"]),
				font: ({ tick: { value } }) => ({ ...font, weight: isPresent(value) ? 550 : 400 }),
				callback(_, index) {
					const isShown = hasOwnLabels || isLabelled(index, data, this.chart.width);
					return isShown ? data.slots[index]?.[0] : null;
				},
			},
		},
		y: {
			stacked: true,
			beginAtZero: true,
			...(data.unit === "share" ? { max: 1 } : {}),
			border: { display: false },
			grid: {
				drawTicks: false,
				color: ({ tick: { value } }) => (value === 0 ? colours["line-strong"] : colours.line),
			},
			ticks: {
				maxTicksLimit: 6,
				padding: 8,
				color: colours["ink-3"],
				font,
				...(data.unit === "count" ? { precision: 0 } : {}),
				callback: (value) => tick(data.unit, Number(value)),
			},
		},
	};
}

/** Every so many slots, counted from the present one, or else from the last. */
function isLabelled(index: number, { slots, partial }: ChartData, width: number): boolean {
	const most = Math.max(2, Math.min(MOST_LABELS, Math.floor(width / LABEL_WIDTH)));
	const every = Math.ceil(slots.length / most);
	const from = partial === -1 ? slots.length - 1 : partial;
	return Math.abs(index - from) % every === 0;
}

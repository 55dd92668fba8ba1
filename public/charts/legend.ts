import { Chart } from "chart.js";

/** What somebody took out of a chart, by label: it stays out when the chart is drawn anew with other numbers. */
const leftOut = new WeakMap<HTMLCanvasElement, Set<string>>();

/** Makes buttons of a legend take their part out of the chart and put it back; the table keeps it. */
export function watchLegends(page: Document): void {
	page.addEventListener("click", ({ target }) => {
		const button = target instanceof Element ? target.closest<HTMLButtonElement>(".legend-toggle") : null;
		const canvas = button && canvasOf(page, button);
		if (!canvas) return;
		const labels = leftOut.get(canvas) ?? new Set();
		const label = labelOf(button);
		if (!labels.delete(label)) labels.add(label);
		leftOut.set(canvas, labels);
		showLegends(page);
	});
}

/** Brings legends and charts in line with what was taken out. Before a chart is drawn its buttons do nothing. */
export function showLegends(page: Document): void {
	for (const canvas of page.querySelectorAll<HTMLCanvasElement>("canvas[data-chart]")) {
		const chart = Chart.getChart(canvas);
		const buttons = [...page.querySelectorAll<HTMLButtonElement>(".legend-toggle")].filter(
			(button) => canvasOf(page, button) === canvas,
		);
		if (!chart || buttons.length === 0) continue;
		const labels = leftOut.get(canvas);
		const parts = partsOf(chart);
		let isChanged = false;
		for (const [i, button] of buttons.entries()) {
			const isShown = !labels?.has(labelOf(button));
			const part = parts[i];
			button.disabled = false;
			button.setAttribute("aria-pressed", String(isShown));
			if (part === undefined || chart.isDatasetVisible(part) === isShown) continue;
			chart.setDatasetVisibility(part, isShown);
			isChanged = true;
		}
		if (isChanged) chart.update("none");
	}
}

/** Whether the nth part of a stack is in the chart. */
export function isPartShown(chart: Chart, part: number): boolean {
	const index = partsOf(chart)[part];
	return index === undefined || chart.isDatasetVisible(index);
}

function partsOf(chart: Chart): number[] {
	return chart.data.datasets.flatMap((dataset, i) =>
		"stack" in dataset && dataset.stack === "measure" ? [i] : [],
	);
}

function canvasOf(page: Document, button: HTMLButtonElement): HTMLCanvasElement | null {
	const id = button.closest<HTMLElement>("[data-legend]")?.dataset.legend ?? "";
	return page.querySelector<HTMLCanvasElement>(`canvas[data-chart="${CSS.escape(id)}"]`);
}

function labelOf(button: HTMLButtonElement): string {
	return button.textContent.trim();
}

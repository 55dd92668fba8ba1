import type { ChartData } from "./charts/data.ts";
import { drawChart } from "./charts/draw.ts";
import { watchPage } from "./charts/page.ts";
import { attachTip } from "./charts/tip.ts";

const FONT_MS = 300;

/** Stops what listens for a chart; present for each that is alive. */
const live = new Map<HTMLCanvasElement, () => void>();

/** Only the very first charts grow; what is drawn anew is there at once. */
let isFirst = !matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Draws every chart of the page that is not drawn yet, and forgets those whose canvas was replaced. */
function boot(): void {
	for (const canvas of live.keys()) if (!canvas.isConnected) forget(canvas);
	for (const canvas of document.querySelectorAll<HTMLCanvasElement>("canvas[data-chart]")) {
		if (!live.has(canvas)) show(canvas);
	}
	document.documentElement.dataset.charts = String(live.size);
}

function show(canvas: HTMLCanvasElement): void {
	const data = dataOf(canvas);
	if (!data) return;
	const { chart, hover } = drawChart(canvas, data, isFirst);
	isFirst = false;
	const detach = attachTip(chart, data, hover);
	live.set(canvas, () => {
		detach();
		chart.destroy();
	});
}

function forget(canvas: HTMLCanvasElement): void {
	live.get(canvas)?.();
	live.delete(canvas);
}

/** The data lies in a script element beside the canvas; it is never fetched. */
function dataOf(canvas: HTMLCanvasElement): ChartData | undefined {
	const text = document.getElementById(`${canvas.dataset.chart}-data`)?.textContent;
	return text ? JSON.parse(text) : undefined;
}

/** Colours are read when a chart is drawn. */
function redraw(): void {
	isFirst = false;
	for (const canvas of [...live.keys()]) forget(canvas);
	boot();
}

/** Text is measured once, so that its font should be there; a slow one is not waited for. */
async function start(): Promise<void> {
	await Promise.race([document.fonts.ready, new Promise((resolve) => setTimeout(resolve, FONT_MS))]);
	boot();
	if (document.fonts.status === "loading") document.fonts.ready.then(redraw);
	document.addEventListener("htmx:after:swap", boot);
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
	new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

watchPage(document);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();

import { watchCountdowns } from "./charts/countdown.ts";
import type { ChartData } from "./charts/data.ts";
import { drawChart } from "./charts/draw.ts";
import { showLegends, watchLegends } from "./charts/legend.ts";
import { followUsage } from "./charts/live.ts";
import { watchPage } from "./charts/page.ts";
import { drawTimeline } from "./charts/timeline.ts";
import { attachTip } from "./charts/tip.ts";
import { watchDialogs } from "./dialogs.ts";
import { watchKeys } from "./keys.ts";
import { watchToasts } from "./toasts.ts";

const FONT_MS = 300;

/** Each chart that is alive: the data that it was drawn from, and how to stop what listens for it. */
const live = new Map<HTMLCanvasElement, { text: string; stop: () => void }>();

/** Only the very first charts grow; what is drawn anew is there at once. */
let isFirst = !matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Draws every chart of the page that is not drawn yet, and forgets those whose canvas was replaced. */
function boot(): void {
	for (const canvas of live.keys()) if (!canvas.isConnected) forget(canvas);
	for (const canvas of document.querySelectorAll<HTMLCanvasElement>("canvas[data-chart]")) {
		if (!live.has(canvas)) show(canvas);
	}
	showLegends(document);
	document.documentElement.dataset.charts = String(live.size);
}

function show(canvas: HTMLCanvasElement): void {
	const text = textOf(canvas);
	if (!text) return;
	if (canvas.dataset.chart === "timeline") {
		live.set(canvas, { text, stop: drawTimeline(canvas, JSON.parse(text)) });
		return;
	}
	const data: ChartData = JSON.parse(text);
	const { chart, hover } = drawChart(canvas, data, isFirst);
	isFirst = false;
	const detach = attachTip(chart, data, hover);
	live.set(canvas, {
		text,
		stop() {
			detach();
			chart.destroy();
		},
	});
}

function forget(canvas: HTMLCanvasElement): void {
	live.get(canvas)?.stop();
	live.delete(canvas);
}

/** The data lies in a script element beside the canvas; it is never fetched. */
function textOf(canvas: HTMLCanvasElement): string {
	return document.getElementById(`${canvas.dataset.chart}-data`)?.textContent ?? "";
}

/** Colours are read when a chart is drawn. */
function redraw(): void {
	isFirst = false;
	for (const canvas of [...live.keys()]) forget(canvas);
	boot();
}

/** A canvas that stayed in place may have other data beside it now. */
function redrawChanged(): void {
	isFirst = false;
	for (const [canvas, { text }] of [...live]) if (text !== textOf(canvas)) forget(canvas);
	boot();
}

/** Text is measured once, so that its font should be there; a slow one is not waited for. */
async function start(): Promise<void> {
	await Promise.race([document.fonts.ready, new Promise((resolve) => setTimeout(resolve, FONT_MS))]);
	boot();
	if (document.fonts.status === "loading") document.fonts.ready.then(redraw);
	document.addEventListener("htmx:after:swap", boot);
	followUsage(document, redrawChanged);
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
	// Paper is light and has a width of its own.
	matchMedia("print").addEventListener("change", redraw);
	new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

watchPage(document);
watchDialogs(document);
watchKeys(document);
watchToasts(document);
watchLegends(document);
watchCountdowns(document);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();

import type { Chart } from "chart.js";
import { type ChartData, change, full, type Hover } from "./data.ts";
import { columnOf } from "./ground.ts";
import { isPartShown } from "./legend.ts";

const WIDTH = 232;
const GAP = 12;

/** Shows what lies under the pointer, or where arrow keys lead to, beside its column. Returns how to stop it. */
export function attachTip(chart: Chart, data: ChartData, hover: Hover): () => void {
	const { canvas } = chart;
	const listening = new AbortController();
	const { signal } = listening;
	const tip = canvas.parentElement?.appendChild(document.createElement("div"));
	if (!tip) return () => {};
	tip.className = "tip";
	tip.hidden = true;
	tip.setAttribute("aria-live", "polite");

	const point = (index: number) => {
		if (index === hover.index) return;
		hover.index = index;
		tip.hidden = index < 0;
		if (index >= 0) {
			tip.replaceChildren(...contentOf(data, index, chart));
			place(tip, chart, index);
		}
		chart.draw();
	};
	const pointAt = ({ offsetX }: PointerEvent) => {
		const { left, width } = chart.chartArea;
		const index = Math.floor(((offsetX - left) / width) * data.slots.length);
		point(index >= 0 && index < data.slots.length ? index : -1);
	};
	canvas.tabIndex = 0;
	canvas.addEventListener("pointermove", pointAt, { signal });
	canvas.addEventListener("pointerdown", pointAt, { signal });
	// A finger leaves as soon as it has pointed; what it pointed at stays until something else is touched.
	canvas.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && point(-1), {
		signal,
	});
	canvas.addEventListener("blur", () => point(-1), { signal });
	canvas.addEventListener(
		"keydown",
		(event) => {
			const next = nextOf(event.key, hover.index, data);
			if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			point(next);
		},
		{ signal },
	);
	return () => {
		listening.abort();
		tip.remove();
	};
}

function nextOf(key: string, index: number, { slots, partial }: ChartData): number | undefined {
	const last = slots.length - 1;
	const start = partial >= 0 ? partial : last;
	switch (key) {
		case "ArrowLeft":
			return index < 0 ? start : Math.max(0, index - 1);
		case "ArrowRight":
			return index < 0 ? start : Math.min(last, index + 1);
		case "Home":
			return 0;
		case "End":
			return last;
		case "Escape":
			return index < 0 ? undefined : -1;
		default:
			return undefined;
	}
}

/** On the left of its column, in the left third on the right, and above the chart where there is no room beside it. */
function place(tip: HTMLElement, chart: Chart, index: number): void {
	const { left, right } = columnOf(chart, index);
	const isLeftThird = (left + right) / 2 < chart.width / 3;
	const at = isLeftThird ? right + GAP : left - GAP - WIDTH;
	const fits = at >= 0 && at + WIDTH <= chart.width;
	tip.style.left = `${fits ? at : Math.max(0, (chart.width - WIDTH) / 2)}px`;
	tip.style.top = fits ? "0" : "auto";
	tip.style.bottom = fits ? "auto" : "100%";
}

/** Names come from other people's folders: they are only ever set as text. */
function contentOf(data: ChartData, index: number, chart: Chart): HTMLElement[] {
	const [, title = "", before = ""] = data.slots[index] ?? [];
	const { unit, series, totals, projection } = data;
	const shown = series.filter((_, part) => isPartShown(chart, part));
	const parts = shown.filter(({ values }) => values[index]);
	const rows = parts.map(({ label, series: number, values }) =>
		row("tip-row", [swatch(number), text(label), text(full(unit, values[index]))]),
	);
	const isToCome = projection !== undefined && totals[index] === null;
	if (shown.length < series.length) {
		const sum = parts.reduce((sum, { values }) => sum + (values[index] ?? 0), 0);
		rows.push(row("tip-row tip-total", [text("Shown"), text(full(unit, sum))]));
	}
	const total = isToCome
		? [text("Projection"), text(full(unit, projection[index]))]
		: [text(series.length > 0 ? "Total" : data.name), text(full(unit, totals[index]))];
	const content = [row("tip-title", [text(title)]), ...rows];
	content.push(row(rows.length > 0 ? "tip-row tip-total" : "tip-row", total));
	if (index < data.before.length) content.push(row("tip-before", [text(beforeWords(data, index, before))]));
	return content;
}

function beforeWords({ unit, before, totals }: ChartData, index: number, name: string): string {
	const changed = unit === "share" ? "" : change(totals[index], before[index]);
	return `${name}: ${full(unit, before[index])}${changed === "" ? "" : ` · ${changed}`}`;
}

function row(className: string, children: HTMLElement[]): HTMLElement {
	const element = document.createElement("div");
	element.className = className;
	element.append(...children);
	return element;
}

function text(content: string): HTMLElement {
	const element = document.createElement("span");
	element.textContent = content;
	return element;
}

function swatch(series: number): HTMLElement {
	const element = document.createElement("span");
	element.className = `swatch series-${series}`;
	return element;
}

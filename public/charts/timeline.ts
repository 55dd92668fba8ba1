import { readColours } from "./colours.ts";
import { nearestBar, type TimelineData } from "./timeline-data.ts";
import { layoutOf } from "./timeline-layout.ts";
import { paint } from "./timeline-panels.ts";

/**
 * Draws a session's timeline. What is pointed at is told in the read-out above it, and stays there; arrow keys step from
 * one bar to the next, and a click shows the response in the list. Returns how to stop it.
 */
export function drawTimeline(canvas: HTMLCanvasElement, data: TimelineData): () => void {
	const plot = canvas.parentElement;
	const context = canvas.getContext("2d");
	if (!plot || !context) return () => {};
	const readOut = plot.querySelector<HTMLElement>(".readout");
	const link = plot.querySelector<HTMLAnchorElement>(".readout-link");
	const colours = readColours(plot);
	const listening = new AbortController();
	const { signal } = listening;
	let index = data.selected;
	let layout = layoutOf(0, false, data);

	const draw = () => paint({ context, colours, layout, data, index });
	const resize = () => {
		const { clientWidth: width, clientHeight: height } = canvas;
		const isNarrow = getComputedStyle(plot).getPropertyValue("--names-above").trim() === "1";
		layout = layoutOf(width, isNarrow, data);
		canvas.width = Math.round(width * devicePixelRatio);
		canvas.height = Math.round(height * devicePixelRatio);
		context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
		draw();
	};
	const point = (next: number) => {
		if (next === index || !data.bars[next]) return;
		index = next;
		if (readOut) tell(readOut, data, index);
		draw();
	};
	const placeOf = ({ offsetX }: MouseEvent) => (offsetX - layout.left) / (layout.right - layout.left);
	const select = () => {
		const [, , , , , , key = ""] = data.bars[index] ?? [];
		if (!showRow(key)) link?.click();
	};

	canvas.tabIndex = 0;
	canvas.addEventListener("pointermove", (event) => point(nearestBar(data.bars, placeOf(event))), { signal });
	canvas.addEventListener("pointerdown", (event) => point(nearestBar(data.bars, placeOf(event))), { signal });
	canvas.addEventListener("click", select, { signal });
	canvas.addEventListener(
		"keydown",
		(event) => {
			if (event.altKey || event.ctrlKey || event.metaKey) return;
			const next = nextOf(event.key, index, data.bars.length - 1);
			if (next === undefined && event.key !== "Enter") return;
			event.preventDefault();
			if (next === undefined) select();
			else point(next);
		},
		{ signal },
	);
	link?.addEventListener(
		"click",
		(event) => {
			if (showRow(data.bars[index]?.[6] ?? "")) event.preventDefault();
		},
		{ signal, capture: true },
	);
	const sizes = new ResizeObserver(resize);
	sizes.observe(canvas);
	if (readOut) tell(readOut, data, index);
	resize();
	return () => {
		listening.abort();
		sizes.disconnect();
	};
}

function nextOf(key: string, index: number, last: number): number | undefined {
	switch (key) {
		case "ArrowLeft":
			return Math.max(0, index - 1);
		case "ArrowRight":
			return Math.min(last, index + 1);
		case "Home":
			return 0;
		case "End":
			return last;
		default:
			return undefined;
	}
}

/** Names come from other people's models and agents: they are only ever set as text. */
function tell(readOut: HTMLElement, data: TimelineData, index: number): void {
	const bar = data.bars[index];
	if (!bar) return;
	const [, , , , series, , key, words] = bar;
	for (const part of readOut.querySelectorAll<HTMLElement>("[data-part]")) {
		part.textContent = words[Number(part.dataset.part)] ?? "";
		part.title = part.textContent;
	}
	const swatch = readOut.querySelector("[data-swatch]");
	if (swatch) swatch.className = `swatch series-${series}`;
	readOut.querySelector("a")?.setAttribute("href", data.href + encodeURIComponent(key));
}

/** Marks a response's row where the list has it just now. */
function showRow(key: string): boolean {
	const row = document.getElementById(`response-${key}`);
	if (!row) return false;
	for (const other of document.querySelectorAll(".response-selected")) {
		other.classList.remove("response-selected");
		other.removeAttribute("aria-current");
	}
	row.classList.add("response-selected");
	row.setAttribute("aria-current", "true");
	row.scrollIntoView({ block: "center" });
	return true;
}

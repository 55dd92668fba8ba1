import { faint } from "./colours.ts";
import { type Drawing, heightOf, line, placeOf, text } from "./timeline-canvas.ts";
import { type Scale, scaleOf, type TimelineBar } from "./timeline-data.ts";
import { type Band, LANE_HEIGHT, LANE_PITCH } from "./timeline-layout.ts";

const WIDEST_BAR = 5;
const LEAST_BAR = 1;
const MARK = 5;

/** Draws all of it: four panels on one time axis, from the grid up to the cross-hair. */
export function paint(drawing: Drawing): void {
	const { context, layout, data } = drawing;
	const { panels } = layout;
	const most = (read: (bar: TimelineBar) => number) =>
		data.bars.reduce((highest, bar) => Math.max(highest, read(bar)), 0);
	const cost = scaleOf(
		"usd",
		most(([, cost]) => cost),
	);
	const running = scaleOf(
		"usd",
		most(([, , running]) => running),
	);
	const prompts = scaleOf(
		"count",
		Math.max(
			data.window,
			most((bar) => bar[3] ?? 0),
		),
	);
	context.clearRect(0, 0, context.canvas.width, context.canvas.height);
	grid(drawing);
	frame(drawing, panels.cost, cost, "Cost", "each");
	frame(drawing, panels.running, running, "Running total", "");
	frame(drawing, panels.context, prompts, "Context", "tokens in");
	bars(drawing, cost);
	steps(drawing, panels.running, running, 1, ([, , total]) => total);
	steps(drawing, panels.context, prompts, 2, (bar) => bar[3]);
	limit(drawing, prompts);
	lanes(drawing);
	crossHair(drawing, prompts);
}

/** Round times, pauses that are cut short, and where the model changes. */
function grid(drawing: Drawing): void {
	const { context, colours, layout, data } = drawing;
	const top = layout.panels.cost.top - 6;
	for (const [from, until, label] of data.pauses) {
		const [left, right] = [placeOf(drawing, from), placeOf(drawing, until)];
		context.fillStyle = colours.sunken;
		context.fillRect(left, top, right - left, layout.ground - top);
		context.font = `400 11px ${colours.font}`;
		if (context.measureText(label).width < right - left) {
			text(drawing, label, (left + right) / 2, top + 8, { align: "center" });
		}
	}
	let free = layout.left;
	for (const [place, label] of data.ticks) {
		const x = placeOf(drawing, place);
		context.font = `400 11px ${colours.font}`;
		const half = context.measureText(label).width / 2;
		if (x - half < free || x + half > layout.right + 8) continue;
		line(drawing, colours.line, [
			[x, top],
			[x, layout.ground + 4],
		]);
		text(drawing, label, x, layout.ground + 14, { align: "center" });
		free = x + half + 16;
	}
	for (const place of data.changes) {
		const x = placeOf(drawing, place);
		line(
			drawing,
			colours["ink-3"],
			[
				[x, top],
				[x, layout.panels.context.bottom],
			],
			[2, 3],
		);
	}
}

function frame(drawing: Drawing, band: Band, scale: Scale, name: string, unit: string): void {
	const { colours, layout } = drawing;
	const { left, right, isNarrow } = layout;
	const [x, y] = isNarrow ? [0, band.top - 12] : [0, band.top + 6];
	text(drawing, isNarrow && unit !== "" ? `${name}, ${unit}` : name, x, y, {
		colour: colours.ink,
		weight: 600,
	});
	if (!isNarrow && unit !== "") text(drawing, unit, 0, band.top + 21);
	for (const { at, label } of scale.lines) {
		const height = heightOf(band, scale, at);
		line(drawing, colours.line, [
			[left, height],
			[right, height],
		]);
		text(drawing, label, left - 8, height, { align: "right" });
	}
	line(drawing, colours["line-strong"], [
		[left, band.bottom],
		[right, band.bottom],
	]);
}

function bars(drawing: Drawing, scale: Scale): void {
	const { context, colours, layout, data } = drawing;
	const band = layout.panels.cost;
	const room = (layout.right - layout.left) / data.bars.length;
	const width = Math.max(LEAST_BAR, Math.min(WIDEST_BAR, room * 0.68));
	for (const [place, cost, , , series, mark] of data.bars) {
		const x = placeOf(drawing, place);
		const top = heightOf(band, scale, cost);
		context.fillStyle = colours.series[series] ?? colours.ink;
		context.beginPath();
		context.roundRect(x - width / 2, top, width, band.bottom - top, [1.5, 1.5, 0, 0]);
		context.fill();
		if (mark !== "") triangle(drawing, x, top - 4, mark);
	}
}

function triangle({ context, colours }: Drawing, x: number, bottom: number, mark: "miss" | "expired"): void {
	context.beginPath();
	context.moveTo(x, bottom - 2 * MARK + 2);
	context.lineTo(x + MARK, bottom);
	context.lineTo(x - MARK, bottom);
	context.closePath();
	context.lineWidth = 1.5;
	if (mark === "miss") {
		context.fillStyle = colours.bad;
		context.fill();
	} else {
		context.strokeStyle = colours["warn-mark"];
		context.stroke();
	}
}

/** Money and context jump, so that nothing is smoothed. */
function steps(
	drawing: Drawing,
	band: Band,
	scale: Scale,
	series: number,
	read: (bar: TimelineBar) => number | null,
): void {
	const { context, colours, data } = drawing;
	const path = new Path2D();
	let [first, last, height] = [Number.NaN, Number.NaN, Number.NaN];
	for (const bar of data.bars) {
		const value = read(bar);
		if (value === null) continue;
		const x = placeOf(drawing, bar[0]);
		if (Number.isNaN(first)) {
			first = x;
			path.moveTo(x, heightOf(band, scale, value));
		} else path.lineTo(x, height);
		height = heightOf(band, scale, value);
		last = x;
		path.lineTo(x, height);
	}
	if (Number.isNaN(first)) return;
	const end = placeOf(drawing, data.bars.at(-1)?.[0] ?? 0);
	path.lineTo(end, height);
	const colour = colours.series[series] ?? colours.ink;
	const area = new Path2D(path);
	area.lineTo(Math.max(end, last), band.bottom);
	area.lineTo(first, band.bottom);
	context.fillStyle = faint(colour, 0.1);
	context.fill(area);
	context.strokeStyle = colour;
	context.lineWidth = 2;
	context.lineJoin = "round";
	context.stroke(path);
}

function limit(drawing: Drawing, scale: Scale): void {
	const { colours, layout, data } = drawing;
	if (data.window === 0) return;
	const height = heightOf(layout.panels.context, scale, data.window);
	line(
		drawing,
		colours.bad,
		[
			[layout.left, height],
			[layout.right, height],
		],
		[4, 3],
	);
	// Contexts grow, so that there is room where they begin; on a narrow one the panel's name stands there.
	if (layout.isNarrow) text(drawing, data.windowLabel, layout.right, height - 8, { align: "right" });
	else text(drawing, data.windowLabel, layout.left + 4, height - 8);
}

function lanes(drawing: Drawing): void {
	const { context, colours, layout, data } = drawing;
	const { left, right, isNarrow } = layout;
	if (data.lanes.length === 0) return;
	if (isNarrow) text(drawing, "Sub-agents", 0, layout.lanes - 10, { colour: colours.ink, weight: 600 });
	else text(drawing, "Sub-agents", 0, layout.lanes - 12, { colour: colours.ink, weight: 600 });
	for (const [i, [label, spans]] of data.lanes.entries()) {
		const top = layout.lanes + i * LANE_PITCH;
		context.fillStyle = colours.sunken;
		context.fillRect(left, top, right - left, LANE_HEIGHT);
		text(drawing, cut(drawing, label, left - 10), left - 8, top + LANE_HEIGHT / 2, { align: "right" });
		for (const [from, until, series] of spans) {
			const x = placeOf(drawing, from);
			context.fillStyle = colours.series[series] ?? colours.ink;
			context.beginPath();
			context.roundRect(x - 2, top, placeOf(drawing, until) - x + 4, LANE_HEIGHT, 2);
			context.fill();
		}
	}
}

function cut({ context, colours }: Drawing, words: string, width: number): string {
	context.font = `400 11px ${colours.font}`;
	if (context.measureText(words).width <= width) return words;
	let length = words.length;
	while (length > 1 && context.measureText(`${words.slice(0, length)}…`).width > width) length--;
	return `${words.slice(0, length)}…`;
}

function crossHair(drawing: Drawing, scale: Scale): void {
	const { context, colours, layout, data, index } = drawing;
	const bar = data.bars[index];
	if (!bar) return;
	const x = placeOf(drawing, bar[0]);
	line(drawing, colours.ink, [
		[x, layout.panels.cost.top - 6],
		[x, layout.ground],
	]);
	if (bar[3] === null) return;
	context.beginPath();
	context.arc(x, heightOf(layout.panels.context, scale, bar[3]), 4, 0, 2 * Math.PI);
	context.fillStyle = colours.series[2] ?? colours.ink;
	context.strokeStyle = colours.surface;
	context.lineWidth = 2;
	context.stroke();
	context.fill();
}

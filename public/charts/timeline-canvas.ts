import type { Colours } from "./colours.ts";
import type { Scale, TimelineData } from "./timeline-data.ts";
import type { Band, Layout } from "./timeline-layout.ts";

/** What is drawn on, with what. */
export type Drawing = {
	context: CanvasRenderingContext2D;
	colours: Colours;
	layout: Layout;
	data: TimelineData;
	/** The bar under the cross-hair. */
	index: number;
};

export function placeOf({ layout: { left, right } }: Drawing, place: number): number {
	return left + place * (right - left);
}

export function heightOf({ top, bottom }: Band, { most }: Scale, value: number): number {
	return bottom - (value / most) * (bottom - top);
}

export function line(
	{ context }: Drawing,
	colour: string,
	points: [x: number, y: number][],
	dash: number[] = [],
): void {
	context.beginPath();
	context.setLineDash(dash);
	context.strokeStyle = colour;
	context.lineWidth = 1;
	for (const [x, y] of points) context.lineTo(Math.round(x) + 0.5, Math.round(y) + 0.5);
	context.stroke();
	context.setLineDash([]);
}

export function text(
	{ context, colours }: Drawing,
	words: string,
	x: number,
	y: number,
	{
		align = "left",
		colour = colours["ink-3"],
		weight = 400,
	}: { align?: CanvasTextAlign; colour?: string; weight?: number } = {},
): void {
	context.font = `${weight} 11px ${colours.font}`;
	context.textAlign = align;
	context.textBaseline = "middle";
	context.fillStyle = colour;
	context.fillText(words, x, y);
}

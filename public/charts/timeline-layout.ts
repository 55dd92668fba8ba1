import type { TimelineData } from "./timeline-data.ts";

/** Where everything lies, in px from the canvas's upper left corner. */
export type Layout = {
	left: number;
	right: number;
	panels: { cost: Band; running: Band; context: Band };
	/** The first lane's top. */
	lanes: number;
	/** Where the lines through all panels end, and times begin. */
	ground: number;
	/** Names of panels stand above these rather than beside them. */
	isNarrow: boolean;
};

export type Band = { top: number; bottom: number };

export const LANE_PITCH = 16;
export const LANE_HEIGHT = 10;
const GAP = 24;
const NAME_ABOVE = 16;

/** As high as `public/styles/session.css` makes the canvas. */
export function layoutOf(width: number, isNarrow: boolean, { lanes }: TimelineData): Layout {
	const above = isNarrow ? NAME_ABOVE : 0;
	let y = 22;
	const band = (height: number): Band => {
		const top = y + above;
		y = top + height + GAP;
		return { top, bottom: top + height };
	};
	const panels = { cost: band(96), running: band(64), context: band(64) };
	const first = y + (lanes.length > 0 ? above : 0);
	return {
		left: isNarrow ? 40 : 124,
		right: width - 8,
		panels,
		lanes: first,
		ground: lanes.length > 0 ? first + lanes.length * LANE_PITCH : panels.context.bottom,
		isNarrow,
	};
}

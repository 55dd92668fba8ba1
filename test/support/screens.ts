import { isFull } from "./runs.ts";

/** A theme and the width of a window, in px. */
export type ScreenLook = readonly [theme: "light" | "dark", width: number];

const THEMES = ["light", "dark"] as const;
const WIDTHS = [320, 768, 1280];

/**
 * On which screens a page is looked at: each theme and each width once, and both ends in the light. A thorough run has
 * every pair. What the two do not have to do with each other costs a browser half a second each time.
 */
export const SCREENS: readonly ScreenLook[] = isFull
	? THEMES.flatMap((theme) => WIDTHS.map((width) => [theme, width] as const))
	: [
			["light", 320],
			["dark", 768],
			["light", 1280],
		];

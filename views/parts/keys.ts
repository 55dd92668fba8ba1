import type { UsagePageName } from "./navigation.tsx";

/**
 * Keys that do what a link or a field of the page does, which carries them as `data-key`: `public/keys.ts` knows none
 * of them by itself. Two keys one after the other stand with a space between them.
 */
export const PAGE_KEYS: Record<UsagePageName, string> = {
	overview: "g o",
	sessions: "g s",
	blocks: "g b",
	patterns: "g t",
	projects: "g p",
	models: "g m",
	machines: "g h",
};

export const BOARD_KEY = "g l";
export const ADMIN_KEY = "g a";

export const RANGE_KEYS: Readonly<Record<string, string>> = { today: "d", "7d": "w", "30d": "m", "12m": "y" };

export const COMPARE_KEY = "x";
export const PREVIOUS_KEY = "[";
export const NEXT_KEY = "]";
export const FILTER_KEY = "/";
export const HELP_KEY = "?";

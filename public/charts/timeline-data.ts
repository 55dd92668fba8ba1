import { tick } from "./data.ts";

/** What the page says of a timeline; `views/session/timeline-panel.tsx` writes it. Places are from 0 to 1, money in USD. */
export type TimelineData = {
	bars: TimelineBar[];
	ticks: [place: number, label: string][];
	/** Where long pauses are cut short. */
	pauses: [from: number, until: number, label: string][];
	/** Where the model of the main line changes. */
	changes: number[];
	lanes: [label: string, spans: [from: number, until: number, series: number][]][];
	/** How many tokens of context the model takes, 0 where that is not known. */
	window: number;
	windowLabel: string;
	/** The bar that the read-out is about at first. */
	selected: number;
	/** The page with a response selected; its key goes at the end. */
	href: string;
};

export type TimelineBar = [
	place: number,
	cost: number,
	running: number,
	context: number | null,
	series: number,
	mark: "miss" | "expired" | "",
	key: string,
	words: string[],
];

/** The scale of a panel: its highest value, and where lines with words on them go. */
export type Scale = { most: number; lines: { at: number; label: string }[] };

/** At most three lines, at round values; zero is the ground and has none. */
export function scaleOf(unit: "usd" | "count", most: number): Scale {
	if (most <= 0) return { most: 1, lines: [] };
	const rough = most / 2;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [5, 2, 1].map((factor) => factor * power).find((size) => size <= rough) ?? power;
	const lines: Scale["lines"] = [];
	for (let i = 1; i * step <= most * 1.0001 && lines.length < 4; i++) {
		lines.push({ at: i * step, label: tick(unit, i * step).replaceAll("\u00a0", "") });
	}
	return { most: most * 1.04, lines };
}

/** The bar that is nearest to a place. */
export function nearestBar(bars: readonly TimelineBar[], place: number): number {
	let [low, high] = [0, bars.length - 1];
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if ((bars[middle]?.[0] ?? 0) <= place) low = middle;
		else high = middle;
	}
	const toLow = Math.abs(place - (bars[low]?.[0] ?? 0));
	return Math.abs((bars[high]?.[0] ?? 0) - place) < toLow ? high : low;
}

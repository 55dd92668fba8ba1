import type { Bar } from "../../src/reports/session-bars.ts";
import { contextWindow } from "../../src/usage/context-window.ts";
import { dollars } from "../../src/usage/usage.ts";
import { short, whole } from "../parts/words.ts";
import type { ListedResponse } from "../session.tsx";
import type { Moments } from "./moments.ts";
import { breakWords, laneName, responseCost } from "./response-words.ts";
import { TimeAxis } from "./time-axis.ts";

/** A sub-agent, and when it answered with which series; places from 0 to 1. */
export type Lane = { label: string; spans: [from: number, until: number, series: number][] };

/** All that the timeline shows: drawn by the browser, and in part by us. */
export type Timeline = {
	bars: TimelineBar[];
	ticks: { place: number; label: string }[];
	pauses: { from: number; until: number; label: string }[];
	/** Where the main line goes on with another model: of places that lie close together, the first. */
	changes: number[];
	/** How often it does. */
	changed: number;
	lanes: Lane[];
	/** Of the model that the main line used most. */
	window: number | undefined;
	/** How many responses a bar stands for at most. */
	summed: number;
};

export type TimelineBar = {
	place: number;
	/** USD. */
	cost: number;
	running: number;
	context: number | undefined;
	series: number;
	mark: "miss" | "expired" | "";
	/** Of its first response, or of the first one with a mark. */
	key: string;
	/** Number, time, model, lane, cost, context, cache written, cache read, and what is to be said of it. */
	words: string[];
};

const MOST_LANES = 8;
/** Lines that mark changes are no closer to each other than this part of the axis: more of them would hide the bars. */
const LEAST_APART = 1 / 32;
const MOST_SPANS = 600;

/** @param series the colour of each model, 1 to 8 */
export function timelineOf(
	responses: readonly ListedResponse[],
	bars: readonly Bar<ListedResponse>[],
	series: (model: string) => number,
	moments: Moments,
): Timeline {
	const axis = new TimeAxis(responses.map(({ at }) => at));
	const place = (at: number) => rounded(axis.place(at));
	const changes = responses.filter(({ isNewModel }) => isNewModel).map(({ at }) => place(at));
	return {
		bars: bars.flatMap((bar) => barOf(bar, place, series, moments)),
		ticks: axis.ticks(moments).map(({ place, label }) => ({ place: rounded(place), label })),
		pauses: axis.pauses.map(({ from, until, label }) => ({
			from: rounded(from),
			until: rounded(until),
			label,
		})),
		changes: spaced(changes),
		changed: changes.length,
		lanes: lanesOf(responses, place, series),
		window: windowOf(responses),
		summed: Math.max(0, ...bars.map((bar) => bar.responses.length)),
	};
}

function barOf(
	bar: Bar<ListedResponse>,
	place: (at: number) => number,
	series: (model: string) => number,
	moments: Moments,
): TimelineBar[] {
	const [first] = bar.responses;
	const last = bar.responses.at(-1);
	if (!first || !last) return [];
	const isOne = first === last;
	const broken =
		bar.responses.find(({ cacheBreak }) => cacheBreak?.kind === "miss") ??
		bar.responses.find(({ cacheBreak }) => cacheBreak);
	const changed = bar.responses.filter(({ isNewModel }) => isNewModel).map(({ model }) => model);
	const { usage } = bar;
	const said = [broken?.cacheBreak ? breakWords(broken.cacheBreak) : "", changeWords(changed)];
	return [
		{
			place: place(first.at),
			cost: costOf(usage.costNanoUsd),
			running: costOf(bar.running),
			context: bar.context,
			series: series(bar.model),
			mark: broken?.cacheBreak?.kind ?? "",
			key: (broken ?? first).key,
			words: [
				isOne ? whole(first.number) : `${whole(first.number)} – ${whole(last.number)}`,
				moments.second(first.at),
				bar.model,
				isOne ? laneName(first) : "",
				responseCost(usage),
				bar.context === undefined ? (isOne ? short(first.context) : "–") : short(bar.context),
				short(Number(usage.cacheWrite5m) + Number(usage.cacheWrite1h)),
				short(usage.cacheRead),
				said.filter((words) => words !== "").join(" · "),
			],
		},
	];
}

function changeWords(models: readonly string[]): string {
	const last = models.at(-1);
	if (last === undefined) return "";
	return models.length === 1
		? `Model changed to ${last}`
		: `Model changed ${whole(models.length)} times, at last to ${last}`;
}

/** Places in ascending order without those that follow another too closely. */
function spaced(places: readonly number[]): number[] {
	const kept: number[] = [];
	for (const place of places) if (place - (kept.at(-1) ?? -1) >= LEAST_APART) kept.push(place);
	return kept;
}

/** The dearest sub-agents in order of their beginning; what is left over has a lane of its own. */
function lanesOf(
	responses: readonly ListedResponse[],
	place: (at: number) => number,
	series: (model: string) => number,
): Lane[] {
	const byLane = Map.groupBy(
		responses.filter(({ isMain }) => !isMain),
		({ lane }) => lane,
	);
	const costs = [...byLane].map(([lane, own]) => ({
		lane,
		cost: own.reduce((sum, { usage }) => sum + Number(usage.costNanoUsd), 0),
	}));
	costs.sort((a, b) => b.cost - a.cost || (a.lane < b.lane ? -1 : 1));
	const own = new Set(
		costs.slice(0, costs.length > MOST_LANES ? MOST_LANES - 1 : MOST_LANES).map(({ lane }) => lane),
	);
	const lanes = [...byLane].filter(([lane]) => own.has(lane)).map(([label, rows]) => ({ label, rows }));
	const others = responses.filter(({ isMain, lane }) => !isMain && !own.has(lane));
	if (others.length > 0) lanes.push({ label: `${whole(byLane.size - own.size)} others`, rows: others });
	return lanes.map(({ label, rows }) => ({ label, spans: spansOf(rows, place, series) }));
}

/** Responses of one model that follow each other without a long pause are one span. */
function spansOf(
	rows: readonly ListedResponse[],
	place: (at: number) => number,
	series: (model: string) => number,
): Lane["spans"] {
	const spans: { from: number; until: number; lastAt: number; series: number }[] = [];
	const most = Math.ceil(rows.length / MOST_SPANS);
	for (const [i, row] of rows.entries()) {
		const last = spans.at(-1);
		const number = series(row.model);
		const isSame = last?.series === number && row.at - last.lastAt <= 300_000;
		if (last && (isSame || i % most !== 0)) {
			last.until = place(row.at);
			last.lastAt = row.at;
		} else spans.push({ from: place(row.at), until: place(row.at), lastAt: row.at, series: number });
	}
	return spans.map(({ from, until, series }) => [from, until, series]);
}

function windowOf(responses: readonly ListedResponse[]): number | undefined {
	const main = responses.filter(({ isMain }) => isMain);
	const counts = [...Map.groupBy(main, ({ model }) => model)].sort(
		([a, rowsA], [b, rowsB]) => rowsB.length - rowsA.length || (a < b ? -1 : 1),
	);
	const model = counts[0]?.[0];
	const largest = main.reduce((most, { context }) => Math.max(most, context), 0);
	return model === undefined ? undefined : contextWindow(model, largest);
}

function costOf(nanoUsd: number | bigint): number {
	return Math.round(dollars(nanoUsd) * 1e4) / 1e4;
}

function rounded(place: number): number {
	return Math.round(place * 1e4) / 1e4;
}

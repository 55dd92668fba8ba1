import { date } from "../parts/days.ts";
import { duration } from "../parts/words.ts";
import type { Moments } from "./moments.ts";

/** A stretch of a session without a long pause in it; times are epoch ms, places from 0 to 1. */
type Stretch = { from: number; until: number; start: number; end: number };

const MINUTE_MS = 60_000;
/** What is longer is drawn short: a night would leave no room for the day. */
const PAUSE_MS = 30 * MINUTE_MS;
/** Of the whole axis: one pause, and all of them. */
const PAUSE_SHARE = 0.03;
const PAUSES_SHARE = 0.4;
const MOST_TICKS = 7;
const STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE_MS);

/** Where moments of a session lie from left (0) to right (1). Long pauses take little room. */
export class TimeAxis {
	readonly #stretches: Stretch[];

	/** @param times epoch ms, ascending */
	constructor(times: readonly number[]) {
		const spans = stretchesOf(times);
		const gap = Math.min(PAUSE_SHARE, PAUSES_SHARE / spans.length);
		const room = 1 - gap * (spans.length - 1);
		const whole = spans.reduce((sum, { from, until }) => sum + weightOf(from, until), 0);
		let start = 0;
		this.#stretches = spans.map(({ from, until }) => {
			const end = start + (weightOf(from, until) / whole) * room;
			const stretch = { from, until, start, end };
			start = end + gap;
			return stretch;
		});
	}

	/** Where a moment of the session lies; half a minute of room is on both sides of each stretch. */
	place(at: number): number {
		const stretch = this.#stretches.findLast(({ from }) => from <= at) ?? this.#stretches[0];
		if (!stretch) return 0;
		const { from, until, start, end } = stretch;
		const share = (Math.min(at, until) - from + MINUTE_MS / 2) / weightOf(from, until);
		return Math.max(0, start + share * (end - start));
	}

	/** Where pauses are cut short, and how long each was. */
	get pauses(): { from: number; until: number; label: string }[] {
		return this.#stretches.slice(1).map(({ from, start }, i) => {
			const before = this.#stretches[i];
			return { from: before?.end ?? 0, until: start, label: duration(from - (before?.until ?? from)) };
		});
	}

	/** Words on the axis: round times by the local clock, the day where another one begins. */
	ticks(moments: Moments): { place: number; label: string }[] {
		const whole = this.#stretches.reduce((sum, { from, until }) => sum + until - from, 0);
		const step = STEPS.find((length) => whole / length <= MOST_TICKS) ?? STEPS.at(-1) ?? 1;
		const ticks: { place: number; label: string }[] = [];
		let day = this.#stretches[0] && moments.dayOf(this.#stretches[0].from);
		for (const { from, until } of this.#stretches) {
			for (const at of roundTimes(from, until, step, moments)) {
				const isNewDay = moments.dayOf(at) !== day;
				day = moments.dayOf(at);
				ticks.push({ place: this.place(at), label: isNewDay ? date(day) : moments.minute(at) });
			}
		}
		return ticks;
	}
}

function weightOf(from: number, until: number): number {
	return until - from + MINUTE_MS;
}

function stretchesOf(times: readonly number[]): { from: number; until: number }[] {
	const spans: { from: number; until: number }[] = [];
	for (const at of times) {
		const last = spans.at(-1);
		if (last && at - last.until <= PAUSE_MS) last.until = at;
		else spans.push({ from: at, until: at });
	}
	return spans;
}

/** The beginning of a stretch, if no round time is in it. */
function roundTimes(from: number, until: number, step: number, moments: Moments): number[] {
	const first = from + ((step - (moments.sinceMidnight(from) % step)) % step);
	const times: number[] = [];
	for (let at = first; at <= until; at += step) times.push(at);
	return times.length === 0 ? [from] : times;
}

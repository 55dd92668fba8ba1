import { DAY_MS } from "../../src/usage/day.ts";
import { lengthOf, type Period } from "../../src/usage/period.ts";

const DATE = format({ day: "numeric", month: "short" });
const DATE_AND_YEAR = format({ day: "numeric", month: "short", year: "numeric" });
const MONTH = format({ month: "short" });
const LONG_MONTH = format({ month: "long" });
const MONTH_AND_YEAR = format({ month: "long", year: "numeric" });
const LONG_DATE = format({ weekday: "long", day: "numeric", month: "long" });
const WEEKDAY = format({ weekday: "short" });
const YEAR = format({ year: "numeric" });

/** Of a slot of a chart, in words: on the axis, over the tooltip, and how it is named in a comparison. */
export type SlotWords = { tick: string; title: string; short: string };

/** `24 Nov` */
export const date = remembered((day) => DATE.format(day * DAY_MS));

/** `Tuesday 24 November` */
const longDate = remembered((day) => LONG_DATE.format(day * DAY_MS));

/** `Tuesday 24 November 2026` */
export const fullDate = remembered((day) => `${longDate(day)} ${YEAR.format(day * DAY_MS)}`);

/** `Nov` */
export function monthName(day: number): string {
	return MONTH.format(day * DAY_MS);
}

/** `November` */
export function longMonthName(day: number): string {
	return LONG_MONTH.format(day * DAY_MS);
}

/** `26 Oct – 24 Nov 2026`; `Tue 24 Nov 2026` for one day. */
export function periodWords({ since, until }: Period): string {
	const end = DATE_AND_YEAR.format(until * DAY_MS);
	if (since === until) return `${WEEKDAY.format(since * DAY_MS)} ${end}`;
	const isSameYear = YEAR.format(since * DAY_MS) === YEAR.format(until * DAY_MS);
	return `${isSameYear ? date(since) : DATE_AND_YEAR.format(since * DAY_MS)} – ${end}`;
}

/** `30 days`, `this day` */
export function lengthWords(period: Period): string {
	const days = lengthOf(period);
	return days === 1 ? "this day" : `these ${days.toLocaleString("en-US")} days`;
}

/** `26 Sep – 25 Oct`, without a year where the other period tells it. */
export function comparedWords(before: Period, period: Period): string {
	const isSameYear = YEAR.format(before.since * DAY_MS) === YEAR.format(period.until * DAY_MS);
	if (!isSameYear) return periodWords(before);
	return before.since === before.until ? date(before.since) : `${date(before.since)} – ${date(before.until)}`;
}

/** A slot of a chart; see `SeriesRow` for what numbers mean. */
export function slotWords(length: "hour" | "day" | "week" | "month", bucket: number): SlotWords {
	switch (length) {
		case "hour":
			return hourWords(Math.floor(bucket / 24), bucket % 24);
		case "day":
			return { tick: date(bucket), title: longDate(bucket), short: date(bucket) };
		case "week":
			return { tick: date(bucket), title: `Week of ${longDate(bucket)}`, short: `week of ${date(bucket)}` };
		case "month":
			return monthWords(Date.UTC(1970, bucket));
	}
}

function hourWords(day: number, hour: number): SlotWords {
	const clock = (at: number) => `${String(at).padStart(2, "0")}:00`;
	const title = `${longDate(day)}, ${clock(hour)} – ${clock(hour + 1)}`;
	return { tick: hour === 0 ? date(day) : clock(hour), title, short: `${date(day)}, ${clock(hour)}` };
}

function monthWords(at: number): SlotWords {
	const isJanuary = new Date(at).getUTCMonth() === 0;
	return {
		tick: isJanuary ? YEAR.format(at) : MONTH.format(at),
		title: MONTH_AND_YEAR.format(at),
		short: MONTH_AND_YEAR.format(at),
	};
}

/** `12:03` */
export function clockTime(at: number, zone: string): string {
	return local(at, zone).toPlainTime().toString({ smallestUnit: "minute" });
}

/** `12:03` of the present day, `23 Nov, 12:03`, `23 Nov 2025` of another year. */
export function moment(at: number, zone: string, today: number): string {
	const day = dayOf(at, zone);
	if (day === today) return clockTime(at, zone);
	const isThisYear = YEAR.format(day * DAY_MS) === YEAR.format(today * DAY_MS);
	return isThisYear ? `${date(day)}, ${clockTime(at, zone)}` : DATE_AND_YEAR.format(day * DAY_MS);
}

/** The same in a list of days: `Today, 12:03`. */
export function dayAndTime(at: number, zone: string, today: number): string {
	return dayOf(at, zone) === today ? `Today, ${clockTime(at, zone)}` : moment(at, zone, today);
}

/** The local day of a moment. */
export function dayOf(at: number, zone: string): number {
	const { year, month, day } = local(at, zone);
	return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** The local hour of a moment, counted since 1970-01-01. */
export function hourOf(at: number, zone: string): number {
	return dayOf(at, zone) * 24 + local(at, zone).hour;
}

function local(at: number, zone: string) {
	return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}

/** So many days are kept in words. */
const MOST_REMEMBERED = 4_000;

/** A page has a year of days in it, most of which the last page had too, and to write a date takes long. */
function remembered(write: (day: number) => string): (day: number) => string {
	const known = new Map<number, string>();
	return (day) => {
		let words = known.get(day);
		if (words === undefined) {
			if (known.size >= MOST_REMEMBERED) known.clear();
			words = write(day);
			known.set(day, words);
		}
		return words;
	};
}

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	return new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
}

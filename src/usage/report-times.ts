import { dayText, firstDayOf, monthOf, ZoneClock } from "./day.ts";
import type { Period } from "./period.ts";
import { WEEKDAYS, weekOf } from "./weekdays.ts";

/** How often somebody wants a report. */
export const REPORT_FREQUENCIES = ["daily", "weekly", "monthly"] as const;

export type ReportFrequency = (typeof REPORT_FREQUENCIES)[number];

/**
 * When somebody wants it: at which minute of the day in which IANA zone, and on which day of the week (0 is Monday) a week
 * begins.
 */
export type ReportTime = { every: ReportFrequency; minute: number; zone: string; weekStart: number };

/**
 * The first moment after another one at which a report is due: each day, on the first day of each week or of each month. A time
 * that the clock leaves out is as much later as the clock is put forward; of one that comes twice the first counts.
 *
 * @param after epoch ms
 */
export function nextReportAt({ every, minute, zone, weekStart }: ReportTime, after: number): number {
	const next = (day: number) => dueDayFrom(day, every, weekStart);
	let day = next(new ZoneClock(zone).dayAt(after));
	for (;;) {
		const at = momentOf(day, minute, zone);
		if (at > after) return at;
		day = next(day + 1);
	}
}

/** What a report is of that is due at a moment: the day, week or month that was over when its day began. */
export function reportedPeriod(
	{ every, zone, weekStart }: Omit<ReportTime, "minute">,
	dueAt: number,
): Period {
	return periodUntil(every, new ZoneClock(zone).dayAt(dueAt) - 1, weekStart);
}

/** The day, week or month that ends with the last of these days that ends one. */
export function periodUntil(every: ReportFrequency, day: number, weekStart: number): Period {
	if (every === "daily") return { since: day, until: day };
	if (every === "weekly") {
		const next = weekOf(day + 1, weekStart);
		return { since: next - WEEKDAYS, until: next - 1 };
	}
	const month = monthOf(day + 1);
	return { since: firstDayOf(month - 1), until: firstDayOf(month) - 1 };
}

/** The one that begins with a day. */
export function periodFrom(every: ReportFrequency, since: number): Period {
	const until = { daily: since, weekly: since + 6, monthly: firstDayOf(monthOf(since) + 1) - 1 }[every];
	return { since, until };
}

/** The minute of the day of `08:00`; undefined for anything else. */
export function parseMinute(time: string): number | undefined {
	const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
	return hour === undefined ? undefined : Number(hour) * 60 + Number(minute);
}

/** `08:00` */
export function minuteText(minute: number): string {
	return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

/** The first day from one on that a report is due on. */
function dueDayFrom(day: number, every: ReportFrequency, weekStart: number): number {
	if (every === "daily") return day;
	if (every === "weekly") return weekOf(day + WEEKDAYS - 1, weekStart);
	return firstDayOf(monthOf(day)) === day ? day : firstDayOf(monthOf(day) + 1);
}

function momentOf(day: number, minute: number, zone: string): number {
	const plainTime = Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 });
	return Temporal.PlainDate.from(dayText(day)).toZonedDateTime({ timeZone: zone, plainTime })
		.epochMilliseconds;
}

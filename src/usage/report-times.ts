import { dayText, firstDayOf, mondayOf, monthOf, ZoneClock } from "./day.ts";
import type { Period } from "./period.ts";

/** How often somebody wants a report. */
export const REPORT_FREQUENCIES = ["daily", "weekly", "monthly"] as const;

export type ReportFrequency = (typeof REPORT_FREQUENCIES)[number];

/** When somebody wants it: at which minute of the day in which IANA zone. */
export type ReportTime = { every: ReportFrequency; minute: number; zone: string };

/**
 * The first moment after another one at which a report is due: each day, each Monday or on the first of each month. A time
 * that the clock leaves out is as much later as the clock is put forward; of one that comes twice the first counts.
 *
 * @param after epoch ms
 */
export function nextReportAt({ every, minute, zone }: ReportTime, after: number): number {
	const next = NEXT_DAY[every];
	let day = next(new ZoneClock(zone).dayAt(after));
	for (;;) {
		const at = momentOf(day, minute, zone);
		if (at > after) return at;
		day = next(day + 1);
	}
}

/** What a report is of that is due at a moment: the day, week or month that was over when its day began. */
export function reportedPeriod(every: ReportFrequency, zone: string, dueAt: number): Period {
	return periodUntil(every, new ZoneClock(zone).dayAt(dueAt) - 1);
}

/** The day, week or month that ends with the last of these days that ends one. */
export function periodUntil(every: ReportFrequency, day: number): Period {
	if (every === "daily") return { since: day, until: day };
	if (every === "weekly") {
		const monday = mondayOf(day + 1);
		return { since: monday - 7, until: monday - 1 };
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
const NEXT_DAY: Readonly<Record<ReportFrequency, (day: number) => number>> = {
	daily: (day) => day,
	weekly: (day) => mondayOf(day + 6),
	monthly: (day) => (firstDayOf(monthOf(day)) === day ? day : firstDayOf(monthOf(day) + 1)),
};

function momentOf(day: number, minute: number, zone: string): number {
	const plainTime = Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 });
	return Temporal.PlainDate.from(dayText(day)).toZonedDateTime({ timeZone: zone, plainTime })
		.epochMilliseconds;
}

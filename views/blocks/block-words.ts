import { DAY_MS } from "../../src/usage/day.ts";
import { clockTime, date, dayOf, periodWords } from "../parts/days.ts";

const WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: "UTC" });

/** `Today`, `Mon 23 Nov`, `Tue 24 Nov 2025` of another year. */
export function dayWords(at: number, zone: string, today: number): string {
	const day = dayOf(at, zone);
	if (day === today) return "Today";
	const isThisYear = yearOf(day) === yearOf(today);
	return isThisYear
		? `${WEEKDAY.format(day * DAY_MS)} ${date(day)}`
		: periodWords({ since: day, until: day });
}

/** `09:00 – 14:00` */
export function timesWords({ start, end }: { start: number; end: number }, zone: string): string {
	return `${clockTime(start, zone)} – ${clockTime(end, zone)}`;
}

/** `Started 09:00, ends 14:00 today`, `Started 22:00 yesterday, ends 03:00 today` */
export function runWords({ start, end }: { start: number; end: number }, zone: string, now: number): string {
	const today = dayOf(now, zone);
	const dayName = (at: number) => {
		const day = dayOf(at, zone);
		if (day === today) return "today";
		return day < today ? "yesterday" : "tomorrow";
	};
	const [from, until] = [dayName(start), dayName(end)];
	const started = from === until ? clockTime(start, zone) : `${clockTime(start, zone)} ${from}`;
	return `Started ${started}, ends ${clockTime(end, zone)} ${until}`;
}

function yearOf(day: number): number {
	return new Date(day * DAY_MS).getUTCFullYear();
}

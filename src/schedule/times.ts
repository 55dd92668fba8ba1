/** How often a collect runs: every so many minutes, or once a day. */
export const INTERVALS = ["15", "30", "60", "daily"] as const;

export type Interval = (typeof INTERVALS)[number];

/** Local times: these minutes of every hour, or of one hour of the day. */
export type Times = { minutes: readonly number[]; hour: number | undefined };

/** When people sit at their machines, so that these are on. */
const DAILY_HOUR = 9;

/**
 * The times of an interval. Machines begin at minutes of their own, so that those of a team do not all come to the server
 * at once.
 *
 * @param machine the machine's id, a UUID
 */
export function timesOf(interval: Interval, machine: string): Times {
	const offset = Number.parseInt(machine.slice(0, 8), 16) % 60;
	if (interval === "daily") return { minutes: [offset], hour: DAILY_HOUR };
	const step = Number(interval);
	const minutes = Array.from({ length: 60 / step }, (_, turn) => (offset % step) + turn * step);
	return { minutes, hour: undefined };
}

/** The interval of times, undefined where they are those of none. */
export function intervalOf({ minutes, hour }: Times): Interval | undefined {
	const [first = 0] = minutes;
	const step = 60 / minutes.length;
	if (!minutes.every((minute, turn) => minute === first + turn * step)) return undefined;
	if (hour !== undefined) return minutes.length === 1 ? "daily" : undefined;
	return INTERVALS.find((interval) => interval === String(step));
}

/** Ms between two runs. */
export function lengthOf(interval: Interval): number {
	return (interval === "daily" ? 24 * 60 : Number(interval)) * 60_000;
}

/**
 * The first of these times that is later than now.
 *
 * @param zone IANA zone
 * @param now epoch ms
 * @returns epoch ms
 */
export function findNextRun({ minutes, hour }: Times, zone: string, now: number): number {
	const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
	const turns = [0, 1].flatMap((turn) => {
		const begin = hour === undefined ? local.add({ hours: turn }) : local.add({ days: turn }).with({ hour });
		return minutes.map(
			(minute) =>
				begin.with({ minute, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 }).epochMilliseconds,
		);
	});
	return Math.min(...turns.filter((at) => at > now));
}

/** The minutes a text lists: `7,22,37,52`; undefined where it lists something else. */
export function parseMinutes(text: string): number[] | undefined {
	const minutes = text.split(",").map(Number);
	return minutes.every((minute) => Number.isInteger(minute) && minute >= 0 && minute < 60)
		? minutes
		: undefined;
}

/** `7` → `07`, as times are written. */
export function twoDigits(count: number): string {
	return String(count).padStart(2, "0");
}

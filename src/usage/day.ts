/** A stretch of time in which a zone's distance from UTC does not change. All in ms; `until` is exclusive. */
export type ZoneSpan = { from: number; until: number; offset: number };

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Length of a slot in ms. Zones differ from UTC by whole quarters of an hour, so days of any zone are whole slots. */
export const SLOT_MS = 900_000;

const BEGINNING = -8.64e15;
const END = 8.64e15;

/** Local days of one IANA zone. A day is a number, days since 1970-01-01; {@link dayText} writes it out. */
export class ZoneClock {
	#spans: ZoneSpan[] = [];
	#last: ZoneSpan = { from: 0, until: 0, offset: 0 };

	/** @throws RangeError for a name that is no zone; see {@link isZone} */
	constructor(readonly zone: string) {
		zoned(zone, 0);
	}

	/** The local day of a moment. */
	dayAt(at: number): number {
		return Math.floor((at + this.spanAt(at).offset) / DAY_MS);
	}

	/** The moment at which a local day begins; with the clock put forward at midnight, the first there is. */
	startOf(day: number): number {
		return Temporal.PlainDate.from(dayText(day)).toZonedDateTime(this.zone).epochMilliseconds;
	}

	/** The spans that touch from ≤ t < until, in order. */
	spansBetween(from: number, until: number): ZoneSpan[] {
		const spans: ZoneSpan[] = [];
		for (let at = from; at < until; ) {
			const span = this.spanAt(at);
			spans.push(span);
			at = span.until;
		}
		return spans;
	}

	spanAt(at: number): ZoneSpan {
		if (at >= this.#last.from && at < this.#last.until) return this.#last;
		let span = this.#spans.find((known) => at >= known.from && at < known.until);
		if (!span) {
			span = findSpan(this.zone, at);
			this.#spans.push(span);
		}
		this.#last = span;
		return span;
	}
}

function findSpan(zone: string, at: number): ZoneSpan {
	const moment = zoned(zone, at);
	const next = moment.getTimeZoneTransition("next");
	// A transition at this very moment is the beginning of its own span.
	const previous = moment.add({ nanoseconds: 1 }).getTimeZoneTransition("previous");
	return {
		from: previous?.epochMilliseconds ?? BEGINNING,
		until: next?.epochMilliseconds ?? END,
		offset: moment.offsetNanoseconds / 1e6,
	};
}

/** The local day of a single moment: quicker than a {@link ZoneClock}, which is for many. */
export function localDay(zone: string, at: number): number {
	return Math.floor((at + zoned(zone, at).offsetNanoseconds / 1e6) / DAY_MS);
}

/** @throws RangeError for a name that is no zone */
function zoned(zone: string, at: number): Temporal.ZonedDateTime {
	return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}

/** Whether a name is an IANA zone that this machine knows. */
export function isZone(name: string): boolean {
	try {
		new Intl.DateTimeFormat("en", { timeZone: name });
		return true;
	} catch {
		return false;
	}
}

/** A moment as ISO 8601 with `Z`. */
export function isoTime(at: number): string {
	return new Date(at).toISOString();
}

/** `YYYY-MM-DD`; beyond the year 9999, where the last moments are in some zones, the year has a sign and six digits. */
export function dayText(day: number): string {
	return new Date(day * DAY_MS).toISOString().slice(0, -"T00:00:00.000Z".length);
}

/** The day of `YYYY-MM-DD` or `YYYYMMDD`, undefined for anything else and for days that do not exist. */
export function parseDay(text: string): number | undefined {
	const [, year, month, date] = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(text) ?? [];
	if (year === undefined || /^\d{4}-\d{4}$|^\d{6}-\d\d$/.test(text)) return undefined;
	const day = Date.UTC(Number(year), Number(month) - 1, Number(date)) / DAY_MS;
	return dayText(day) === `${year}-${month}-${date}` ? day : undefined;
}

/** Months since January 1970. */
export function monthOf(day: number): number {
	const date = new Date(day * DAY_MS);
	return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** The first day of a month. */
export function firstDayOf(month: number): number {
	return Date.UTC(1970, month) / DAY_MS;
}

/** `YYYY-MM`. */
export function monthText(month: number): string {
	return dayText(firstDayOf(month)).slice(0, -"-01".length);
}

/** The UTC day of a moment. */
export function utcDay(at: number): number {
	return Math.floor(at / DAY_MS);
}

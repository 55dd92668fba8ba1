const ISO =
	/^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)(?:(?<=[.,]\d{9})\d+)?(Z|z|[+-]\d\d(?::?\d\d)?)$/;

/** Epoch ms of an ISO 8601 time with `Z` or an offset, cut to the ms; NaN for anything else and impossible dates. */
export function parseTime(value: unknown): number {
	if (typeof value !== "string") return Number.NaN;
	// Date.parse takes the 30th of February for the 2nd of March; a time that comes back as it went in is possible.
	const at = value.length === 24 ? Date.parse(value) : Number.NaN;
	if (!Number.isNaN(at) && new Date(at).toISOString() === value) return at;
	const parts = ISO.exec(value);
	if (parts === null) return Number.NaN;
	try {
		return Temporal.Instant.from(`${parts[1]}${parts[2]}`).epochMilliseconds;
	} catch {
		return Number.NaN;
	}
}

const ZERO = 0x30;
const TIME_LENGTH = "2026-11-24T07:30:00.000Z".length;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const MS = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1_000 };

/** The same straight from bytes, for times as `toISOString` writes them; NaN for all others. */
export function timeAt(bytes: Uint8Array, start: number, end: number): number {
	const isWritten =
		end - start === TIME_LENGTH &&
		bytes[start + 4] === 0x2d &&
		bytes[start + 7] === 0x2d &&
		bytes[start + 10] === 0x54 &&
		bytes[start + 13] === 0x3a &&
		bytes[start + 16] === 0x3a &&
		bytes[start + 19] === 0x2e &&
		bytes[start + 23] === 0x5a;
	if (!isWritten) return Number.NaN;
	const year = 100 * twoDigits(bytes, start) + twoDigits(bytes, start + 2);
	const month = twoDigits(bytes, start + 5);
	const day = twoDigits(bytes, start + 8);
	const hour = twoDigits(bytes, start + 11);
	const minute = twoDigits(bytes, start + 14);
	const second = twoDigits(bytes, start + 17);
	const ms = 10 * twoDigits(bytes, start + 20) + (twoDigits(bytes, start + 21) % 10);
	const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
	const daysInMonth =
		(DAYS_BEFORE_MONTH[month] ?? 365) - (DAYS_BEFORE_MONTH[month - 1] ?? 365) + Number(isLeap && month === 2);
	const isPossible = day >= 1 && day <= daysInMonth && hour < 24 && minute < 60 && second < 60 && ms >= 0;
	if (!isPossible) return Number.NaN;
	const leapDays =
		Math.floor((year - 1) / 4) - Math.floor((year - 1) / 100) + Math.floor((year - 1) / 400) - 477;
	const days =
		365 * (year - 1970) +
		leapDays +
		(DAYS_BEFORE_MONTH[month - 1] as number) +
		Number(isLeap && month > 2) +
		day -
		1;
	return days * MS.day + hour * MS.hour + minute * MS.minute + second * MS.second + ms;
}

/** NaN where one of them is none. */
function twoDigits(bytes: Uint8Array, at: number): number {
	const tens = (bytes[at] as number) - ZERO;
	const ones = (bytes[at + 1] as number) - ZERO;
	return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}

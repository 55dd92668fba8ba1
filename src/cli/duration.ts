import { AppError } from "../errors.ts";

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 };
/** Who waits longer than this has mistaken the unit. */
const LONGEST_MS = 60 * 60_000;

/** Reads `500ms`, `60s` or `5m`, an hour at the most; undefined for anything else. In ms. */
export function parseDuration(text: string): number | undefined {
	const [, count, unit = ""] = /^(\d+)(ms|s|m)$/.exec(text) ?? [];
	const ms = Number(count) * (UNITS[unit] ?? Number.NaN);
	return ms <= LONGEST_MS ? ms : undefined;
}

/**
 * Reads the duration that a flag was given, in ms.
 *
 * @throws AppError `usage`
 */
export function readDuration(flag: string, text: string): number {
	const ms = parseDuration(text);
	if (ms !== undefined) return ms;
	throw new AppError(
		"usage",
		`${flag} ${JSON.stringify(text)} is not a time.`,
		"Give a number and its unit, an hour at the most: 500ms, 60s or 5m.",
	);
}

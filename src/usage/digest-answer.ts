import { parseDay } from "./day.ts";
import type { DigestRow } from "./digest.ts";
import { type Counters, type ExtraPart, isCounter } from "./event.ts";
import { fieldsOf } from "./json-fields.ts";

/** How many responses a server can be asked for by key at once: so many fit into an address. */
export const MOST_KEYS = 300;
/** How many machines a server can be asked about at once. */
export const MOST_MACHINES = 50;

/** What a server tells of its days. */
export type DigestAnswer = {
	/** What is older (epoch ms) is not kept there. */
	horizon: number;
	/** Whether no other machines than those asked about have ever sent anything. */
	whole: boolean;
	/** Oldest first. `day`: UTC, days since 1970-01-01. */
	days: { day: number; responses: number; hash: string }[];
	/** The day to go on from, if there may be more. */
	next: number | undefined;
};

/** Reads what a server answers when it is asked for days; undefined where it is anything else. */
export function readDigest(body: unknown): DigestAnswer | undefined {
	const { horizon, whole, days, next } = fieldsOf(body);
	if (!Number.isSafeInteger(horizon) || typeof whole !== "boolean" || !Array.isArray(days)) return undefined;
	const read = days.map((day: unknown) => {
		const fields = fieldsOf(day);
		return { day: readDay(fields.day), responses: fields.responses, hash: fields.hash };
	});
	if (!read.every(isDay) || (next !== null && readDay(next) === undefined)) return undefined;
	return { horizon: horizon as number, whole, days: read, next: readDay(next) };
}

/** Reads what a server answers when it is asked for responses by key; undefined where it is anything else. */
export function readResponses(body: unknown): DigestRow[] | undefined {
	const { responses } = fieldsOf(body);
	return Array.isArray(responses) && responses.every(isRow) ? responses : undefined;
}

function readDay(text: unknown): number | undefined {
	return typeof text === "string" ? parseDay(text) : undefined;
}

function isDay(day: {
	day: number | undefined;
	responses: unknown;
	hash: unknown;
}): day is DigestAnswer["days"][number] {
	return day.day !== undefined && isCounter(day.responses) && typeof day.hash === "string";
}

function isRow(value: unknown): value is DigestRow {
	const row = fieldsOf(value);
	const modifiers = [row.speed, row.geo, row.tier];
	return (
		typeof row.key === "string" &&
		isCounter(row.webSearches) &&
		[row.at, row.countedAt].every(Number.isSafeInteger) &&
		typeof row.replay === "boolean" &&
		modifiers.every((modifier) => modifier === undefined || typeof modifier === "string") &&
		(row.reportedNanoUsd === undefined || Number.isSafeInteger(row.reportedNanoUsd)) &&
		(row.extra === undefined || (Array.isArray(row.extra) && row.extra.every(isPart))) &&
		isPart(row)
	);
}

const COUNTERS: readonly (keyof Counters)[] = [
	"input",
	"output",
	"cacheWrite5m",
	"cacheWrite1h",
	"cacheRead",
];

function isPart(value: unknown): value is ExtraPart {
	const part = fieldsOf(value);
	return typeof part.model === "string" && COUNTERS.every((field) => isCounter(part[field]));
}

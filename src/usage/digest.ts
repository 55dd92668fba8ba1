import type { Counted, Counters } from "./event.ts";
import { compareCounted } from "./response.ts";
import { addExact, type Exact } from "./usage.ts";

/** What two ledgers must agree on of a response. Names of sessions, projects and machines are not in it. */
export type DigestRow = Counted & {
	key: string;
	/** Epoch ms. */
	at: number;
	/** In no sum. */
	replay: boolean;
};

/** A day's responses without replays, and a hash that two ledgers have in common only if they agree on all of them. */
export type DayDigest = {
	/** UTC; days since 1970-01-01. */
	day: number;
	responses: number;
	/** Sums of the responses' own counters, without extra parts. */
	input: Exact;
	output: Exact;
	cacheWrite5m: Exact;
	cacheWrite1h: Exact;
	cacheRead: Exact;
	webSearches: Exact;
	/** 16 base64url characters. */
	hash: string;
};

/** @param rows all responses of the day, none of them a replay */
export function digestDay(day: number, rows: readonly DigestRow[]): DayDigest {
	const hasher = new Bun.CryptoHasher("sha256");
	for (const row of rows.toSorted((a, b) => (a.key < b.key ? -1 : 1))) hasher.update(`${textOf(row)}\n`);
	const sum = (field: "input" | "output" | "cacheWrite5m" | "cacheWrite1h" | "cacheRead" | "webSearches") =>
		rows.reduce((all: Exact, row) => addExact(all, row[field]), 0);
	return {
		day,
		responses: rows.length,
		input: sum("input"),
		output: sum("output"),
		cacheWrite5m: sum("cacheWrite5m"),
		cacheWrite1h: sum("cacheWrite1h"),
		cacheRead: sum("cacheRead"),
		webSearches: sum("webSearches"),
		hash: hasher.digest().toString("base64url", 0, 12),
	};
}

/**
 * How a server's copy of a response stands to a machine's own. `other`: it counts more, stands at an earlier time or has
 * turned out to be a replay, as may be where another machine has told of the same response. What a server has been told
 * by one machine, no other one makes `missing` or `less`.
 */
export type Agreement = "same" | "other" | "less" | "missing";

export function compareRows(own: DigestRow, there: DigestRow | undefined): Agreement {
	if (!there) return "missing";
	const counted = compareCounted(there, own);
	if (counted < 0 || there.at > own.at) return "less";
	return counted > 0 || there.at < own.at || there.replay !== own.replay ? "other" : "same";
}

function textOf(row: DigestRow): string {
	return JSON.stringify([
		row.key,
		row.at,
		row.countedAt,
		row.model,
		...countersOf(row),
		row.webSearches,
		row.speed ?? null,
		row.geo ?? null,
		row.tier ?? null,
		row.reportedNanoUsd ?? null,
		(row.extra ?? []).map((part) => [part.model, ...countersOf(part)]),
	]);
}

function countersOf(part: Counters): number[] {
	return [part.input, part.output, part.cacheWrite5m, part.cacheWrite1h, part.cacheRead];
}

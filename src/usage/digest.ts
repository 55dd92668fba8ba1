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

const SUMMED = ["input", "output", "cacheWrite5m", "cacheWrite1h", "cacheRead", "webSearches"] as const;
type Sums = Record<(typeof SUMMED)[number], Exact>;

/**
 * Makes a day's digest, from its responses in any order: their own hashes are added up. So a day is read in parts, and
 * none has to be held as a whole, however many responses there are.
 */
export class DayDigester {
	responses = 0;
	readonly #sums: Sums = {
		input: 0,
		output: 0,
		cacheWrite5m: 0,
		cacheWrite1h: 0,
		cacheRead: 0,
		webSearches: 0,
	};
	readonly #hash = new Uint32Array(3);
	readonly #one = new Uint32Array(8);

	/** @param row one of the day, no replay, that was not added yet */
	add(row: DigestRow): void {
		this.responses++;
		for (const field of SUMMED) this.#sums[field] = addExact(this.#sums[field], row[field]);
		Bun.SHA256.hash(textOf(row), this.#one);
		// Each of the three sums is modulo 2 ** 32, as the array keeps it.
		for (let i = 0; i < this.#hash.length; i++) this.#hash[i] = (this.#hash[i] ?? 0) + (this.#one[i] ?? 0);
	}

	/** @param day UTC; days since 1970-01-01 */
	finish(day: number): DayDigest {
		const hash = Buffer.from(this.#hash.buffer).toString("base64url");
		return { day, responses: this.responses, ...this.#sums, hash };
	}
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

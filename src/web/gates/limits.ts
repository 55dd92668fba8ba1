import type { AttemptLimit } from "../../ledger/attempts.ts";

/** What a server's limits are kept by. */
export type Limits = {
	/** Everything that comes from one address: an office may stand behind it. */
	addresses: Limiter;
	/** Wrong keys from one address. */
	failures: Limiter;
	/** Everything that one person asks. */
	people: Limiter;
	/** Uploads and other changes under one key. */
	changes: Limiter;
	/** New accounts from one address: counted in the ledger, over all servers that have it. */
	signUps: AttemptLimit;
};

export function usualLimits(): Limits {
	return {
		addresses: new Limiter({ most: 1_200, perMinute: 6_000 }),
		failures: new Limiter({ most: 30, perMinute: 10 }),
		people: new Limiter({ most: 300, perMinute: 600 }),
		changes: new Limiter({ most: 120, perMinute: 120 }),
		signUps: { most: 10, windowMs: 10 * 60_000 },
	};
}

/** A bucket that fills up again: `most` at once, and so many a minute. */
export type Rate = { most: number; perMinute: number };

type Bucket = { tokens: number; at: number };

/** A bucket that is full again need not be remembered; that is looked for when there are this many. */
const MANY = 10_000;

/** How often each subject may do something. Kept in memory: what must outlast the process is in the ledger. */
export class Limiter {
	readonly #buckets = new Map<string, Bucket>();
	#sweepAt = MANY;

	constructor(readonly rate: Rate) {}

	/**
	 * Takes one from a subject's bucket.
	 *
	 * @param now epoch ms
	 * @returns how long (ms) to wait where it is empty, undefined where it was not
	 */
	take(subject: string, now: number): number | undefined {
		const { most, perMinute } = this.rate;
		const msPerToken = 60_000 / perMinute;
		const bucket = this.#buckets.get(subject) ?? { tokens: most, at: now };
		// A clock that was put back gives nothing.
		const gained = Math.max(0, now - bucket.at) / msPerToken;
		const tokens = Math.min(most, bucket.tokens + gained);
		if (tokens < 1) return Math.ceil((1 - tokens) * msPerToken);
		this.#buckets.set(subject, { tokens: tokens - 1, at: Math.max(now, bucket.at) });
		if (this.#buckets.size > this.#sweepAt) this.#sweep(now);
		return undefined;
	}

	get size(): number {
		return this.#buckets.size;
	}

	#sweep(now: number): void {
		const { most, perMinute } = this.rate;
		const fullAfter = (most / perMinute) * 60_000;
		for (const [subject, { at }] of this.#buckets) {
			if (now - at >= fullAfter) this.#buckets.delete(subject);
		}
		this.#sweepAt = Math.max(MANY, 2 * this.#buckets.size);
	}
}

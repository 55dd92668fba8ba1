import type { PoolFigures } from "../ledger/cloud/pool.ts";

/** What came of uploads, in events. */
const UPLOAD_RESULTS = ["stored", "raised", "duplicates", "expired", "rejected"] as const;

export type UploadResult = (typeof UPLOAD_RESULTS)[number];

/** How often the event loop is looked at, in ms: it comes later than that by as much as it was held up. */
const LOOKED_EVERY = 1_000;

/** What a process has done since it started. */
export class Metrics {
	/** Answers by route and status, such as `GET /api/machines 200`. */
	readonly answers = new Map<string, number>();
	readonly uploads: Record<UploadResult, number> = {
		stored: 0,
		raised: 0,
		duplicates: 0,
		expired: 0,
		rejected: 0,
	};
	/** The longest that the event loop was held up since it was last asked, in ms. */
	#longestLag = 0;
	#timer: Timer | undefined;

	/**
	 * @param startedAt epoch ms
	 * @param pool the connections to a database far away, where there is one
	 */
	constructor(
		readonly startedAt: number,
		readonly pool?: (() => PoolFigures) | undefined,
	) {}

	noteAnswer(route: string, status: number): void {
		const name = `${route} ${status}`;
		this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
	}

	noteUpload(result: Readonly<Record<UploadResult, number>>): void {
		for (const name of UPLOAD_RESULTS) this.uploads[name] += result[name];
	}

	watchLoop(): void {
		let due = performance.now() + LOOKED_EVERY;
		this.#timer = setInterval(() => {
			const now = performance.now();
			this.#longestLag = Math.max(this.#longestLag, now - due);
			due = now + LOOKED_EVERY;
		}, LOOKED_EVERY);
		this.#timer.unref();
	}

	takeLongestLag(): number {
		const lag = Math.max(0, Math.round(this.#longestLag));
		this.#longestLag = 0;
		return lag;
	}

	close(): void {
		clearInterval(this.#timer);
	}
}

import type { Database } from "../ledger/database.ts";
import { finishJob, takeJob } from "../ledger/jobs.ts";
import type { Log, LogFields } from "../log.ts";

/** What a server does by the clock, once in each period: hourly where `everyMs` is an hour. */
export type Job = {
	name: string;
	everyMs: number;
	/**
	 * @param isOver whether the server is about to stop: what takes long is broken off then
	 * @returns what it came to, for the log
	 */
	run(db: Database, now: number, isOver: () => boolean): Promise<LogFields>;
};

/** How often it is looked whether something is due, in ms. */
const LOOKED_EVERY = 60_000;
/** A job that is not done after so long (ms) is another server's. */
const LEASE_MS = 10 * 60_000;

/** Does jobs when they are due. However many servers have the ledger, each job is done once in its period. */
export class Clock {
	#timer: Timer | undefined;
	#running: Promise<void> = Promise.resolve();
	#isStopped = false;

	/** @param holder differs from server to server */
	constructor(
		readonly db: Database,
		readonly jobs: readonly Job[],
		readonly holder: string,
		readonly now: () => number,
		readonly log: Pick<Log, "info" | "error">,
	) {}

	start(): void {
		this.#timer = setInterval(() => void this.look(), LOOKED_EVERY);
		this.#timer.unref();
	}

	/** Does what is due, one job after the other. What goes wrong is told and tried again later. */
	async look(): Promise<void> {
		const before = this.#running;
		this.#running = before.then(() => this.#doDue());
		await this.#running;
	}

	/** Waits for the job that is running and begins no other. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		clearInterval(this.#timer);
		await this.#running;
	}

	async #doDue(): Promise<void> {
		for (const job of this.jobs) {
			if (this.#isStopped) return;
			try {
				await this.#doOnce(job);
			} catch (error) {
				this.log.error("a job failed", { job: job.name, error: String(error) });
			}
		}
	}

	async #doOnce({ name, everyMs, run }: Job): Promise<void> {
		const now = this.now();
		const turn = { name, period: Math.floor(now / everyMs), holder: this.holder };
		if (!(await takeJob(this.db, turn, now, LEASE_MS))) return;
		const cameTo = await run(this.db, now, () => this.#isStopped);
		// It may have been broken off: who takes it when this one's time is over finds what is left.
		if (this.#isStopped) return;
		await finishJob(this.db, turn);
		this.log.info("job done", { job: name, ...cameTo });
	}
}

import { closedError, noneFree, noneOpened } from "./cloud-error.ts";
import type { Connection } from "./connection.ts";

/** What the pool needs to know of what it keeps. */
type Poolable = Pick<Connection, "isOpen" | "close">;

export type PoolOptions<Kept extends Poolable> = {
	/** Opens one, within a time of its own. It may be told that it is no longer wanted. */
	open: (signal: AbortSignal) => Promise<Kept>;
	/** How many there are at most, those that are being opened included. */
	most: number;
	/** How long one may lie unused before it is closed, in ms. */
	idleMs: number;
	/** How long one is waited for, in ms. */
	acquireMs: number;
	/** How long closing waits for those in use, in ms; as long as for one, if it is not told. */
	closeMs?: number;
};

/** How the pool does. What is not about now is since it was made. */
export type PoolFigures = {
	/** Now, in use or not. */
	open: number;
	idle: number;
	opening: number;
	/** Who waits for one now. */
	waiting: number;
	opened: number;
	/** Could not be opened. */
	failed: number;
	/** Given up because they were lost or in doubt; not those that lay unused for long. */
	discarded: number;
	/** The longest that somebody waited, whether in vain or not, in ms. */
	longestWaitMs: number;
};

type Idle<Kept> = { connection: Kept; timer: Timer };
type Waiter<Kept> = {
	since: number;
	timer: Timer;
	take: (connection: Kept) => void;
	fail: (error: unknown) => void;
};

/**
 * Keeps connections open between uses. The one that was used last is used next, so that those which are not needed go;
 * who has waited longest is served first. None is opened that nobody waits for.
 */
export class Pool<Kept extends Poolable = Connection> {
	readonly #options: PoolOptions<Kept>;
	readonly #used = new Set<Kept>();
	/** While somebody waits there is none. */
	readonly #idle: Idle<Kept>[] = [];
	readonly #openings = new Set<Promise<void>>();
	readonly #waiting = new Set<Waiter<Kept>>();
	readonly #unwanted = new AbortController();
	readonly #emptied = Promise.withResolvers<void>();
	#closing: Promise<void> | undefined;
	#opened = 0;
	#failed = 0;
	#discarded = 0;
	#longestWaitMs = 0;

	constructor(options: PoolOptions<Kept>) {
		this.#options = options;
	}

	get figures(): PoolFigures {
		return {
			open: this.#used.size + this.#idle.length,
			idle: this.#idle.length,
			opening: this.#openings.size,
			waiting: this.#waiting.size,
			opened: this.#opened,
			failed: this.#failed,
			discarded: this.#discarded,
			longestWaitMs: Math.round(this.#longestWaitMs),
		};
	}

	/**
	 * One for its taker alone, until it is released or discarded.
	 *
	 * @throws CloudError: nothing was executed
	 */
	async acquire(): Promise<Kept> {
		if (this.#closing) throw closedError();
		return this.#takeIdle() ?? this.#wait();
	}

	/** Gives one back that is in no transaction. To give it back again does nothing. */
	release(connection: Kept): void {
		if (!connection.isOpen) this.discard(connection);
		else if (this.#used.delete(connection)) this.#offer(connection);
	}

	/** Gives one back that nobody may use any more. */
	discard(connection: Kept): void {
		if (!this.#used.delete(connection)) return;
		this.#giveUp(connection);
		this.#grow();
		this.#look();
	}

	/** Takes nobody any more; waits a while for those in use and for who waits already; then closes what is left. */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		// After the assignment of the promise that says so.
		await undefined;
		for (const { connection, timer } of this.#idle.splice(0)) {
			clearTimeout(timer);
			connection.close();
		}
		this.#look();
		const { acquireMs, closeMs = acquireMs } = this.#options;
		const deadline = setTimeout(this.#emptied.resolve, closeMs);
		await this.#emptied.promise;
		clearTimeout(deadline);
		this.#unwanted.abort();
		for (const waiter of this.#waiting) this.#serve(waiter).fail(closedError());
		for (const connection of this.#used) connection.close();
		this.#used.clear();
		await Promise.all(this.#openings);
	}

	/** What was lost while it lay there is found out here. */
	#takeIdle(): Kept | undefined {
		for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
			const { connection, timer } = last;
			clearTimeout(timer);
			if (connection.isOpen) {
				this.#used.add(connection);
				return connection;
			}
			this.#giveUp(connection);
		}
		return undefined;
	}

	#wait(): Promise<Kept> {
		const { promise, resolve, reject } = Promise.withResolvers<Kept>();
		const timer = setTimeout(() => this.#leave(waiter), this.#options.acquireMs);
		const waiter: Waiter<Kept> = { since: performance.now(), timer, take: resolve, fail: reject };
		this.#waiting.add(waiter);
		this.#grow();
		return promise;
	}

	#leave(waiter: Waiter<Kept>): void {
		const { most, acquireMs } = this.#options;
		const isFull = this.#used.size === most;
		this.#serve(waiter).fail(isFull ? noneFree(most, acquireMs) : noneOpened(acquireMs));
		this.#look();
	}

	/** Who was first waits no longer. */
	#serve(waiter: Waiter<Kept>): Waiter<Kept> {
		clearTimeout(waiter.timer);
		this.#waiting.delete(waiter);
		this.#longestWaitMs = Math.max(this.#longestWaitMs, performance.now() - waiter.since);
		return waiter;
	}

	#grow(): void {
		const isWanted = () => this.#openings.size < this.#waiting.size;
		const isAllowed = () => this.#openings.size + this.#used.size + this.#idle.length < this.#options.most;
		while (isWanted() && isAllowed()) {
			const opening: Promise<void> = this.#open().finally(() => {
				this.#openings.delete(opening);
				this.#grow();
			});
			this.#openings.add(opening);
		}
	}

	/** What opening comes to is for whoever is first by then. */
	async #open(): Promise<void> {
		try {
			const connection = await this.#options.open(this.#unwanted.signal);
			this.#opened++;
			this.#offer(connection);
		} catch (error) {
			this.#failed++;
			const [first] = this.#waiting;
			if (first) this.#serve(first).fail(error);
			this.#look();
		}
	}

	#offer(connection: Kept): void {
		const [first] = this.#waiting;
		if (first) {
			this.#used.add(connection);
			this.#serve(first).take(connection);
		} else if (this.#closing) {
			connection.close();
		} else {
			this.#keep(connection);
		}
		this.#look();
	}

	#keep(connection: Kept): void {
		const timer = setTimeout(() => {
			this.#idle.splice(this.#idle.indexOf(idle), 1);
			connection.close();
		}, this.#options.idleMs);
		const idle: Idle<Kept> = { connection, timer };
		this.#idle.push(idle);
	}

	#giveUp(connection: Kept): void {
		this.#discarded++;
		connection.close();
	}

	/** Whether closing has to wait for somebody yet. */
	#look(): void {
		if (this.#closing && this.#used.size + this.#waiting.size === 0) this.#emptied.resolve();
	}
}

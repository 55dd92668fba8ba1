import { CloudError } from "./cloud-error.ts";

type Waiting = { timer: Timer; begin(): void };

/**
 * Whose turn it is to write. SQLite has one writer at a time, so those who would wait for it on the server wait here,
 * in the order they came, and leave the connections to the readers.
 */
export class WriterTurns {
	readonly #waiting: Waiting[] = [];
	#isTaken = false;

	/** @param patience how long a turn is waited for, in ms */
	constructor(private readonly patience: number) {}

	/**
	 * @returns what ends the turn; to be called once
	 * @throws CloudError: nothing was executed
	 */
	async take(): Promise<() => void> {
		if (this.#isTaken) await this.#wait();
		this.#isTaken = true;
		return () => this.#end();
	}

	#wait(): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const timer = setTimeout(() => {
			const place = this.#waiting.findIndex((waiting) => waiting.timer === timer);
			this.#waiting.splice(place, 1);
			reject(busyError(this.patience));
		}, this.patience);
		this.#waiting.push({ timer, begin: resolve });
		return promise;
	}

	/** The turn is handed on rather than let go of, or one who comes at this moment would go before. */
	#end(): void {
		const next = this.#waiting.shift();
		if (!next) {
			this.#isTaken = false;
			return;
		}
		clearTimeout(next.timer);
		next.begin();
	}
}

function busyError(patience: number): CloudError {
	const message = `Other changes kept the database busy for ${patience / 1_000} s.`;
	return new CloudError(message, "Try again in a moment.", {
		fate: "not executed",
		kind: "unreachable",
		isRetryable: true,
	});
}

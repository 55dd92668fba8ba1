/**
 * The standard output as a place for a log's lines. Where they cannot go there, because their disk is full or because
 * nobody reads them any more, whoever writes them goes on.
 */
export class LogLines {
	readonly #sink = Bun.stdout.writer();
	#isFailing = false;

	/** @param warn told once whenever it begins not to work */
	constructor(readonly warn: (sentence: string) => void) {}

	write(text: string): void {
		try {
			const written = Promise.all([this.#sink.write(text), this.#sink.flush()]);
			written.then(this.#noteSuccess, this.#noteFault);
		} catch (error) {
			this.#noteFault(error);
		}
	}

	/** Waits for what is on its way. */
	async end(): Promise<void> {
		try {
			await this.#sink.end();
		} catch (error) {
			this.#noteFault(error);
		}
	}

	readonly #noteSuccess = (): void => {
		this.#isFailing = false;
	};

	readonly #noteFault = (error: unknown): void => {
		if (this.#isFailing) return;
		this.#isFailing = true;
		const why = error instanceof Error ? error.message : error;
		this.warn(`The log cannot be written (${why}). The server goes on without it until it can.`);
	};
}

/** Further ones, one after the other without success. */
const MOST_TRIES = 4;
/** How long one run waits for a server altogether, in ms. */
const MOST_WAITING = 60_000;
const FIRST_WAIT = 1_000;

/** Decides how long to wait before a server is asked again, and when to leave it for another day. */
export class Patience {
	#tries = 0;
	#spent = 0;

	/** @param random from 0 to 1 */
	constructor(readonly random: () => number) {}

	/** Something got through: the next trouble is a new one. */
	reset(): void {
		this.#tries = 0;
	}

	/**
	 * Full jitter below a doubling limit, so that many machines do not come back at once.
	 *
	 * @param took how long the failed try took, in ms
	 * @param asked how long the server wants to be left alone, in ms
	 * @returns ms to wait, or undefined when it is enough
	 */
	nextWait(took: number, asked = 0): number | undefined {
		const limit = FIRST_WAIT * 2 ** this.#tries;
		const wait = Math.max(asked, Math.round(this.random() * limit));
		this.#tries++;
		this.#spent += took + wait;
		return this.#tries > MOST_TRIES || this.#spent > MOST_WAITING ? undefined : wait;
	}
}

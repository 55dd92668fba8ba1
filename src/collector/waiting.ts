import type { Database } from "../ledger/database.ts";
import { findWait, saveWait } from "../ledger/push-targets.ts";
import { DAY_MS, isoTime } from "../usage/day.ts";
import type { Trouble } from "./ask-server.ts";
import { Patience } from "./patience.ts";

/** `why` goes on with "The server …". `late`: it took what it was sent, and that took too long. */
export type PushStop = { code: "key_refused" | "unreachable" | "late"; why: string };

/** Whoever starts a push may end it between two requests, and see how far it is. */
export type PushLimits = {
	/** Whether it has taken long enough: what is left goes the next time. */
	isLate?: (() => boolean) | undefined;
	/** Is told after each request how many are done of all that there were to send. */
	progress?: ((done: number, all: number) => void) | undefined;
};

export const LATE: PushStop = { code: "late", why: "was still taking usage in when this run had to end" };

/** A server that answers from one ledger and then from another never has everything. */
export const MOST_NEW_LEDGERS = 3;
export const INCONSTANT = unreachable("answers from one database and then from another");

export type WaitingOptions = {
	/** Address of the server that is waited for. */
	address: string;
	/** Epoch ms. */
	now: () => number;
	sleep: (ms: number) => Promise<void>;
	/** From 0 to 1. */
	random: () => number;
};

const LONGEST_WAIT = DAY_MS;

/** Waits for a server in trouble, and notes how long it wants to be left alone. */
export class Waiting {
	readonly #patience: Patience;

	constructor(
		readonly db: Database,
		readonly options: WaitingOptions,
	) {
		this.#patience = new Patience(options.random);
	}

	/** Something got through: the next trouble is a new one. */
	reset(): void {
		this.#patience.reset();
	}

	/** Whether the server asked not to be asked now. */
	async findStop(): Promise<PushStop | undefined> {
		const { address, now } = this.options;
		const until = await findWait(this.db, address, now());
		return until === undefined ? undefined : leftAlone(until);
	}

	/**
	 * Waits before another try, or says why there is none.
	 *
	 * @param took how long the failed try took, in ms
	 */
	async after(trouble: Trouble, took: number): Promise<PushStop | undefined> {
		const { address, now, sleep } = this.options;
		if (trouble.kind === "refused_key") return { code: "key_refused", why: trouble.why };
		if (trouble.kind !== "busy" && trouble.kind !== "cut") return unreachable(trouble.why);
		const wait = this.#patience.nextWait(took, trouble.waitMs);
		if (wait !== undefined) {
			await sleep(wait);
			return undefined;
		}
		if (!trouble.waitMs) return unreachable(trouble.why);
		const until = now() + Math.min(LONGEST_WAIT, trouble.waitMs);
		await this.db.transaction((tx) => saveWait(tx, address, now(), until));
		return leftAlone(until);
	}
}

export function unreachable(why: string): PushStop {
	return { code: "unreachable", why };
}

function leftAlone(until: number): PushStop {
	return unreachable(`asked to be left alone until ${isoTime(until)}`);
}

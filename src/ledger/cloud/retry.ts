import { CloudError } from "./cloud-error.ts";

/** How often something is tried again, and after how long. */
export type RetryPolicy = {
	/** Further tries after the first. */
	attempts: number;
	/** Before the first further try, in ms; doubled for each one after it. */
	delayMs: number;
};

/** The longest pause, in ms: a change of the cluster's leader takes some seconds. */
const LONGEST_PAUSE = 8_000;

/**
 * Runs `work` again where that is safe. It sleeps between tries, so `work` gets itself a connection and gives it back:
 * one that is held meanwhile would be missing to everybody else.
 *
 * @throws what the last try threw
 */
export async function retrying<Result>(
	policy: RetryPolicy,
	work: () => Promise<Result>,
	isSafeToRepeat: (error: CloudError) => boolean,
	sleep: (ms: number) => Promise<unknown> = Bun.sleep,
	random: () => number = Math.random,
): Promise<Result> {
	for (let tried = 0; ; tried++) {
		try {
			return await work();
		} catch (error) {
			if (tried >= policy.attempts || !(error instanceof CloudError) || !isSafeToRepeat(error)) throw error;
			await sleep(pauseAfter(tried, policy.delayMs, random()));
		}
	}
}

/**
 * Half of a pause is fixed and half is left to chance: without chance all who were cut off come back at the same
 * instant; with nothing but chance, all tries may fall inside one election.
 */
function pauseAfter(tried: number, delayMs: number, chance: number): number {
	const whole = Math.min(delayMs * 2 ** tried, LONGEST_PAUSE);
	return whole / 2 + (whole / 2) * chance;
}

import { Limiter, type Limits, usualLimits } from "../../src/web/gates/limits.ts";

/** How long (ms) one waits who was put off. */
const TRIED_EVERY = 5;

const none = () => new Limiter({ most: 1e9, perMinute: 1e9 });

/** Limits that nobody comes to: tests stop the clock that these are filled up again by. */
export const WITHOUT_LIMITS: Limits = {
	...usualLimits(),
	addresses: none(),
	failures: none(),
	people: none(),
	changes: none(),
	signUps: { most: 1e9, windowMs: 1 },
};

/**
 * Asks until it is answered by something else than that the server is in trouble.
 *
 * @throws Error where such an answer does not say when to come back
 * @returns how often it was put off, beside the answer
 */
export async function insist(
	ask: (tried: number) => Promise<Response>,
): Promise<{ response: Response; refusals: number }> {
	for (let refusals = 0; ; refusals++) {
		const response = await ask(refusals);
		if (response.status !== 503) return { response, refusals };
		if (!(Number(response.headers.get("retry-after")) > 0)) {
			throw new Error("a server in trouble does not say when to come back");
		}
		await Bun.sleep(TRIED_EVERY);
	}
}

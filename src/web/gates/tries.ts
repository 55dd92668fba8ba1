import { type AttemptLimit, noteAttempt } from "../../ledger/attempts.ts";
import { MOST_HOURLY, noteHourly } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import { type Problem, ProblemError } from "../errors.ts";
import type { Arrival } from "../route.ts";
import { placeOf } from "./proxies.ts";

/** So many wrong secrets of a kind from one address. */
const LIMIT: AttemptLimit = { most: 10, windowMs: 5 * 60_000 };

/**
 * Notes that a wrong secret came from an address. A right one is never asked about: secrets are too long to be guessed,
 * and somebody else behind the same address should lock nobody out.
 *
 * @returns how long (ms) the address has to wait, where it tried too often
 */
export async function noteWrong(
	db: Database,
	what: "key" | "invite" | "link",
	{ address, now }: Pick<Arrival, "address" | "now">,
): Promise<number | undefined> {
	const waitMs = await noteAttempt(db, `${what} ${placeOf(address)}`, LIMIT, now);
	// The first of an hour, and that there were too many: more would only fill the log.
	const detail = waitMs === undefined ? { what } : { what, tries: LIMIT.most };
	await noteHourly(db, { action: "login.failed", detail, address }, now, MOST_HOURLY);
	return waitMs;
}

/**
 * Refuses a wrong secret.
 *
 * @throws ProblemError `problem`, or that there were too many
 */
export async function refuseWrong(
	db: Database,
	what: "invite" | "link",
	arrival: Pick<Arrival, "address" | "now">,
	problem: Problem,
): Promise<never> {
	const waitMs = await noteWrong(db, what, arrival);
	throw new ProblemError(waitMs === undefined ? problem : tooManyTries(waitMs));
}

export function tooManyTries(waitMs: number): Problem {
	return {
		status: 429,
		code: "too_many_tries",
		title: "Too many tries",
		sentence: "Too many wrong keys or codes came from your address.",
		hint: `Wait ${waitText(waitMs)} and try again.`,
		waitMs,
	};
}

/** How long somebody has to wait, in words that go after "in". */
export function waitText(waitMs: number): string {
	const seconds = Math.ceil(waitMs / 1_000);
	if (seconds < 60) return `${seconds} seconds`;
	const minutes = Math.ceil(seconds / 60);
	return minutes === 1 ? "a minute" : `${minutes} minutes`;
}

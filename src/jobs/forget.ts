import type { Database } from "../ledger/database.ts";
import { finishErasure, listErasures } from "../ledger/erase.ts";
import { forgetBefore } from "../ledger/forgetting.ts";
import { findInstanceSettings, saveInstanceSetting } from "../ledger/instance-settings.ts";
import { findNewestResponse, findRetentionRules, listRetainedUsers } from "../ledger/retention.ts";
import { DAY_MS, HOUR_MS } from "../usage/day.ts";
import { horizonAt, keptMonths, retainedUntil } from "../usage/retention.ts";
import type { Job } from "./clock.ts";

/** Removes what erased accounts left, where a server was stopped before it was done. */
export const FINISH_ERASURES: Job = {
	name: "erasures",
	everyMs: HOUR_MS,
	async run(db, _now, isOver) {
		const erasures = await listErasures(db);
		let finished = 0;
		for (const erasure of erasures) if (await finishErasure(db, erasure, isOver)) finished++;
		return { erasures: erasures.length, finished };
	},
};

/**
 * Removes each person's single responses that are older than the person, or the server, wants them kept. Nothing is removed at
 * once because a clock jumped ahead; see {@link retainedUntil}.
 */
export const APPLY_RETENTION: Job = {
	name: "retention",
	everyMs: DAY_MS,
	run: applyRetention,
};

async function applyRetention(db: Database, now: number, isOver: () => boolean) {
	const [rules, users, { retainedAt }] = await Promise.all([
		findRetentionRules(db),
		listRetainedUsers(db),
		findInstanceSettings(db),
	]);
	const sums = { people: 0, events: 0 };
	// Before the first run there is nothing else by which the clock could be held.
	const last = retainedAt ?? (await findNewestResponse(db));
	if (last === undefined) return sums;
	const until = retainedUntil(now, last);
	for (const user of users) {
		const months = keptMonths(user.choice, rules);
		const horizon = months === null ? user.horizon : Math.max(user.horizon, horizonAt(until, months));
		// Who keeps everything by now may have forgotten something once, and not all of it in one go.
		if (horizon === 0) continue;
		const { events, isDone } = await forgetBefore(db, user, horizon, isOver);
		if (events > 0) sums.people++;
		sums.events += events;
		if (!isDone) break;
	}
	await db.transaction((tx) => saveInstanceSetting(tx, "retainedAt", until));
	if (until === now) return sums;
	const clockAheadDays = Math.floor((now - until) / DAY_MS);
	return {
		...sums,
		clockAheadDays,
		waits: "The clock is far ahead of the last run: retention follows by days.",
	};
}

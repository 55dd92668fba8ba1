import type { Reader, Transaction } from "./database.ts";
import { isShownNameTaken } from "./shown-names.ts";

/** What a person settled about plan and leaderboard, and has read. Times are epoch ms. */
export type Preferences = {
	/** A plan's id or `other`, which has a price of its own a month, in cents of a dollar. */
	plan: string | null;
	planCents: number | null;
	/** Since when the person takes part in the leaderboard. */
	leaderboardAt: number | null;
	/** The name that others see there; it is kept for when the person takes part again. */
	leaderboardName: string | null;
	/** Since when an admin leaves the person out. */
	leaderboardExcludedAt: number | null;
	/** Of when on the person has read that admins may see the person's usage. */
	usageOpenedKnown: number | null;
};

const NOTHING_SETTLED: Preferences = {
	plan: null,
	planCents: null,
	leaderboardAt: null,
	leaderboardName: null,
	leaderboardExcludedAt: null,
	usageOpenedKnown: null,
};

export async function findPreferences(db: Reader, user: number): Promise<Preferences> {
	const found = await db.get<Preferences>(
		`select
			plan,
			plan_cents as planCents,
			leaderboard_at as leaderboardAt,
			leaderboard_name as leaderboardName,
			leaderboard_excluded_at as leaderboardExcludedAt,
			usage_opened_known as usageOpenedKnown
		from preferences
		where user = ?`,
		[user],
	);
	return found ?? NOTHING_SETTLED;
}

/** @param planCents what plan `other` costs a month; null with any other */
export async function savePlan(
	tx: Transaction,
	user: number,
	{ plan, planCents }: Pick<Preferences, "plan" | "planCents">,
): Promise<void> {
	await tx.run(
		`insert into preferences (user, plan, plan_cents) values (?, ?, ?)
		on conflict do update set plan = excluded.plan, plan_cents = excluded.plan_cents`,
		[user, plan, planCents],
	);
}

/**
 * The person takes part in the leaderboard from now on, or under another name.
 *
 * @param name what others see, and its key, which nobody else's name may have
 * @returns false where somebody has such a name already; nothing is changed then
 */
export async function joinLeaderboard(
	tx: Transaction,
	user: number,
	name: { text: string; key: string },
	now: number,
): Promise<boolean> {
	if (await isShownNameTaken(tx, user, name.key)) return false;
	await tx.run(
		`insert into preferences (user, leaderboard_at, leaderboard_name, leaderboard_key) values (?, ?, ?, ?)
		on conflict (user) do update set
			leaderboard_at = ifnull(leaderboard_at, excluded.leaderboard_at),
			leaderboard_name = excluded.leaderboard_name,
			leaderboard_key = excluded.leaderboard_key`,
		[user, now, name.text, name.key],
	);
	return true;
}

/** The person takes part no more. The name is kept for another time, but is free for others meanwhile. */
export async function leaveLeaderboard(tx: Transaction, user: number, name: string | null): Promise<void> {
	await tx.run(
		`insert into preferences (user, leaderboard_name) values (?, ?)
		on conflict do update set
			leaderboard_at = null, leaderboard_key = null, leaderboard_name = excluded.leaderboard_name`,
		[user, name],
	);
}

/** @param at since when an admin leaves the person out (epoch ms); null to let the person in again */
export async function saveExclusion(tx: Transaction, user: number, at: number | null): Promise<void> {
	await tx.run(
		`insert into preferences (user, leaderboard_excluded_at) values (?, ?)
		on conflict do update set leaderboard_excluded_at = excluded.leaderboard_excluded_at`,
		[user, at],
	);
}

/** @param weekStart the day of the week on which the person's weeks begin, 0 being Monday */
export async function saveWeekStart(tx: Transaction, user: number, weekStart: number): Promise<void> {
	await tx.run(
		`insert into preferences (user, week_start) values (?, ?)
		on conflict do update set week_start = excluded.week_start`,
		[user, weekStart],
	);
}

/** Notes that a person has read since when (epoch ms) admins may see the person's usage. */
export async function saveUsageOpenedKnown(tx: Transaction, user: number, openedAt: number): Promise<void> {
	await tx.run(
		`insert into preferences (user, usage_opened_known) values (?, ?)
		on conflict do update set usage_opened_known = excluded.usage_opened_known`,
		[user, openedAt],
	);
}

import { parseShownName } from "../account/shown-name.ts";
import type { Reader, Transaction } from "./database.ts";

/** What a person settled about plan and leaderboard. Times are epoch ms. */
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
};

const NOTHING_SETTLED: Preferences = {
	plan: null,
	planCents: null,
	leaderboardAt: null,
	leaderboardName: null,
	leaderboardExcludedAt: null,
};

export async function findPreferences(db: Reader, user: number): Promise<Preferences> {
	const found = await db.get<Preferences>(
		`select
			plan,
			plan_cents as planCents,
			leaderboard_at as leaderboardAt,
			leaderboard_name as leaderboardName,
			leaderboard_excluded_at as leaderboardExcludedAt
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
	if (await isNameTaken(tx, user, name)) return false;
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

/** A name that others see on the leaderboard, or know an account by: everybody's but the person's own. */
async function isNameTaken(tx: Transaction, user: number, { key }: { key: string }): Promise<boolean> {
	const [shown, others] = await Promise.all([
		tx.get("select 1 as found from preferences where leaderboard_key = ? and user <> ?", [key, user]),
		tx.all<{ username: string }>("select username from accounts where user <> ?", [user]),
	]);
	return shown !== undefined || others.some(({ username }) => parseShownName(username)?.key === key);
}

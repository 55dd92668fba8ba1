import type { Reader } from "../ledger/database.ts";

/** Somebody who takes part in the leaderboard, or is left out of it. Times are epoch ms. */
export type BoardPerson = {
	user: number;
	/** Of the account. */
	id: string;
	username: string;
	/** What others read. */
	name: string | null;
	joinedAt: number | null;
	excludedAt: number | null;
};

/** Whom the leaderboard is about, for those who look after it, by their user names. */
export async function listBoardPeople(db: Reader): Promise<BoardPerson[]> {
	return db.all<BoardPerson>(
		`select
			accounts.user,
			accounts.id,
			accounts.username,
			preferences.leaderboard_name as name,
			preferences.leaderboard_at as joinedAt,
			preferences.leaderboard_excluded_at as excludedAt
		from preferences
		join accounts on accounts.user = preferences.user
		where preferences.leaderboard_at is not null or preferences.leaderboard_excluded_at is not null
		order by accounts.username`,
	);
}

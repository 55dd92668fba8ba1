import type { Reader } from "../ledger/database.ts";

/** Numbers of the people whose e-mail address was confirmed: those of others are what they say. */
export async function listConfirmedEmails(db: Reader): Promise<Set<number>> {
	const rows = await db.all<{ user: number }>(
		`select accounts.user
		from accounts
		join preferences on preferences.user = accounts.user
		where preferences.email_confirmed = accounts.email
		order by accounts.user`,
		[],
	);
	return new Set(rows.map(({ user }) => user));
}

import type { RetentionChoice, RetentionRules } from "../usage/retention.ts";
import type { Reader, Transaction } from "./database.ts";
import { findInstanceSettings, saveInstanceSetting } from "./instance-settings.ts";
import type { LedgerUser } from "./users.ts";

/** A person and what the person chose. */
export type RetainedUser = LedgerUser & { choice: RetentionChoice };

/** What an admin settled for everyone. */
export async function findRetentionRules(db: Reader): Promise<RetentionRules> {
	const { retention, retentionMost } = await findInstanceSettings(db);
	return { usual: retention, most: retentionMost };
}

export async function saveRetentionRules(tx: Transaction, { usual, most }: RetentionRules): Promise<void> {
	await saveInstanceSetting(tx, "retention", usual);
	await saveInstanceSetting(tx, "retentionMost", most);
}

export async function findRetentionChoice(db: Reader, user: number): Promise<RetentionChoice> {
	const found = await db.get<{ months: number | null }>(
		"select retention_months as months from preferences where user = ?",
		[user],
	);
	return found?.months ?? null;
}

export async function saveRetentionChoice(
	tx: Transaction,
	user: number,
	choice: RetentionChoice,
): Promise<void> {
	await tx.run(
		`insert into preferences (user, retention_months) values (?, ?)
		on conflict do update set retention_months = excluded.retention_months`,
		[user, choice],
	);
}

/** When the newest response of all was (epoch ms), undefined where there is none. */
export async function findNewestResponse(db: Reader): Promise<number | undefined> {
	const found = await db.get<{ at: number | null }>(
		`select max((select max(at) from events where user = users.id and replay = 0)) as at
		from users`,
	);
	return found?.at ?? undefined;
}

/** Everyone with an account, in the order in which they came. */
export async function listRetainedUsers(db: Reader): Promise<RetainedUser[]> {
	return db.all<RetainedUser>(
		`select users.id, users.zone, users.horizon, preferences.retention_months as choice
		from accounts
		join users on users.id = accounts.user
		left join preferences on preferences.user = accounts.user
		order by users.id`,
	);
}

import { keyOfName } from "../account/shown-name.ts";
import type { Transaction } from "./database.ts";

/** For whom no account is there yet: every name is somebody else's. */
export const NOBODY = -1;

/**
 * Whether somebody else is known by a name, or by one that looks the same: as a user name, as a name that they gave
 * themselves, or on the leaderboard.
 *
 * @param key of the name
 */
export async function isShownNameTaken(tx: Transaction, user: number, key: string): Promise<boolean> {
	const [shown, others] = await Promise.all([
		tx.get("select 1 as found from preferences where leaderboard_key = ? and user <> ?", [key, user]),
		tx.all<{ username: string; displayName: string | null }>(
			"select username, display_name as displayName from accounts where user <> ? order by user",
			[user],
		),
	]);
	const looksTheSame = (name: string | null) => name !== null && keyOfName(name) === key;
	return (
		shown !== undefined ||
		others.some(({ username, displayName }) => looksTheSame(username) || looksTheSame(displayName))
	);
}

/**
 * Names a person for others on the server.
 *
 * @param text null for none
 */
export async function saveDisplayName(tx: Transaction, user: number, text: string | null): Promise<void> {
	await tx.run("update accounts set display_name = ? where user = ?", [text, user]);
}

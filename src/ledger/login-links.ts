import { digestOf, randomBase62 } from "../account/secret.ts";
import type { Transaction } from "./database.ts";

/** How long a link is good, in ms. */
export const LINK_MS = 60_000;

const CODE_LENGTH = 43;

/** Makes a link that opens a web session, once. `key` is the key that asked: the session ends with it. */
export async function saveNewLink(
	tx: Transaction,
	{ user, key }: { user: number; key: string },
	now: number,
): Promise<string> {
	const code = randomBase62(CODE_LENGTH);
	await tx.run("delete from login_links where expires_at <= ?", [now]);
	await tx.run("insert into login_links (digest, user, key, expires_at) values (?, ?, ?, ?)", [
		digestOf(code),
		user,
		key,
		now + LINK_MS,
	]);
	return code;
}

/** Takes a link: whose it is, if it is still good. There is no second time. */
export async function takeLink(
	tx: Transaction,
	code: string,
	now: number,
): Promise<{ user: number; key: string } | undefined> {
	return tx.get<{ user: number; key: string }>(
		`delete from login_links
		where digest = ? and expires_at > ?
			and user in (select user from accounts where disabled_at is null)
			and key in (
				select id from api_keys where revoked_at is null and (expires_at is null or expires_at > ?)
			)
		returning user, key`,
		[digestOf(code), now, now],
	);
}

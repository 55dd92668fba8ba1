import { digestOf, randomBase62 } from "../account/secret.ts";
import type { Reader, Transaction } from "./database.ts";

/** What a link in a mail is good for: it ends the reports, or confirms that the address is its owner's. */
export type MailPurpose = "stop" | "confirm";

const CODE_LENGTH = 43;

/**
 * Makes a link's code, of which only the digest is kept.
 *
 * @param expiresAt epoch ms
 */
export async function saveMailLink(
	tx: Transaction,
	link: { user: number; purpose: MailPurpose; address: string; expiresAt: number },
): Promise<string> {
	const code = randomBase62(CODE_LENGTH);
	// Of somebody who was erased meanwhile nothing is kept, and the link leads nowhere.
	await tx.run(
		`insert into mail_links (digest, user, purpose, address, expires_at)
		select ?, user, ?, ?, ? from accounts where user = ?`,
		[digestOf(code), link.purpose, link.address, link.expiresAt, link.user],
	);
	return code;
}

/** Whose link it is, and for which address, if it is still good. It may be used again: mail programs open links, too. */
export async function findMailLink(
	db: Reader,
	code: string,
	purpose: MailPurpose,
	now: number,
): Promise<{ user: number; address: string } | undefined> {
	return db.get<{ user: number; address: string }>(
		"select user, address from mail_links where digest = ? and purpose = ? and expires_at > ?",
		[digestOf(code), purpose, now],
	);
}

/** Voids somebody's links of a kind. */
export async function deleteMailLinks(tx: Transaction, user: number, purpose: MailPurpose): Promise<void> {
	await tx.run("delete from mail_links where user = ? and purpose = ?", [user, purpose]);
}

import { expectAccount } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Transaction } from "../../ledger/database.ts";
import { deleteSessionOf, saveNewSession } from "../../ledger/web-sessions.ts";
import type { Ask } from "../route.ts";
import { isSecure, sessionCookie, sessionSecretOf } from "./session-cookie.ts";

/**
 * Logs a browser in. The session is a new one, whatever cookie the browser came with; the one it had ends.
 *
 * @param key id of the key that opens it, with which it ends
 * @param how what opened it, for the log
 * @returns its cookie
 */
export async function openSession(
	tx: Transaction,
	{ user, key, how }: { user: number; key: string | null; how: "key" | "link" | "invite" },
	{ request, origin, address, now }: Pick<Ask, "request" | "origin" | "address" | "now">,
): Promise<string> {
	await expectAccount(tx, user);
	const before = sessionSecretOf(request, origin);
	if (before !== undefined) await deleteSessionOf(tx, before);
	const agent = request.headers.get("user-agent");
	const { secret, session } = await saveNewSession(tx, { user, key, agent }, now);
	await saveAudit(tx, { user, action: "login", detail: { session: session.id, how }, address }, now);
	return sessionCookie(secret, isSecure(origin));
}

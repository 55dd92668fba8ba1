import type { Account } from "../../account/account.ts";
import { type ApiKey, type KeyKind, kindOfKey } from "../../account/api-key.ts";
import { findUsableKey } from "../../ledger/api-keys.ts";
import type { Database } from "../../ledger/database.ts";
import type { Person } from "../../ledger/users.ts";
import { findSession, type WebSession } from "../../ledger/web-sessions.ts";
import { type Access, type Arrival, isPage } from "../route.ts";
import { sessionSecretOf } from "./session-cookie.ts";

/** Who asks, and by what that is known. */
export type Known = {
	account: Account;
	/** How the account's usage stands. */
	person: Person;
	key?: ApiKey | undefined;
	session?: WebSession | undefined;
	/** A session may do no more than the key that opened it. */
	sessionKind?: KeyKind | undefined;
	secret?: string | undefined;
};

/** Who asks, as long as their key or session is good. A page is opened by a session alone; elsewhere a key goes first. */
export async function identify(
	db: Database,
	{ request, origin, now }: Pick<Arrival, "origin" | "now"> & { request: Request },
	access: Access,
): Promise<Known | undefined> {
	const text = request.headers.get("x-api-key");
	if (text !== null && !isPage(access)) return kindOfKey(text) && (await findUsableKey(db, text, now));
	const secret = sessionSecretOf(request, origin);
	const found = secret === undefined ? undefined : await findSession(db, secret, now);
	if (!found) return undefined;
	const { account, person, session, kind } = found;
	return { account, person, session, sessionKind: kind, secret };
}

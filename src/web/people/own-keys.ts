import type { ApiKey, KeyKind } from "../../account/api-key.ts";
import { expectAccount } from "../../ledger/accounts.ts";
import { listKeys, type NewKey, revokeKey, saveNewKey } from "../../ledger/api-keys.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database, Reader } from "../../ledger/database.ts";
import { listSessions } from "../../ledger/web-sessions.ts";
import { NO_KEY, NOT_FOUND, type Problem, ProblemError } from "../errors.ts";
import { type Arrival, accountOf, type Viewer } from "../route.ts";

/** A session that was opened longer ago (ms) may make no keys: whoever finds a browser open gets none for later. */
const FRESH_MS = 15 * 60_000;
/** Keys that are not revoked; nobody has use for so many. */
const MOST_KEYS = 200;

export const NOT_WIDER: Problem = {
	status: 403,
	code: "not_wider",
	title: "A key cannot make such a key",
	sentence: "A key makes only keys of kind read and ingest, and none that is good for longer than itself.",
	hint: "Log in in a browser, with a key that does not end before, and make the key there.",
};

export const LOG_IN_AGAIN: Problem = {
	status: 403,
	code: "log_in_again",
	title: "Log in again",
	sentence: "Keys are made within 15 minutes of a log-in.",
	hint: "Log out, log in again, and make the key then.",
};

export const TOO_MANY_KEYS: Problem = {
	status: 409,
	code: "too_many_keys",
	title: "There are too many keys",
	sentence: `An account has at most ${MOST_KEYS} keys that are not revoked.`,
	hint: "Revoke those that nothing uses any more.",
};

type When = Pick<Arrival, "now" | "address">;

/** Kinds of keys that somebody may make. */
export function kindsFor(viewer: Viewer, now: number): readonly KeyKind[] {
	if (viewer.key) return ["read", "ingest"];
	return isFresh(viewer, now) ? ["full", "read", "ingest"] : [];
}

/**
 * Makes a key for who asks. The text of it is given out this once.
 *
 * @throws ProblemError for one that could do more, or for longer, than who asks for it
 */
export async function makeOwnKey(
	db: Database,
	viewer: Viewer,
	wanted: NewKey,
	{ now, address }: When,
): Promise<{ text: string; key: ApiKey }> {
	const { user } = accountOf(viewer);
	return db.transaction(async (tx) => {
		await expectAccount(tx, user);
		const live = (await listKeys(tx, user)).filter(({ revokedAt }) => revokedAt === null);
		if (!(await isStillIn(tx, viewer, live, now))) throw new ProblemError(NO_KEY);
		const opener = live.find(({ id }) => id === viewer.session?.key);
		refuseWidening(wanted, viewer, opener, now);
		if (live.length >= MOST_KEYS) throw new ProblemError(TOO_MANY_KEYS);
		const made = await saveNewKey(tx, user, wanted, now);
		const detail = { key: made.key.id, kind: wanted.kind, by: viewer.key?.id ?? null };
		await saveAudit(tx, { user, action: "key.created", detail, address }, now);
		return made;
	});
}

/** Whoever took a key or a browser's session from its owner gets nothing new by it while the owner ends it. */
async function isStillIn(
	tx: Reader,
	{ key, session }: Viewer,
	live: readonly ApiKey[],
	now: number,
): Promise<boolean> {
	if (key) return live.some(({ id }) => id === key.id);
	const sessions = session ? await listSessions(tx, session.user, now) : [];
	return sessions.some(({ id }) => id === session?.id);
}

/** @throws ProblemError where there is no such key that could still be used */
export async function revokeOwnKey(
	db: Database,
	viewer: Viewer,
	id: string,
	{ now, address }: When,
): Promise<void> {
	const { user } = accountOf(viewer);
	await db.transaction(async (tx) => {
		if (!(await revokeKey(tx, user, id, now))) throw new ProblemError(NOT_FOUND);
		const detail = { key: id, by: viewer.key?.id ?? null };
		await saveAudit(tx, { user, action: "key.revoked", detail, address }, now);
	});
}

/**
 * @param opener the key that opened the session that asks: what ends with it makes nothing that outlasts it
 * @throws ProblemError
 */
function refuseWidening(
	{ kind, expiresAt }: NewKey,
	viewer: Viewer,
	opener: ApiKey | undefined,
	now: number,
): void {
	if (!viewer.key && !isFresh(viewer, now)) throw new ProblemError(LOG_IN_AGAIN);
	const end = (viewer.key ?? opener)?.expiresAt ?? null;
	const isLonger = end !== null && (expiresAt === null || expiresAt > end);
	if ((viewer.key && kind === "full") || isLonger) throw new ProblemError(NOT_WIDER);
}

/** Whether somebody has just logged in: whoever finds a browser open is not taken for its owner. */
export function isFresh({ session }: Viewer, now: number): boolean {
	return session !== undefined && now - session.createdAt < FRESH_MS;
}

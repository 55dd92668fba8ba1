import type { Account } from "../account/account.ts";
import type { KeyKind } from "../account/api-key.ts";
import { digestOf, randomBase62 } from "../account/secret.ts";
import { DAY_MS } from "../usage/day.ts";
import { ACCOUNT_COLUMNS } from "./accounts.ts";
import type { Reader, Transaction } from "./database.ts";
import { partOf, renamed } from "./joined-rows.ts";
import { PERSON_COLUMNS, type Person } from "./users.ts";

/** How long a session lasts unused, and how long at most, in ms. */
export const IDLE_MS = 14 * DAY_MS;
export const ABSOLUTE_MS = 90 * DAY_MS;
/** Its use is noted no more often than this, in ms. */
const USE_NOTED_EVERY = 60_000;

/** So many last at once; nobody has so many browsers, and a program that logs in again and again fills nothing. */
export const MOST_SESSIONS = 100;

const ID_LENGTH = 43;

/** A session as it is kept: what the cookie holds is not. Times are epoch ms. */
export type WebSession = {
	/** UUID, for lists; not what the cookie holds. */
	id: string;
	user: number;
	/** The key that opened it. */
	key: string | null;
	/** What the browser calls itself. */
	agent: string | null;
	createdAt: number;
	seenAt: number;
};

const COLUMNS = `
	web_sessions.id, web_sessions.user, web_sessions.key, web_sessions.agent,
	web_sessions.created_at as createdAt, web_sessions.seen_at as seenAt`;

const FOUND = [
	renamed(COLUMNS, "session"),
	renamed(ACCOUNT_COLUMNS, "account"),
	renamed(PERSON_COLUMNS, "person"),
].join(", ");

/** A session ends with the key that opened it. */
const LASTS = `
	web_sessions.seen_at > ? and web_sessions.created_at > ? and (
		web_sessions.key is null
		or exists (
			select 1 from api_keys
			where api_keys.id = web_sessions.key and api_keys.revoked_at is null
				and (api_keys.expires_at is null or api_keys.expires_at > ?)
		)
	)`;

/** Opens a session, and forgets those that are over and those beyond the most, used longest ago. `secret` is for the cookie, given out this once and not kept. */
export async function saveNewSession(
	tx: Transaction,
	{ user, key, agent }: { user: number; key: string | null; agent: string | null },
	now: number,
): Promise<{ secret: string; session: WebSession }> {
	const secret = randomBase62(ID_LENGTH);
	const session: WebSession = {
		id: Bun.randomUUIDv7(),
		user,
		key,
		agent: agent?.slice(0, 200) ?? null,
		createdAt: now,
		seenAt: now,
	};
	await tx.run("delete from web_sessions where user = ? and (seen_at <= ? or created_at <= ?)", [
		user,
		now - IDLE_MS,
		now - ABSOLUTE_MS,
	]);
	await tx.run(
		`delete from web_sessions where id in (
			select id from web_sessions where user = ? order by seen_at desc, id desc limit -1 offset ?
		)`,
		[user, MOST_SESSIONS - 1],
	);
	await tx.run(
		`insert into web_sessions (id, user, digest, key, agent, created_at, seen_at)
		values (?, ?, ?, ?, ?, ?, ?)`,
		[session.id, user, digestOf(secret), key, session.agent, now, now],
	);
	return { secret, session };
}

/** The session of a cookie, while it lasts, its person, how the person's usage stands, and the kind of the key that opened it. */
export async function findSession(
	db: Reader,
	secret: string,
	now: number,
): Promise<{ session: WebSession; account: Account; person: Person; kind: KeyKind } | undefined> {
	const row = await db.get<Record<string, unknown> & { kind: KeyKind }>(
		`select ${FOUND}, coalesce(api_keys.kind, 'full') as kind
		from web_sessions
		join accounts on accounts.user = web_sessions.user
		join users on users.id = web_sessions.user
		left join api_keys on api_keys.id = web_sessions.key
		where web_sessions.digest = ? and accounts.disabled_at is null and ${LASTS}`,
		[digestOf(secret), now - IDLE_MS, now - ABSOLUTE_MS, now],
	);
	if (!row) return undefined;
	return {
		session: partOf<WebSession>(row, "session"),
		account: partOf<Account>(row, "account"),
		person: partOf<Person>(row, "person"),
		kind: row.kind,
	};
}

/** Whether it is time to note that a session is used: not where that was noted a short while ago. */
export function isSessionUseDue({ seenAt }: WebSession, now: number): boolean {
	return now - seenAt >= USE_NOTED_EVERY;
}

export async function saveSessionUse(
	db: Pick<Transaction, "batch">,
	session: WebSession,
	now: number,
): Promise<void> {
	await db.batch([{ sql: "update web_sessions set seen_at = ? where id = ?", rows: [[now, session.id]] }]);
}

/** A person's sessions that last, the newest first. */
export async function listSessions(db: Reader, user: number, now: number): Promise<WebSession[]> {
	return db.all<WebSession>(
		`select ${COLUMNS}
		from web_sessions
		where web_sessions.user = ? and ${LASTS}
		order by web_sessions.created_at desc, web_sessions.id desc`,
		[user, now - IDLE_MS, now - ABSOLUTE_MS, now],
	);
}

/** @returns whether there was one */
export async function deleteSession(tx: Transaction, user: number, id: string): Promise<boolean> {
	return (await tx.run("delete from web_sessions where user = ? and id = ?", [user, id])) > 0;
}

/** Ends the session of a cookie, if it is one. */
export async function deleteSessionOf(tx: Transaction, secret: string): Promise<void> {
	await tx.run("delete from web_sessions where digest = ?", [digestOf(secret)]);
}

/** Ends all of a person's sessions. */
export async function deleteSessions(tx: Transaction, user: number): Promise<void> {
	await tx.run("delete from web_sessions where user = ?", [user]);
}

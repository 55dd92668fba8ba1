import type { Account } from "../account/account.ts";
import { type ApiKey, type KeyKind, mintKey } from "../account/api-key.ts";
import { digestOf } from "../account/secret.ts";
import { ACCOUNT_COLUMNS } from "./accounts.ts";
import type { Reader, Transaction } from "./database.ts";
import { partOf, renamed } from "./joined-rows.ts";
import { PERSON_COLUMNS, type Person } from "./users.ts";

/** A key's use is noted no more often than this, in ms. */
const USE_NOTED_EVERY = 60_000;

const COLUMNS = `
	api_keys.id,
	api_keys.user,
	api_keys.kind,
	api_keys.name,
	api_keys.last4,
	api_keys.created_at as createdAt,
	api_keys.expires_at as expiresAt,
	api_keys.last_used_at as lastUsedAt,
	api_keys.revoked_at as revokedAt`;

const FOUND = [
	renamed(COLUMNS, "key"),
	renamed(ACCOUNT_COLUMNS, "account"),
	renamed(PERSON_COLUMNS, "person"),
].join(", ");

/** `expiresAt`: epoch ms, null for never. */
export type NewKey = { kind: KeyKind; name: string; expiresAt: number | null };

/**
 * Makes a key. The text of it is given out this once and not kept.
 *
 * @param now epoch ms
 */
export async function saveNewKey(
	tx: Transaction,
	user: number,
	{ kind, name, expiresAt }: NewKey,
	now: number,
): Promise<{ text: string; key: ApiKey }> {
	const text = mintKey(kind);
	const key: ApiKey = {
		id: Bun.randomUUIDv7(),
		user,
		kind,
		name,
		last4: text.slice(-4),
		createdAt: now,
		expiresAt,
		lastUsedAt: null,
		revokedAt: null,
	};
	await tx.run(
		`insert into api_keys (id, user, digest, kind, name, last4, created_at, expires_at)
		values (?, ?, ?, ?, ?, ?, ?, ?)`,
		[key.id, user, digestOf(text), kind, name, key.last4, now, expiresAt],
	);
	return { text, key };
}

/**
 * A key that may be used, its owner, and how the owner's usage stands: not one that is revoked, expired, or of someone who
 * is disabled.
 */
export async function findUsableKey(
	db: Reader,
	text: string,
	now: number,
): Promise<{ key: ApiKey; account: Account; person: Person } | undefined> {
	const row = await db.get<Record<string, string | number | null>>(
		`select ${FOUND}
		from api_keys
		join accounts on accounts.user = api_keys.user
		join users on users.id = api_keys.user
		where api_keys.digest = ?
			and api_keys.revoked_at is null
			and (api_keys.expires_at is null or api_keys.expires_at > ?)
			and accounts.disabled_at is null`,
		[digestOf(text), now],
	);
	if (!row) return undefined;
	return {
		key: partOf<ApiKey>(row, "key"),
		account: partOf<Account>(row, "account"),
		person: partOf<Person>(row, "person"),
	};
}

/** A key that opens nothing any more: whose it is, and why. */
export type DeadKey = { id: string; user: number; why: "revoked" | "expired" | "disabled" };

/** A key that is known and may not be used. */
export async function findDeadKey(db: Reader, text: string, now: number): Promise<DeadKey | undefined> {
	return db.get<DeadKey>(
		`select
			api_keys.id,
			api_keys.user,
			case
				when api_keys.revoked_at is not null then 'revoked'
				when accounts.disabled_at is not null then 'disabled'
				else 'expired'
			end as why
		from api_keys
		join accounts on accounts.user = api_keys.user
		where api_keys.digest = ?
			and (
				api_keys.revoked_at is not null
				or accounts.disabled_at is not null
				or api_keys.expires_at <= ?
			)`,
		[digestOf(text), now],
	);
}

/** A person's keys, the newest first. */
export async function listKeys(db: Reader, user: number): Promise<ApiKey[]> {
	return db.all<ApiKey>(`select ${COLUMNS} from api_keys where user = ? order by created_at desc, id desc`, [
		user,
	]);
}

/** Whether it is time to note that a key is used: not where that was noted a short while ago. */
export function isKeyUseDue({ lastUsedAt }: ApiKey, now: number): boolean {
	return lastUsedAt === null || now - lastUsedAt >= USE_NOTED_EVERY;
}

export async function saveKeyUse(db: Pick<Transaction, "batch">, key: ApiKey, now: number): Promise<void> {
	await db.batch([{ sql: "update api_keys set last_used_at = ? where id = ?", rows: [[now, key.id]] }]);
}

/**
 * Ends a person's key, and the web sessions that it opened.
 *
 * @returns whether there was such a key that could still be used
 */
export async function revokeKey(tx: Transaction, user: number, id: string, now: number): Promise<boolean> {
	const ended = await tx.run(
		"update api_keys set revoked_at = ? where user = ? and id = ? and revoked_at is null",
		[now, user, id],
	);
	if (ended > 0) await tx.run("delete from web_sessions where user = ? and key = ?", [user, id]);
	return ended > 0;
}

/** Ends all keys and sessions of a person. */
export async function revokeAllKeys(tx: Transaction, user: number, now: number): Promise<void> {
	await tx.run("update api_keys set revoked_at = ? where user = ? and revoked_at is null", [now, user]);
	await tx.run("delete from web_sessions where user = ?", [user]);
	await tx.run("delete from login_links where user = ?", [user]);
}

import { type Account, newAccountId, type Role } from "../account/account.ts";
import { keyOfName } from "../account/shown-name.ts";
import { AppError } from "../errors.ts";
import { isZone } from "../usage/day.ts";
import type { Reader, Transaction } from "./database.ts";
import { retimeReport } from "./report-times.ts";
import { isShownNameTaken, NOBODY } from "./shown-names.ts";
import { findUser, type LedgerUser, saveZone } from "./users.ts";

/** What a new account begins with. */
export type NewAccount = { username: string; email?: string | undefined; role: Role };

/** The columns of an account, also for queries that join it. */
export const ACCOUNT_COLUMNS = `
	accounts.user,
	accounts.id,
	accounts.username,
	accounts.email,
	accounts.display_name as displayName,
	accounts.role,
	accounts.created_at as createdAt,
	accounts.disabled_at as disabledAt`;

/**
 * Makes an account and the user that its usage is kept under. The first of all is the owner, whatever is asked.
 *
 * @param now epoch ms
 * @returns `username` where somebody is known by that name already, or by one that looks the same
 */
export async function saveAccount(
	tx: Transaction,
	{ username, email, role }: NewAccount,
	now: number,
): Promise<Account | "username"> {
	if (await isShownNameTaken(tx, NOBODY, keyOfName(username))) return "username";
	const isFirst = (await countAccounts(tx)) === 0;
	const made = await tx.get<{ id: number }>(
		`insert into users (id, zone)
		select 1 + max(ifnull((select max(id) from users), 0), ifnull(max(value), 0)), 'UTC'
		from counters where name = 'users'
		returning id`,
	);
	if (!made) throw new Error("saving a user returned no row");
	const account: Account = {
		user: made.id,
		id: newAccountId(now),
		username,
		email: email ?? null,
		displayName: null,
		role: isFirst ? "owner" : role,
		createdAt: now,
		disabledAt: null,
	};
	await tx.run(
		`insert into accounts (user, id, username, email, role, zone_set, created_at)
		values (?, ?, ?, ?, ?, 0, ?)`,
		[account.user, account.id, username, account.email, account.role, now],
	);
	return account;
}

/** @param id KSUID */
export async function findAccountById(db: Reader, id: string): Promise<Account | undefined> {
	return db.get<Account>(`select ${ACCOUNT_COLUMNS} from accounts where id = ?`, [id]);
}

export async function findAccountByName(db: Reader, username: string): Promise<Account | undefined> {
	return db.get<Account>(`select ${ACCOUNT_COLUMNS} from accounts where username = ?`, [username]);
}

export async function findAccountOf(db: Reader, user: number): Promise<Account | undefined> {
	return db.get<Account>(`select ${ACCOUNT_COLUMNS} from accounts where user = ?`, [user]);
}

/** All accounts, the oldest first. */
export async function listAccounts(db: Reader): Promise<Account[]> {
	return db.all<Account>(`select ${ACCOUNT_COLUMNS} from accounts order by user`);
}

export async function countAccounts(db: Reader): Promise<number> {
	const counted = await db.get<{ accounts: number }>("select count(*) as accounts from accounts");
	return counted?.accounts ?? 0;
}

/** Ends all that a person may do, at once, or lets the person in again. */
export async function saveDisabled(tx: Transaction, user: number, at: number | null): Promise<void> {
	await tx.run("update accounts set disabled_at = ? where user = ?", [at, user]);
	if (at === null) return;
	await tx.run("delete from web_sessions where user = ?", [user]);
	await tx.run("delete from login_links where user = ?", [user]);
	await tx.run("delete from mail_links where user = ? and purpose = 'confirm'", [user]);
}

/** Counts a person's days in the zone that the person chose. */
export async function saveOwnZone(tx: Transaction, user: number, zone: string): Promise<void> {
	const person = await expectPerson(tx, user);
	await tx.batch([{ sql: "update accounts set zone_set = 1 where user = ?", rows: [[user]] }]);
	if (person.zone !== zone) await saveZone(tx, person, zone);
}

/** Several may claim one address; it is of the one who confirms it. */
export async function saveEmail(tx: Transaction, user: number, email: string | null): Promise<void> {
	await tx.run("update accounts set email = ? where user = ?", [email, user]);
}

export async function saveRole(tx: Transaction, user: number, role: Role): Promise<void> {
	await tx.run("update accounts set role = ? where user = ?", [role, user]);
}

/**
 * Keeps what somebody asked for from being written after the account was erased or disabled: whoever asked was known a
 * moment before.
 *
 * @returns the account as it is now: its role may be another one, too
 * @throws AppError `account_gone`
 */
export async function expectAccount(tx: Reader, user: number): Promise<Account> {
	const account = await findAccountOf(tx, user);
	if (!account || account.disabledAt !== null)
		throw new AppError("account_gone", "This account is not there any more.");
	return account;
}

/**
 * The person with an account, where it is there still.
 *
 * @throws AppError `account_gone`
 */
export async function expectPerson(tx: Reader, user: number): Promise<LedgerUser> {
	const [person] = await Promise.all([findUser(tx, user), expectAccount(tx, user)]);
	if (!person) throw new Error(`the account's user ${user} is not in the ledger`);
	return person;
}

/**
 * Gives a person who has no zone yet one, in which the person's days are counted from now on and by whose clock reports
 * are mailed.
 *
 * @param zone IANA zone of the machine that the person is seen at
 * @throws AppError `account_gone`
 */
export async function settleZone(
	tx: Transaction,
	user: number,
	zone: string | null | undefined,
	now: number,
): Promise<LedgerUser> {
	const [person, open] = await Promise.all([
		expectPerson(tx, user),
		tx.get("select 1 as open from accounts where user = ? and zone_set = 0", [user]),
	]);
	if (!open || !zone || !isZone(zone)) return person;
	await tx.batch([{ sql: "update accounts set zone_set = 1 where user = ?", rows: [[user]] }]);
	if (person.zone === zone) return person;
	const moved = await saveZone(tx, person, zone);
	await retimeReport(tx, { user, zone }, now);
	return moved;
}

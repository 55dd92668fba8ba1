import type { Reader, Transaction } from "./database.ts";
import { rebuildDays } from "./rebuild.ts";

/** A person as the ledger knows one. */
export type LedgerUser = {
	id: number;
	/** IANA zone in which the person's days are kept. */
	zone: string;
	/** Events before this moment (epoch ms) are refused: the person had them removed. */
	horizon: number;
};

/**
 * A person, how often the person's usage has changed, when any last came in (epoch ms), and on which day of the week the
 * person's weeks begin (0 is Monday).
 */
export type Person = LedgerUser & { revision: number; lastSeen: number | null; weekStart: number };

/** The columns of a {@link Person}, for queries that join it. Whose weeks begin nowhere else begins them on Monday: `total` of none is 0. */
export const PERSON_COLUMNS = `
	users.id,
	users.zone,
	users.horizon,
	users.revision,
	(select max(machines.last_seen) from machines where machines.user = users.id) as lastSeen,
	(
		select cast(total(preferences.week_start) as integer) from preferences where preferences.user = users.id
	) as weekStart`;

/** A machine's own ledger has one user, whose number is this. */
export const LOCAL_USER = 1;

export async function findUser(db: Reader, id: number): Promise<LedgerUser | undefined> {
	return db.get<LedgerUser>("select id, zone, horizon from users where id = ?", [id]);
}

export async function findPerson(db: Reader, id: number): Promise<Person | undefined> {
	return db.get<Person>(`select ${PERSON_COLUMNS} from users where users.id = ?`, [id]);
}

/** Everyone, in the order in which they came. */
export async function listUsers(db: Reader): Promise<LedgerUser[]> {
	return db.all<LedgerUser>("select id, zone, horizon from users order by id");
}

/** The one user of a machine's own ledger, made on first use; the days follow the machine's zone. */
export async function saveLocalUser(tx: Transaction, zone: string): Promise<LedgerUser> {
	await tx.run("insert into users (id, zone) values (?, ?) on conflict do nothing", [LOCAL_USER, zone]);
	const user = await findUser(tx, LOCAL_USER);
	if (!user) throw new Error("the local user was not saved");
	return user.zone === zone ? user : saveZone(tx, user, zone);
}

/** Changes the zone in which a user's days are counted and moves every day into it. */
export async function saveZone(tx: Transaction, user: LedgerUser, zone: string): Promise<LedgerUser> {
	const moved = { ...user, zone };
	await tx.run("update users set zone = ? where id = ?", [zone, user.id]);
	await rebuildDays(tx, moved);
	return moved;
}

/** Tells open pages that a person's usage is another one now. */
export async function raiseRevision(tx: Transaction, user: number): Promise<void> {
	await tx.batch([{ sql: "update users set revision = revision + 1 where id = ?", rows: [[user]] }]);
}

/** The same of everyone's. */
export async function raiseRevisions(tx: Transaction): Promise<void> {
	await tx.run("update users set revision = revision + 1");
}

/** Counts how often a person's usage has changed; 0 for someone who is not known. */
export async function findRevision(db: Reader, user: number): Promise<number> {
	const found = await db.get<{ revision: number }>("select revision from users where id = ?", [user]);
	return found?.revision ?? 0;
}

/** How often the usage of each of some people has changed, by their numbers. */
export async function listRevisions(db: Reader, users: readonly number[]): Promise<Map<number, number>> {
	const rows = await db.all<{ id: number; revision: number }>(
		`select users.id, users.revision
		from json_each(?) as wanted
		cross join users on users.id = wanted.value
		order by users.id`,
		[JSON.stringify(users)],
	);
	return new Map(rows.map(({ id, revision }) => [id, revision]));
}

import type { Account } from "../account/account.ts";
import { countAccounts, saveRole } from "./accounts.ts";
import { saveAudit } from "./audit-log.ts";
import type { Batch, Database, Reader, Transaction } from "./database.ts";
import { ACCOUNT_TABLES, type PersonTable, USAGE_TABLES } from "./person-tables.ts";
import { raiseRevision } from "./users.ts";

/** Rows of events that go in one transaction, and rows of each other table: others want to write too. */
const MOST_EVENTS = 5_000;
const MOST_ROWS = 2_000;
/** Entries of the audit log that are looked through in one transaction. */
const MOST_ENTRIES = 10_000;
/** How long others have their turn between two transactions, in ms. */
const PAUSE_MS = 5;

/** An account that is gone and whose usage may not be yet. `account`: the account's id. */
export type Erasure = { user: number; account: string; begunAt: number };

/** Who erases: the person, or the operator. `heir`: who owns the server then, where the person does. */
export type EraseOrder = {
	by: "self" | "operator";
	heir?: Account | undefined;
	address?: string | undefined;
};

/**
 * Ends an account for good: at once nothing of it opens anything, and its name is free. Its usage is left to
 * {@link finishErasure}.
 *
 * @returns `owner` where others would be left without the owner of the server: then nothing was done
 */
export async function eraseAccount(
	tx: Transaction,
	{ user, id, role }: Account,
	{ by, heir, address }: EraseOrder,
	now: number,
): Promise<"erased" | "owner"> {
	if (role === "owner" && !heir && (await countAccounts(tx)) > 1) return "owner";
	if (role === "owner" && heir) {
		await saveRole(tx, heir.user, "owner");
		const detail = { by, before: heir.role, role: "owner" };
		await saveAudit(tx, { user: heir.user, action: "account.role", detail, address }, now);
	}
	await tx.batch([
		{ sql: "insert into erasures (user, account, begun_at) values (?, ?, ?)", rows: [[user, id, now]] },
		...ACCOUNT_TABLES.map((table) => ({
			sql: `delete from ${table.name} where ${table.condition}`,
			rows: [numbersFor(table, user)],
		})),
		keepNumber(user),
	]);
	// Pages that are open ask at once whether they still may be.
	await raiseRevision(tx, user);
	await saveAudit(tx, { action: "account.erased", detail: { by, role } }, now);
	return "erased";
}

/** Accounts that are gone and may have left something. */
export async function listErasures(db: Reader): Promise<Erasure[]> {
	return db.all<Erasure>("select user, account, begun_at as begunAt from erasures order by user");
}

/**
 * Removes what an erased account left, in many small transactions. It may be broken off at any time and begun again, by
 * whoever.
 *
 * @param isOver whether to break off
 * @returns whether nothing is left
 */
export async function finishErasure(
	db: Database,
	erasure: Erasure,
	isOver: () => boolean = () => false,
): Promise<boolean> {
	const looked = await forgetInEntries(db, erasure, isOver);
	for (;;) {
		if (isOver()) return false;
		const isDone = await db.transaction(async (tx) => {
			if (await removeSome(tx, erasure.user)) return false;
			await anonymize(tx, erasure, looked, Number.MAX_SAFE_INTEGER);
			await tx.batch([
				{ sql: "delete from users where id = ?", rows: [[erasure.user]] },
				{ sql: "delete from erasures where user = ?", rows: [[erasure.user]] },
			]);
			return true;
		});
		if (isDone) return true;
		await Bun.sleep(PAUSE_MS);
	}
}

/** Events go first, for the rest could be made anew from them. @returns whether there was something */
async function removeSome(tx: Transaction, user: number): Promise<boolean> {
	const left = await listLeft(tx, user);
	const going = left[0]?.name === "events" ? left.slice(0, 1) : left;
	await tx.batch(going.map((table) => removal(table, user)));
	return left.length > 0;
}

/** Tables that have something of a person, in the order in which it has to go. */
async function listLeft(db: Reader, user: number): Promise<PersonTable[]> {
	// The account's tables too: somebody may have been writing to them in the moment in which it went.
	const all = [...USAGE_TABLES, ...ACCOUNT_TABLES];
	const asked = all.map(
		({ name, condition }) =>
			`select '${name}' as name where exists (select 1 from ${name} where ${condition})`,
	);
	const found = await db.all<{ name: string }>(
		`select name from (${asked.join(" union all ")}) order by name`,
		all.flatMap((table) => numbersFor(table, user)),
	);
	const names = new Set(found.map(({ name }) => name));
	return all.filter(({ name }) => names.has(name));
}

function removal(table: PersonTable, user: number): Batch {
	const { name, key, condition } = table;
	const columns = key.join(", ");
	return {
		sql: `delete from ${name} where (${columns}) in (select ${columns} from ${name} where ${condition} limit ?)`,
		rows: [[...numbersFor(table, user), name === "events" ? MOST_EVENTS : MOST_ROWS]],
	};
}

function numbersFor({ condition }: PersonTable, user: number): number[] {
	return condition
		.split("?")
		.slice(1)
		.fill("")
		.map(() => user);
}

/** Goes through the audit log. @returns up to which entry */
async function forgetInEntries(db: Database, erasure: Erasure, isOver: () => boolean): Promise<number> {
	const last = await db.get<{ id: number | null }>("select max(id) as id from audit_log");
	const end = last?.id ?? 0;
	for (let from = 0; from < end && !isOver(); from += MOST_ENTRIES) {
		await db.transaction((tx) => anonymize(tx, erasure, from, Math.min(end, from + MOST_ENTRIES)));
		await Bun.sleep(PAUSE_MS);
	}
	return end;
}

/**
 * The audit log keeps what happened and when. Of entries about the person nothing else stays; of what the person did as
 * an admin to others, not who it was and from where.
 */
async function anonymize(
	tx: Transaction,
	{ user, account }: Erasure,
	above: number,
	upTo: number,
): Promise<void> {
	await tx.batch([
		{
			sql: `update audit_log set user = null, address = null, detail = '{"account":"erased"}'
				where id > ? and id <= ? and user = ?`,
			rows: [[above, upTo, user]],
		},
		{
			sql: `update audit_log set address = null, detail = json_set(detail, '$.by', null)
				where id > ? and id <= ? and json_valid(detail) and detail ->> 'by' = ?`,
			rows: [[above, upTo, account]],
		},
	]);
}

/** The numbers of people are given out once: what is left of one must never become another's. */
function keepNumber(user: number): Batch {
	return {
		sql: `insert into counters (name, value) values ('users', ?)
			on conflict do update set value = max(value, excluded.value)`,
		rows: [[user]],
	};
}

import type { Database, Reader, Transaction } from "./database.ts";

/** The UUID of what this database keeps; see `migrations/0002_people.sql`. */
export async function findLedgerUuid(db: Reader): Promise<string> {
	const found = await db.get<{ value: string }>("select value from settings where name = 'ledger'");
	if (!found) throw new Error("the ledger has lost its UUID");
	return found.value;
}

/** Gives the ledger a new UUID, as after a restore: what a copy lacks is sent again then. */
export async function renewLedgerUuid(tx: Transaction): Promise<string> {
	const uuid = crypto.randomUUID();
	await tx.run("update settings set value = ? where name = 'ledger'", [uuid]);
	return uuid;
}

/** The last step that a ledger's schema has taken. */
export async function findSchema(db: Reader): Promise<{ version: number; name: string } | undefined> {
	return db.get("select version, name from migrations order by version desc limit 1");
}

/**
 * The last step of the schema, and when the ledger was last copied (epoch ms): null where that is not known. One question,
 * for who looks again and again whether the database answers.
 */
export async function findLedgerState(
	db: Reader,
): Promise<{ schema: string | null; backupAt: number | null } | undefined> {
	return db.get(
		`select
			(select name from migrations order by version desc limit 1) as schema,
			(select cast(value as integer) from settings where name = 'backup') as backupAt`,
	);
}

/** When the ledger was last copied by whoever runs the server (epoch ms), as far as it is known. */
export async function findBackupTime(db: Reader): Promise<number | undefined> {
	const found = await db.get<{ value: string }>("select value from settings where name = 'backup'");
	return found && Number(found.value);
}

/** @param at epoch ms */
export async function saveBackupTime(db: Database, at: number): Promise<void> {
	await db.run(
		"insert into settings (name, value) values ('backup', ?) on conflict do update set value = excluded.value",
		[String(at)],
	);
}

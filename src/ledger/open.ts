import { AppError } from "../errors.ts";
import type { Database } from "./database.ts";
import { migrate, missingSteps } from "./migrate.ts";
import { openSqlite, openSqliteReadOnly, openSqliteToLook } from "./sqlite.ts";

/**
 * Opens a ledger and brings its schema to date.
 *
 * @param now epoch ms
 * @throws AppError `ledger_unwritable`, `ledger_damaged`, `schema_newer`, `schema_edited`
 */
export async function openLedger(path: string, now: number): Promise<Database> {
	const db = openSqlite(path);
	return closeOnError(db, () => migrate(db, now));
}

/**
 * Opens a ledger that cannot be written, as it stands.
 *
 * @throws AppError as {@link openLedger} does, and `ledger_unwritable` where the schema would have to change
 */
export async function openLedgerReadOnly(path: string): Promise<Database> {
	const db = openSqliteReadOnly(path);
	return closeOnError(db, async () => {
		if ((await missingSteps(db)).length === 0) return;
		throw new AppError(
			"ledger_unwritable",
			`${path} was made by an older promptpulse, and its schema cannot be changed because it cannot be written.`,
			"Make the folder writable, or name another one in PROMPTPULSE_HOME.",
		);
	});
}

/**
 * Opens a ledger to look at it, whatever its schema, and leaves it as it was found.
 *
 * @throws AppError `ledger_unwritable` where it cannot be opened, `ledger_damaged`
 */
export async function openLedgerToLook(path: string): Promise<Database> {
	try {
		const db = openSqliteToLook(path);
		return await closeOnError(db, () => db.get("select 1 as found from sqlite_master"));
	} catch (error) {
		// Where nothing can be made beside it, it is read as it stands.
		if (error instanceof AppError && error.code === "ledger_unwritable") return openSqliteReadOnly(path);
		throw error;
	}
}

/**
 * Whether nothing was ever kept in a ledger that cannot be written: what hinders writing may have cut its making short.
 *
 * @throws AppError `ledger_unwritable`, `ledger_damaged`
 */
export async function isUnmade(path: string): Promise<boolean> {
	const db = openSqliteReadOnly(path);
	try {
		return (await db.get("select 1 as found from sqlite_master")) === undefined;
	} finally {
		await db.close();
	}
}

async function closeOnError(db: Database, work: () => Promise<unknown>): Promise<Database> {
	try {
		await work();
		return db;
	} catch (error) {
		await db.close();
		throw error;
	}
}

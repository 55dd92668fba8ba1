import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "../errors.ts";
import { flush } from "./copy.ts";
import { migrate } from "./migrate.ts";
import { lockServerLedger } from "./server-ledger.ts";
import { renewLedgerUuid } from "./settings.ts";
import { openSqlite } from "./sqlite.ts";

/**
 * Puts a copy in the place of a server's ledger. It is looked through first, and gets a new UUID, so that machines send
 * again what it lacks.
 *
 * @param now epoch ms
 * @throws AppError `ledger_damaged`, `schema_newer`, `schema_edited`, `ledger_unwritable`, and `locked` while a server has it
 */
export async function restoreLedger(copy: string, path: string, now: number): Promise<void> {
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	const release = lockServerLedger(path);
	// Who has the lock is alone with it: what is there of it was left by a restore that was killed.
	const aside = `${path}.restored`;
	try {
		removeLedger(aside);
		for (const end of ["", "-wal"]) {
			if (existsSync(`${copy}${end}`)) copyFileSync(`${copy}${end}`, `${aside}${end}`);
		}
		chmodSync(aside, 0o600);
		await makeOwn(aside, copy, now);
		flush(aside);
		await settle(path);
		renameSync(aside, path);
		flush(dirname(path));
	} finally {
		removeLedger(aside);
		release();
	}
}

/**
 * Leaves nothing beside the ledger that is to go: it would be taken for a part of the one that comes. Whoever is killed
 * here has the old one still, with all that it had.
 */
async function settle(path: string): Promise<void> {
	if (existsSync(path)) {
		try {
			// Closing it moves into it what is in its log.
			await openSqlite(path).close();
		} catch (error) {
			// A damaged one may have been the reason for all this.
			if (!(error instanceof AppError)) throw error;
		}
	}
	for (const end of ["-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
}

/** Checks what was copied, brings it to date, and gives it a new UUID. */
async function makeOwn(path: string, copy: string, now: number): Promise<void> {
	try {
		const db = openSqlite(path);
		try {
			const found = await db.all<{ integrity_check: string }>("pragma integrity_check(1)");
			const isLedger = await db.get("select 1 as found from sqlite_master where name = 'usage_slots'");
			if (found[0]?.integrity_check !== "ok" || !isLedger) throw damaged(copy);
			await migrate(db, now);
			await db.transaction(renewLedgerUuid);
		} finally {
			await db.close();
		}
	} catch (error) {
		// It would name the file that it was copied to, which is gone.
		throw error instanceof AppError && error.code === "ledger_damaged" ? damaged(copy) : error;
	}
}

function damaged(copy: string): AppError {
	return new AppError(
		"ledger_damaged",
		`${copy} is damaged or is not a ledger. Nothing was replaced.`,
		"Name another copy.",
	);
}

function removeLedger(path: string): void {
	for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
}

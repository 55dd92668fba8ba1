import type { Reader } from "./database.ts";
import { openSqlite } from "./sqlite.ts";

/** Trouble with a damaged file comes in thousands of lines. */
const MOST_TOLD = 3;

/** What SQLite finds wrong with a ledger's file, in its own words; nothing where it is sound. */
export async function findDamage(db: Reader): Promise<string[]> {
	const rows = await db.all<{ quick_check: string }>(`pragma quick_check(${MOST_TOLD})`);
	return rows.map(({ quick_check: told }) => told).filter((told) => told !== "ok");
}

/** The version of SQLite that the program runs with: `3.54.1`. */
export async function findSqliteVersion(): Promise<string> {
	const db = openSqlite(":memory:");
	try {
		const row = await db.get<{ version: string }>("select sqlite_version() as version");
		return row?.version ?? "unknown";
	} finally {
		await db.close();
	}
}

import { AppError } from "../errors.ts";
import type { Database, Reader } from "./database.ts";
import { renewLedgerUuid } from "./settings.ts";
import type { CopiedTable } from "./transfer-tables.ts";

/** A copying that has begun and is not finished: the UUID of what is copied, and tables that have to be copied anew. */
export type Transfer = { source: string; stale: string[] };

/** Which tables tell that a ledger is somebody's. */
const TELLING = ["users", "accounts", "events"];

/** The copying that a database is the target of; it says so itself, from the beginning to the end. */
export async function findTransfer(db: Reader): Promise<Transfer | undefined> {
	if (!(await hasTable(db, "transfers"))) return undefined;
	const rows = await db.all<{ name: string; source: string; stale: number }>(
		"select name, source, stale from transfers order by name",
	);
	const stale = rows.filter((row) => row.stale === 1).map(({ name }) => name);
	return { source: rows[0]?.source ?? "", stale };
}

/**
 * Refuses a ledger that is being copied to: it lacks what has not come yet.
 *
 * @param name where it is, for people
 * @throws AppError `usage`
 */
export async function refuseUnfinished(db: Reader, name: string): Promise<void> {
	if (!(await findTransfer(db))) return;
	throw new AppError(
		"usage",
		`${name} holds a copy of a ledger that is not finished.`,
		"Finish it with the same promptpulse migrate --from and --to as before, or name another database.",
	);
}

/** Whether a database has nothing of anybody, whatever its schema. */
export async function isEmptyLedger(db: Reader): Promise<boolean> {
	const tables = await db.all<{ name: string }>(
		`select name from sqlite_master where type = 'table' and name in (${TELLING.map(() => "?").join(", ")})
		order by name`,
		TELLING,
	);
	const found = await Promise.all(tables.map(({ name }) => db.get(`select 1 as found from ${name} limit 1`)));
	return found.every((row) => row === undefined);
}

async function hasTable(db: Reader, name: string): Promise<boolean> {
	const found = await db.get("select 1 as found from sqlite_master where type = 'table' and name = ?", [
		name,
	]);
	return found !== undefined;
}

/**
 * Begins to copy into an empty ledger, or goes on with what was begun from the same source. How far it came is not
 * written down: each table's last row tells it, for they come in order of their keys.
 *
 * @param source UUID of the ledger that is copied
 * @returns what there is to go on with; undefined if the target is not empty, and then nothing was changed
 * @throws AppError `usage` if another ledger is being copied to it
 */
export async function beginTransfer(
	target: Database,
	name: string,
	tables: readonly CopiedTable[],
	source: string,
): Promise<Transfer | undefined> {
	return target.transaction(async (tx) => {
		const [begun, isEmpty] = await Promise.all([findTransfer(tx), isEmptyLedger(tx)]);
		if (begun && begun.source !== source) {
			throw new AppError(
				"usage",
				`${name} holds a copy of another ledger that is not finished.`,
				"Finish that one with the same --from as before, or name an empty database.",
			);
		}
		if (begun) return begun;
		if (!isEmpty) return undefined;
		await tx.run(
			"create table transfers (name text primary key, source text not null, stale integer not null) strict, without rowid",
		);
		await tx.batch([
			{
				sql: "insert into transfers (name, source, stale) values (?, ?, 0)",
				rows: tables.map((table) => [table.name, source]),
			},
			// Steps of the schema write rows of their own, and a server that was started a code for its first account.
			...tables.map((table) => ({ sql: `delete from ${table.name} where ${table.condition}`, rows: [[]] })),
		]);
		return { source, stale: [] };
	});
}

/** Notes tables that do not hold what the source holds: they are copied anew the next time. */
export async function markStale(
	target: Database,
	{ source }: Transfer,
	tables: readonly string[],
): Promise<void> {
	await target.batch([
		{
			sql: `insert into transfers (name, source, stale) values (?, ?, 1)
			on conflict (name) do update set stale = 1`,
			rows: tables.map((name) => [name, source]),
		},
	]);
}

export async function markFresh(target: Database, table: string): Promise<void> {
	await target.run("update transfers set stale = 0 where name = ?", [table]);
}

/** Makes the copy a ledger of its own, with its own UUID: machines send again what it may lack, as after a restore. */
export async function finishTransfer(target: Database): Promise<void> {
	await target.transaction(async (tx) => {
		await renewLedgerUuid(tx);
		await tx.run("drop table transfers");
	});
}

import type { Database, Reader } from "./database.ts";
import { findLedgerUuid } from "./settings.ts";
import { MOST_ROWS, readPages } from "./table-pages.ts";
import { type Comparison, compareTables } from "./transfer-digest.ts";
import { bringToDate, checkSource, fullTarget, type Side, sameLedger } from "./transfer-sides.ts";
import { beginTransfer, finishTransfer, markFresh, markStale, type Transfer } from "./transfer-state.ts";
import {
	type CopiedTable,
	clearSql,
	copyRows,
	countRows,
	findLastKey,
	listCopiedTables,
} from "./transfer-tables.ts";

/** Is told how far it is, in rows. */
export type TransferProgress = (stage: "copying" | "comparing", rows: number, totalRows: number) => void;

/**
 * What it came to. `different`: the source was changed while it was copied, and the copy is not finished. `same already`:
 * it had been copied before.
 */
export type Transferred = { outcome: "copied" | "same already" | "different"; tables: Comparison[] };

/**
 * Copies a ledger into another database, which has none yet, and compares both when all is there. Whoever is stopped
 * meanwhile does it again, and goes on. The source is only read; the target has the newest schema and a new UUID at the
 * end, so that machines send again what the copy may lack.
 *
 * @param now epoch ms
 * @throws AppError `usage` if the source has no ledger or not the newest schema, or the target has one already;
 * `schema_newer`, `schema_edited`, and what the databases throw. What was copied by then stays.
 */
export async function transferLedger(
	source: Side<Reader>,
	target: Side<Database>,
	now: number,
	progress: TransferProgress,
): Promise<Transferred> {
	const tables = await listCopiedTables();
	const uuid = await checkSource(source);
	await bringToDate(target, now);
	if ((await findLedgerUuid(target.db)) === uuid) throw sameLedger(source, target);
	const begun = await beginTransfer(target.db, target.name, tables, uuid);
	if (!begun) return compareWithFull(source, target, tables, progress);
	await clearStale(target.db, tables, begun);
	await copyTables(source.db, target.db, tables, progress);
	const compared = await compareAll(source, target, tables, progress);
	const different = compared.filter(({ isSame }) => !isSame).map(({ table }) => table);
	if (different.length > 0) {
		await markStale(target.db, begun, different);
		return { outcome: "different", tables: compared };
	}
	await finishTransfer(target.db);
	return { outcome: "copied", tables: compared };
}

/** Table by table and page by page; each page is there whole or not at all. */
async function copyTables(
	source: Reader,
	target: Database,
	tables: readonly CopiedTable[],
	progress: TransferProgress,
): Promise<void> {
	const [there, before] = await Promise.all([countRows(source, tables), countRows(target, tables)]);
	const total = sumOf(there);
	let copied = sumOf(before);
	for (const table of tables) {
		const pages = readPages(source, table, await findLastKey(target, table));
		for (let page = await pages.next(); !page.done; ) {
			const rows = page.value;
			// The next page is read while this one is written.
			[page] = await Promise.all([pages.next(), target.batch([copyRows(table, rows)])]);
			copied += rows.length;
			progress("copying", copied, total);
		}
	}
}

/** Empties the tables that have to be copied anew. */
async function clearStale(
	target: Database,
	tables: readonly CopiedTable[],
	{ stale }: Transfer,
): Promise<void> {
	for (const table of tables.filter(({ name }) => stale.includes(name))) {
		while ((await target.run(clearSql(table), [MOST_ROWS])) > 0);
		await markFresh(target, table.name);
	}
}

/** What is full is the copy that was made before, or something else, which mostly shows by its numbers of rows. */
async function compareWithFull(
	source: Side<Reader>,
	target: Side<Database>,
	tables: readonly CopiedTable[],
	progress: TransferProgress,
): Promise<Transferred> {
	const [here, there] = await Promise.all([countRows(source.db, tables), countRows(target.db, tables)]);
	const other = `not the same as the one in ${source.name}`;
	if (here.some((rows, i) => rows !== there[i])) throw fullTarget(target, other);
	const compared = await compareAll(source, target, tables, progress);
	if (compared.some(({ isSame }) => !isSame)) throw fullTarget(target, other);
	return { outcome: "same already", tables: compared };
}

async function compareAll(
	source: Side<Reader>,
	target: Side<Database>,
	tables: readonly CopiedTable[],
	progress: TransferProgress,
): Promise<Comparison[]> {
	const counts = await Promise.all([countRows(source.db, tables), countRows(target.db, tables)]);
	const total = sumOf(counts.flat());
	let read = 0;
	return compareTables(source.db, target.db, tables, (rows) => {
		read += rows;
		progress("comparing", read, total);
	});
}

function sumOf(counts: readonly number[]): number {
	return counts.reduce((sum, count) => sum + count, 0);
}

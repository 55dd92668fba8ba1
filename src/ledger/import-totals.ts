import type { ReportedBlock, ReportedDay, ReportedSession } from "../usage/reported-total.ts";
import type { Exact } from "../usage/usage.ts";
import type { Database, Reader, Transaction, Value } from "./database.ts";
import { type ReportSource, saveReportedBlocks, saveReportedDays, saveReportedSessions } from "./reported.ts";
import { saveKnownNames } from "./reported-senders.ts";
import { fromKnown, REPORTED_TABLES, type ReportedTable } from "./reported-tables.ts";
import { raiseRevision } from "./users.ts";

/** Totals of one machine or several, as a file had them. */
export type Totals = {
	days: readonly ReportedDay[];
	sessions: readonly ReportedSession[];
	blocks: readonly ReportedBlock[];
};

/**
 * What became of the totals of one kind: new ones, those that replaced what was there, those that were there already,
 * those in place of which more was known, and those for which there was no room. `superseded`: of all of these, how
 * many count nothing because events tell the same.
 */
export type ImportCounts = {
	added: number;
	replaced: number;
	unchanged: number;
	outdone: number;
	noRoom: number;
	superseded: number;
};

export type ImportResult = Record<keyof Totals, ImportCounts>;

/** Keeps totals that a file has. Nothing is written where all of it is there already. */
export async function importTotals(
	tx: Transaction,
	user: number,
	{ days, sessions, blocks }: Totals,
	from: ReportSource,
): Promise<ImportResult> {
	return {
		days: await keep(
			tx,
			user,
			REPORTED_TABLES.daily,
			days,
			({ day }) => day,
			(rows) => saveReportedDays(tx, user, rows, from),
		),
		sessions: await keep(
			tx,
			user,
			REPORTED_TABLES.session,
			sessions,
			({ session }) => session,
			(rows) => saveReportedSessions(tx, user, rows, from),
		),
		blocks: await keep(
			tx,
			user,
			REPORTED_TABLES.blocks,
			blocks,
			({ block }) => block,
			(rows) => saveReportedBlocks(tx, user, rows, from),
		),
	};
}

type Counted = ReportedDay | ReportedSession | ReportedBlock;
type Known = {
	label: string;
	id: string | number;
	input: Exact;
	output: Exact;
	cacheWrite: Exact;
	cacheRead: Exact;
	total: Exact;
	cost: Exact;
	superseded: number;
};

async function keep<Row extends Counted>(
	tx: Transaction,
	user: number,
	place: ReportedTable,
	read: readonly Row[],
	idOf: (row: Row) => string | number,
	save: (rows: readonly Row[]) => Promise<number>,
): Promise<ImportCounts> {
	const rows = await saveKnownNames(tx, user, read);
	const names = rows.map((row): [string, string | number] => [row.label, idOf(row)]);
	const before = await findKnown(tx, user, place, names);
	const knownOf = (row: Row) => before.get(nameOf([row.label, idOf(row)]));
	const isSame = (row: Row) => {
		const known = knownOf(row);
		return known !== undefined && isUnchanged(row, known);
	};
	const fresh = rows.filter((row) => !isSame(row));
	const taken = await save(fresh);
	const outdone = fresh.filter((row) => row.total < Number(knownOf(row)?.total ?? 0)).length;
	const replaced = fresh.filter((row) => knownOf(row)).length - outdone;
	const after = await findKnown(tx, user, place, names);
	return {
		added: taken - replaced - outdone,
		replaced,
		unchanged: rows.length - fresh.length,
		outdone,
		noRoom: fresh.length - taken,
		superseded: [...after.values()].filter(({ superseded }) => superseded === 1).length,
	};
}

function isUnchanged(row: Counted, known: Known): boolean {
	return (
		row.input === known.input &&
		row.output === known.output &&
		row.cacheWrite === known.cacheWrite &&
		row.cacheRead === known.cacheRead &&
		row.total === known.total &&
		row.costNanoUsd === known.cost
	);
}

async function findKnown(
	db: Reader,
	user: number,
	place: ReportedTable,
	names: readonly (readonly Value[])[],
): Promise<Map<string, Known>> {
	const found = await db.all<Known>(
		`select known.label, known.${place.id} as id, input, output, cache_write as cacheWrite, cache_read as cacheRead,
			total, cost, superseded
		${fromKnown(place)}`,
		[JSON.stringify(names), user],
	);
	return new Map(found.map((row) => [nameOf([row.label, row.id]), row]));
}

function nameOf(name: readonly [label: string, id: string | number]): string {
	return JSON.stringify(name);
}

/** The same as if it were kept, and nothing is. */
export async function tryImport(
	db: Database,
	user: number,
	totals: Totals,
	from: ReportSource,
): Promise<ImportResult> {
	let result: ImportResult | undefined;
	try {
		return await db.transaction(async (tx) => {
			result = await importTotals(tx, user, totals, from);
			throw new Undone();
		});
	} catch (error) {
		if (error instanceof Undone && result) return result;
		throw error;
	}
}

/** Ends a transaction that was only to be tried. */
class Undone extends Error {}

/** Imports that are known by what they came from and of which machine they tell. */
export type ImportedFrom = { source: string; label?: string | undefined };

/** Removes what was imported, whenever it was. */
export async function removeImported(
	tx: Transaction,
	user: number,
	{ source, label }: ImportedFrom,
): Promise<Record<keyof Totals, number>> {
	const remove = ({ table }: ReportedTable) =>
		tx.run(`delete from ${table} where user = ? and source = ? and (? is null or label = ?)`, [
			user,
			source,
			label ?? null,
			label ?? null,
		]);
	const removed = {
		days: await remove(REPORTED_TABLES.daily),
		sessions: await remove(REPORTED_TABLES.session),
		blocks: await remove(REPORTED_TABLES.blocks),
	};
	if (removed.days + removed.sessions + removed.blocks > 0) await raiseRevision(tx, user);
	return removed;
}

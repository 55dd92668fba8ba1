import type { ReportedBlock, ReportedDay, ReportedSession } from "../usage/reported-total.ts";
import type { Transaction, Value } from "./database.ts";
import { saveKnownNames } from "./reported-senders.ts";
import { fromKnown, REPORTED_TABLES, type ReportedTable } from "./reported-tables.ts";
import { insertRows } from "./row-batches.ts";
import { supersedeBlocks, supersedeDays, supersedeSessions } from "./superseding.ts";
import { findUser, raiseRevision } from "./users.ts";

/** What sent them, and when they came, epoch ms. */
export type ReportSource = { source: string; now: number };

/** Totals of one kind that one person may have: so many of the largest add up to what a database can still sum. */
export const MOST_REPORTED = 50_000;

/**
 * Keeps days' totals. One that is there is replaced as a whole, unless it is of more tokens: then less is left to read.
 *
 * @returns how many were taken; new ones beyond {@link MOST_REPORTED} are not
 */
export async function saveReportedDays(
	tx: Transaction,
	user: number,
	sent: readonly ReportedDay[],
	from: ReportSource,
): Promise<number> {
	const days = await saveKnownNames(tx, user, sent);
	const rows = days.map((day) => ({
		...countedColumns(user, day, from),
		day: day.day,
		started_at: day.startedAt ?? null,
		ended_at: day.endedAt ?? null,
		breakdowns: JSON.stringify(day.breakdowns),
	}));
	return save(tx, user, REPORTED_TABLES.daily, rows, () =>
		supersedeDays(
			tx,
			user,
			days.map(({ label, day }) => [label, day]),
		),
	);
}

/** The same for sessions; those that were over before the person's horizon are not taken. */
export async function saveReportedSessions(
	tx: Transaction,
	user: number,
	sent: readonly ReportedSession[],
	from: ReportSource,
): Promise<number> {
	const sessions = await saveKnownNames(tx, user, await afterHorizon(tx, user, sent));
	const rows = sessions.map((session) => ({
		...countedColumns(user, session, from),
		session: session.session,
		project: session.project,
		started_at: session.startedAt,
		ended_at: session.endedAt,
		duration_minutes: session.durationMinutes,
		breakdowns: JSON.stringify(session.breakdowns),
	}));
	return save(tx, user, REPORTED_TABLES.session, rows, () =>
		supersedeSessions(
			tx,
			user,
			sessions.map(({ session }) => session),
		),
	);
}

/** The same for blocks, none of which is longer than a day. */
export async function saveReportedBlocks(
	tx: Transaction,
	user: number,
	sent: readonly ReportedBlock[],
	from: ReportSource,
): Promise<number> {
	const blocks = await saveKnownNames(tx, user, await afterHorizon(tx, user, sent));
	const rows = blocks.map((block) => ({
		...countedColumns(user, block, from),
		block: block.block,
		started_at: block.startedAt,
		ended_at: block.endedAt,
		actual_end: block.actualEnd,
		entries: block.entries,
	}));
	// A block touches the quarter of an hour that it begins in.
	return save(tx, user, REPORTED_TABLES.blocks, rows, () =>
		supersedeBlocks(
			tx,
			user,
			blocks.map(({ label, startedAt }) => [label, startedAt]),
		),
	);
}

/** What is not older than what the person keeps. */
async function afterHorizon<Reported extends { startedAt: number; endedAt: number | null }>(
	tx: Transaction,
	user: number,
	reported: readonly Reported[],
): Promise<Reported[]> {
	const { horizon = 0 } = (await findUser(tx, user)) ?? {};
	return reported.filter(({ startedAt, endedAt }) => (endedAt ?? startedAt) >= horizon);
}

type Columns = Record<string, Value> & { label: string; total: number };

function countedColumns(
	user: number,
	counted: ReportedDay | ReportedSession | ReportedBlock,
	{ source, now }: ReportSource,
) {
	return {
		user,
		label: counted.label,
		input: counted.input,
		output: counted.output,
		cache_write: counted.cacheWrite,
		cache_read: counted.cacheRead,
		total: counted.total,
		cost: counted.costNanoUsd,
		models: JSON.stringify(counted.models),
		superseded: 0,
		source,
		received_at: now,
	};
}

/** How and when a total came says nothing of usage. */
const BESIDE = ["superseded", "source", "received_at"];

/** @param supersede is told that there are new rows */
async function save(
	tx: Transaction,
	user: number,
	place: ReportedTable,
	sent: readonly Columns[],
	supersede: () => Promise<number>,
): Promise<number> {
	const [first] = sent;
	if (!first) return 0;
	const columns = Object.keys(first);
	const told = columns.filter((column) => !BESIDE.includes(column));
	const known = await findKnown(tx, user, place, told, sent);
	const nameOf = (row: Columns) => nameIn(place, row);
	const fresh = [...new Set(sent.map(nameOf).filter((name) => !known.has(name)))];
	const room = fresh.length > 0 ? MOST_REPORTED - (await countReported(tx, user, place)) : 0;
	const refused = new Set(fresh.slice(Math.max(0, room)));
	const rows = sent.filter((row) => !refused.has(nameOf(row)));
	const isChanged = rows.some((row) => {
		const before = known.get(nameOf(row));
		if (!before) return true;
		return row.total >= before.total && told.some((column) => before[column] !== row[column]);
	});
	const values = rows.map((row) => columns.map((column) => row[column] ?? null));
	await tx.batch([insertRows(place.table, columns, values, onConflict(place, columns))]);
	await supersede();
	if (isChanged) await raiseRevision(tx, user);
	return rows.length;
}

function nameIn({ id }: ReportedTable, row: Columns): string {
	return JSON.stringify([row.label, row[id]]);
}

async function findKnown(
	tx: Transaction,
	user: number,
	place: ReportedTable,
	columns: readonly string[],
	rows: readonly Columns[],
): Promise<Map<string, Columns>> {
	const found = await tx.all<Columns>(
		`select ${columns.map((column) => `known.${column}`).join(", ")} ${fromKnown(place)}`,
		[JSON.stringify(rows.map((row) => [row.label, row[place.id]])), user],
	);
	return new Map(found.map((row) => [nameIn(place, row), row]));
}

async function countReported(tx: Transaction, user: number, { table }: ReportedTable): Promise<number> {
	const counted = await tx.get<{ rows: number }>(`select count(*) as rows from ${table} where user = ?`, [
		user,
	]);
	return counted?.rows ?? 0;
}

function onConflict({ table, id }: ReportedTable, columns: readonly string[]): string {
	// What events told once they tell still, whatever their machine is called by now.
	const replaced = columns.filter((column) => !["user", "label", id, "superseded"].includes(column));
	return `on conflict (user, label, ${id}) do update set
		${replaced.map((column) => `${column} = excluded.${column}`).join(", ")}
		where excluded.total >= ${table}.total`;
}

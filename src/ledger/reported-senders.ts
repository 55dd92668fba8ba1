import type { Reader, Transaction, Value } from "./database.ts";
import { insertRows } from "./row-batches.ts";

/** Of more machines of a person it is not noted under which name they sent totals. */
const MOST_SENDERS = 1_000;

type Sent = { label: string; machines?: readonly string[] | undefined };

/**
 * Totals under the names that their machines' totals are known by: the first under which any came. A machine that is
 * called otherwise meanwhile would count twice.
 */
export async function underKnownNames<Row extends Sent>(
	db: Reader,
	user: number,
	rows: readonly Row[],
): Promise<Row[]> {
	return (await nameRows(db, user, rows)).named;
}

/** The same for totals that come in, whose names are noted for machines of which there are none yet. */
export async function saveKnownNames<Row extends Sent>(
	tx: Transaction,
	user: number,
	rows: readonly Row[],
): Promise<Row[]> {
	const { named, fresh } = await nameRows(tx, user, rows);
	await saveSenders(tx, user, fresh);
	return named;
}

/** @returns `fresh`: rows of machines that are not known */
async function nameRows<Row extends Sent>(
	db: Reader,
	user: number,
	rows: readonly Row[],
): Promise<{ named: Row[]; fresh: Value[][] }> {
	const uuids = new Set(rows.flatMap(({ machines = [] }) => machines));
	if (uuids.size === 0) return { named: [...rows], fresh: [] };
	const labels = await listSenders(db, user, [...uuids]);
	const fresh: Value[][] = [];
	const named = rows.map((row) => {
		const { machines = [] } = row;
		const known = machines.find((uuid) => labels.has(uuid));
		const label = (known && labels.get(known)) ?? row.label;
		for (const uuid of machines) {
			if (labels.has(uuid)) continue;
			labels.set(uuid, label);
			fresh.push([user, uuid, label]);
		}
		return { ...row, label };
	});
	return { named, fresh };
}

async function listSenders(db: Reader, user: number, uuids: readonly string[]): Promise<Map<string, string>> {
	const rows = await db.all<{ machine: string; label: string }>(
		`select s.machine, s.label
		from json_each(?) as wanted
		cross join reported_senders as s on s.user = ? and s.machine = wanted.value`,
		[JSON.stringify(uuids), user],
	);
	return new Map(rows.map(({ machine, label }) => [machine, label]));
}

async function saveSenders(tx: Transaction, user: number, fresh: readonly Value[][]): Promise<void> {
	if (fresh.length === 0) return;
	const known = await tx.get<{ senders: number }>(
		"select count(*) as senders from reported_senders where user = ?",
		[user],
	);
	const room = Math.max(0, MOST_SENDERS - (known?.senders ?? 0));
	await tx.batch([insertRows("reported_senders", ["user", "machine", "label"], fresh.slice(0, room))]);
}

/**
 * The condition that the totals under a name are superseded by the responses of a machine: it sent totals under that
 * name, or it has that name now, and of it and of the name it is not known better.
 *
 * @param machine alias of a row of `machines`
 * @param label an expression of SQL, three times; so `?` takes three parameters
 */
export function tellsOf(machine: string, label: string): string {
	return `(
		exists (
			select 1 from reported_senders as s
			where s.user = ${machine}.user and s.machine = ${machine}.uuid and s.label = ${label}
		)
		or ${machine}.label = ${label} and not (
			exists (select 1 from reported_senders as s where s.user = ${machine}.user and s.machine = ${machine}.uuid)
			and exists (select 1 from reported_senders as s where s.user = ${machine}.user and s.label = ${label})
		)
	)`;
}

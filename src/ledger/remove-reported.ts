import type { TotalKind } from "../usage/granularity.ts";
import type { Transaction, Value } from "./database.ts";
import { underKnownNames } from "./reported-senders.ts";
import { REPORTED_TABLES } from "./reported-tables.ts";
import { amongRows, deleteRows } from "./row-batches.ts";
import { raiseRevision } from "./users.ts";

/**
 * A total that is to go, as it was sent. `name`: a day's number, a session or a block; `total`: all its tokens; `cost` in
 * nano-dollars.
 */
export type RemovedTotal = {
	label: string;
	machines?: readonly string[] | undefined;
	name: string | number;
	total: number;
	cost: number;
};

/**
 * Removes totals of one kind. One that says something else by now stays: something else has taken its place.
 *
 * @returns how many there were
 */
export async function removeReported(
	tx: Transaction,
	user: number,
	kind: TotalKind,
	sent: readonly RemovedTotal[],
): Promise<number> {
	const { table, id } = REPORTED_TABLES[kind];
	const columns = ["user", "label", id, "total", "cost"];
	const named = await underKnownNames(tx, user, sent);
	const rows = named.map(({ label, name, total, cost }): Value[] => [user, label, name, total, cost]);
	const found = await tx.get<{ rows: number }>(
		`select count(*) as rows from ${table} where ${amongRows(columns)}`,
		[JSON.stringify(rows)],
	);
	const removed = found?.rows ?? 0;
	if (removed === 0) return 0;
	await tx.batch([deleteRows(table, columns, rows)]);
	await raiseRevision(tx, user);
	return removed;
}

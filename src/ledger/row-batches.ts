import type { Batch, Value } from "./database.ts";

type Rows = Iterable<readonly Value[]>;

/** A batch that has both forms. */
export type RowBatch = Required<Batch>;

/**
 * Inserts rows.
 *
 * @param conflict what to do where a row stands in the way, beginning with `on conflict`
 */
export function insertRows(table: string, columns: readonly string[], rows: Rows, conflict = ""): RowBatch {
	const into = `insert into ${table} (${columns.join(", ")})`;
	return {
		sql: `${into} values (${columns.map(() => "?").join(", ")}) ${conflict}`,
		// Without a condition the parser would take what follows for a join's.
		listSql: `${into} select ${valuesOf(columns)} from json_each(?) where true ${conflict}`,
		rows,
	};
}

/** Removes the rows that have these values in these columns, and besides fulfil a condition. */
export function deleteRows(
	table: string,
	columns: readonly string[],
	rows: Rows,
	condition = "true",
): RowBatch {
	return {
		sql: `delete from ${table} where ${columns.map((column) => `${column} = ?`).join(" and ")} and ${condition}`,
		listSql: `delete from ${table} where ${amongRows(columns)} and ${condition}`,
		rows,
	};
}

/** The condition that a row has the values of one of the rows of a list, which is a parameter. */
export function amongRows(columns: readonly string[]): string {
	return `(${columns.join(", ")}) in (select ${valuesOf(columns)} from json_each(?))`;
}

function valuesOf(columns: readonly string[]): string {
	return columns.map((_, i) => `value ->> ${i}`).join(", ");
}

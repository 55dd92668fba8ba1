import type { Exact } from "./usage.ts";
import { oneOf } from "./view-query.ts";

export const ORDERS = ["asc", "desc"] as const;

export type Order = (typeof ORDERS)[number];

/** What a table can be in order by, and is where nothing is said. `texts`: columns that begin with A, others with the most. */
export type Sorting<Column extends string> = {
	columns: readonly Column[];
	usual: Column;
	texts: readonly Column[];
};

/** What a table is in order by. */
export type Sorted<Column extends string> = { sort: Column; order: Order };

/** Names begin with A, amounts with the greatest. */
export function usualOrder<Column extends string>({ texts }: Sorting<Column>, column: Column): Order {
	return texts.includes(column) ? "asc" : "desc";
}

/** What choosing a column leads to: its usual order, or where the table is in order by it the other one. */
export function sortedBy<Column extends string>(
	sorting: Sorting<Column>,
	{ sort, order }: Sorted<Column>,
	column: Column,
): Sorted<Column> {
	const turned = order === "asc" ? "desc" : "asc";
	return { sort: column, order: sort === column ? turned : usualOrder(sorting, column) };
}

/**
 * Reads `sort` and `order`.
 *
 * @throws QueryError
 */
export function parseSorted<Column extends string>(
	sorting: Sorting<Column>,
	parameters: URLSearchParams,
): Sorted<Column> {
	const sort = oneOf("sort", parameters, sorting.columns, sorting.usual);
	return { sort, order: oneOf("order", parameters, ORDERS, usualOrder(sorting, sort)) };
}

/** The same as parameters. What is as usual is left out. */
export function sortedParameters<Column extends string>(
	sorting: Sorting<Column>,
	{ sort, order }: Sorted<Column>,
): [name: string, value: string][] {
	const parameters: [string, string][] = [];
	if (sort !== sorting.usual) parameters.push(["sort", sort]);
	if (order !== usualOrder(sorting, sort)) parameters.push(["order", order]);
	return parameters;
}

/** Rows in the order of a column; those that are equal in it as `among` says, whichever way round the column is. */
export function inOrder<Row, Column extends string>(
	rows: readonly Row[],
	{ sort, order }: Sorted<Column>,
	values: Readonly<Record<Column, (row: Row) => Exact | string>>,
	among: (a: Row, b: Row) => number,
): Row[] {
	const sign = order === "asc" ? 1 : -1;
	const read = values[sort];
	return rows.toSorted((a, b) => sign * compareValues(read(a), read(b)) || among(a, b));
}

export function compareValues(a: Exact | string, b: Exact | string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

import type { Reader, Value } from "./database.ts";
import { type CopiedTable, pageSql } from "./transfer-tables.ts";

/** Rows of a table, each with its values in the order of the columns. */
export type Page = Value[][];

/** What a database far away takes well in one list. */
export const MOST_ROWS = 2_500;
const MOST_BYTES = 400 * 1_024;
/** So many rows are asked for while it is not known how large they are; then at most so many times as many each time. */
const FIRST_ROWS = 250;
const GROWTH = 4;
/** What a number takes up among others, nearly. */
const NUMBER_BYTES = 6;

/**
 * Reads a table in order of its key, page by page, so that it may be larger than memory. What others write meanwhile may
 * be in it or not.
 *
 * @param after the key to go on after
 */
export async function* readPages(
	db: Reader,
	table: CopiedTable,
	after?: readonly Value[],
): AsyncGenerator<Page, void> {
	const places = table.key.map((column) => table.columns.indexOf(column));
	let from = after;
	for (let limit = FIRST_ROWS; ; ) {
		const rows = await db.all<Record<string, Value>>(pageSql(table, from === undefined), [
			...(from ?? []),
			limit,
		]);
		const page = rows.map((row) => Object.values(row));
		const last = page.at(-1);
		if (last) yield page;
		if (!last || page.length < limit) return;
		from = places.map((place) => last[place] ?? null);
		limit = nextLimit(limit, sizeOf(page));
	}
}

/** Rows of one table are about as large as those before them. */
function nextLimit(limit: number, bytes: number): number {
	const fitting = Math.floor((limit * MOST_BYTES) / bytes);
	return Math.max(1, Math.min(fitting, limit * GROWTH, MOST_ROWS));
}

/** How long the rows are as JSON, nearly. */
function sizeOf(page: Page): number {
	let bytes = 0;
	for (const row of page) {
		for (const value of row) bytes += typeof value === "string" ? value.length + 3 : NUMBER_BYTES;
	}
	return bytes;
}

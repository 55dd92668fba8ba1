import { stringify } from "csv-stringify/sync";
import type { Row } from "./table-row.ts";

/**
 * Rows as CSV (RFC 4180, lines ending in CRLF), one line with the columns' names before them. A cell that a spreadsheet
 * would take for a formula gets an apostrophe before it.
 *
 * @param columns what to tell of each row, in this order; those of the first row unless told otherwise
 * @param hasHead whether the columns' names come first; not where these rows follow others
 */
export function csvText(
	rows: readonly Row[],
	columns: readonly string[] = Object.keys(rows[0] ?? {}),
	hasHead = true,
): string {
	return stringify(
		rows.map((row) => mapValues(row, (value) => (typeof value === "bigint" ? value.toString() : value))),
		{ header: hasHead, columns: [...columns], escape_formulas: true, record_delimiter: "windows" },
	);
}

function mapValues(row: Row, map: (value: Row[string]) => unknown): Record<string, unknown> {
	return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, map(value)]));
}

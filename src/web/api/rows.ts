import { stringify } from "csv-stringify/sync";
import type { Exact } from "../../usage/usage.ts";
import { jsonText } from "../../usage/usage-json.ts";

/** A row of a list as it leaves: the same in JSON and in CSV. */
export type Row = Record<string, string | Exact | boolean | null>;

/** JSON as every answer of the API has it: integers that a JSON number could not hold are texts. */
export function json(value: unknown, init: ResponseInit = {}): Response {
	const headers = new Headers(init.headers);
	headers.set("content-type", "application/json; charset=utf-8");
	return new Response(jsonText(value), { ...init, headers });
}

/** Rows as a table. A cell that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csv(name: string, rows: readonly Row[]): Response {
	const text = stringify(
		rows.map((row) => mapValues(row, (value) => (typeof value === "bigint" ? value.toString() : value))),
		{ header: true, columns: Object.keys(rows[0] ?? {}), escape_formulas: true, record_delimiter: "windows" },
	);
	return new Response(text, {
		headers: {
			"content-type": "text/csv; charset=utf-8",
			"content-disposition": `attachment; filename="promptpulse-${name}.csv"`,
		},
	});
}

function mapValues(row: Row, map: (value: Row[string]) => unknown): Record<string, unknown> {
	return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, map(value)]));
}

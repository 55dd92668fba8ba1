import { csvText } from "../../usage/csv.ts";
import type { Row } from "../../usage/table-row.ts";
import { jsonText } from "../../usage/usage-json.ts";

/** JSON as every answer of the API has it: integers that a JSON number could not hold are texts. */
export function json(value: unknown, init: ResponseInit = {}): Response {
	const headers = new Headers(init.headers);
	headers.set("content-type", "application/json; charset=utf-8");
	return new Response(jsonText(value), { ...init, headers });
}

/** Rows as a file for spreadsheets. */
export function csv(name: string, rows: readonly Row[]): Response {
	return new Response(csvText(rows), {
		headers: {
			"content-type": "text/csv; charset=utf-8",
			"content-disposition": `attachment; filename="promptpulse-${name}.csv"`,
		},
	});
}

import type { Value } from "../database.ts";

export type Row = Record<string, Value>;

/**
 * A question as one value: its rows as a JSON array of arrays, or only the first row, or null where there is none.
 *
 * The rows come in the question's own order: what is materialized is a table of its own, filled by the question as it
 * stands and read from its beginning to its end. It also makes a text of what a function of JSON gives, which would
 * otherwise become part of the JSON around it. Columns are told apart by their place, so their names need no quoting,
 * and one too many or too few is an error.
 *
 * @param sql one statement that only asks
 */
export function asOneValue(sql: string, width: number, onlyFirst: boolean): string {
	const columns = Array.from({ length: width }, (_, column) => `c${column}`).join(", ");
	const row = `json_array(${columns})`;
	// On lines of its own: it may end in a comment.
	const asked = `with asked(${columns}) as materialized (\n${withoutEnd(sql)}\n)`;
	return `(${asked} select ${onlyFirst ? `${row} from asked limit 1` : `json_group_array(${row}) from asked`})`;
}

/** A statement without the semicolon at its end, which nothing may follow. */
export function withoutEnd(sql: string): string {
	return sql.trim().replace(/(?:;\s*)+$/, "");
}

/**
 * Reads what {@link asOneValue} was answered with.
 *
 * @returns undefined where JSON does not tell what was there: integers from 2^53 on, and fractions, of which older
 * versions of SQLite write 15 digits and infinity as no JSON at all
 */
export function readOneValue(text: Value, columns: readonly string[], onlyFirst: boolean): Row[] | undefined {
	if (onlyFirst && text === null) return [];
	const value = parse(text);
	if (value === undefined) return undefined;
	const rows = (onlyFirst ? [value] : value) as (string | number | null)[][];
	if (!Array.isArray(rows) || !rows.every(Array.isArray)) return undefined;
	const named: Row[] = [];
	for (const row of rows) {
		const fields: Row = {};
		for (let column = 0; column < columns.length; column++) {
			const field = row[column] as Value;
			if (typeof field === "number" && !Number.isSafeInteger(field)) return undefined;
			fields[columns[column] as string] = field;
		}
		named.push(fields);
	}
	return named;
}

function parse(text: Value): unknown {
	try {
		return JSON.parse(text as string);
	} catch {
		return undefined;
	}
}

import type { Batch, Value } from "../database.ts";
import { checkParameter } from "./parameters.ts";
import type { Statement } from "./statement.ts";

/** The largest parameter there is evidence for is a million characters; SQLite reads this much in some 10 ms. */
const MOST_LIST_BYTES = 512_000;

/**
 * What a batch comes to: one statement a row, or a few with a list of rows each. The rows are read once and at once.
 *
 * @throws TypeError for what no column can hold
 */
export function statementsOf({ sql, listSql, rows }: Batch): Statement[] {
	const statements: Statement[] = [];
	const list = new List();
	const end = () => {
		if (listSql === undefined || list.mustGoByRow) statements.push(...list.byRow(sql));
		else statements.push({ sql: listSql, parameters: [list.asJson()] });
		list.clear();
	};
	for (const row of rows) {
		list.add(row);
		if (list.bytes > MOST_LIST_BYTES) end();
	}
	if (list.length > 0) end();
	return statements;
}

/** Rows as JSON and as they are: only when all of them were seen is it known which it has to be. */
class List {
	readonly #rows: Value[][] = [];
	readonly #texts: string[] = [];
	#hasNul = false;
	bytes = 0;

	get length(): number {
		return this.#rows.length;
	}

	/** SQLite's JSON ends a text at NUL; and a single row needs no list. */
	get mustGoByRow(): boolean {
		return this.#hasNul || this.length === 1;
	}

	add(given: readonly Value[]): void {
		// A new array: the caller may use its own for the next row.
		const row = given.map(checkParameter);
		const text = asJson(row);
		this.#hasNul ||= text.includes("\\u0000");
		this.#rows.push(row);
		this.#texts.push(text);
		this.bytes += Buffer.byteLength(text) + 1;
	}

	asJson(): string {
		return `[${this.#texts.join(",")}]`;
	}

	byRow(sql: string): Statement[] {
		return this.#rows.map((parameters) => ({ sql, parameters }));
	}

	clear(): void {
		this.#rows.length = 0;
		this.#texts.length = 0;
		this.#hasNul = false;
		this.bytes = 0;
	}
}

/** An array whose integers are written in all their digits, which `JSON.stringify` refuses. */
function asJson(row: readonly Value[]): string {
	let isPlain = true;
	for (const value of row) {
		if (typeof value === "bigint") isPlain = false;
		// Half of a pair of characters is no Unicode; what is bound as it is becomes U+FFFD on its way.
		else if (typeof value === "string") isPlain &&= value.isWellFormed();
	}
	if (isPlain) return JSON.stringify(row);
	const values = row.map((value) => {
		if (typeof value === "bigint") return value.toString();
		return JSON.stringify(typeof value === "string" ? value.toWellFormed() : value);
	});
	return `[${values.join(",")}]`;
}

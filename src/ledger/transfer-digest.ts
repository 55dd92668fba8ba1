import type { Reader, Value } from "./database.ts";
import { readPages } from "./table-pages.ts";
import type { CopiedTable } from "./transfer-tables.ts";

/** A table of two databases: how many rows each has, and whether they are the same. */
export type Comparison = { table: string; source: number; target: number; isSame: boolean };

type TableDigest = { rows: number; digest: string };

/**
 * Compares all rows of two databases, column by column.
 *
 * @param seen is told of rows as they are read, those of both sides
 */
export async function compareTables(
	source: Reader,
	target: Reader,
	tables: readonly CopiedTable[],
	seen: (rows: number) => void,
): Promise<Comparison[]> {
	const compared: Comparison[] = [];
	for (const table of tables) {
		const [here, there] = await Promise.all([
			digestTable(source, table, seen),
			digestTable(target, table, seen),
		]);
		const isSame = here.rows === there.rows && here.digest === there.digest;
		compared.push({ table: table.name, source: here.rows, target: there.rows, isSame });
	}
	return compared;
}

/** SHA-256 over the rows in order of their key, one JSON array a line: what a line holds does not depend on the pages. */
async function digestTable(
	db: Reader,
	table: CopiedTable,
	seen: (rows: number) => void,
): Promise<TableDigest> {
	const hasher = new Bun.CryptoHasher("sha256");
	let rows = 0;
	for await (const page of readPages(db, table)) {
		hasher.update(page.map(lineOf).join(""));
		rows += page.length;
		seen(page.length);
	}
	return { rows, digest: hasher.digest("hex") };
}

/** JSON has no integers as large as these; no other value is an array. */
function lineOf(row: readonly Value[]): string {
	const values = row.map((value) => (typeof value === "bigint" ? [String(value)] : value));
	return `${JSON.stringify(values)}\n`;
}

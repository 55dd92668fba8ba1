import type { Batch, Reader, Value } from "./database.ts";
import { migrate } from "./migrate.ts";
import { insertRows } from "./row-batches.ts";
import { openSqlite } from "./sqlite.ts";

/** A table that is copied from one database to another. Its columns have the order of the schema, its key that of the index. */
export type CopiedTable = {
	name: string;
	columns: readonly string[];
	key: readonly string[];
	/** Which rows are copied. */
	condition: string;
};

/** Each database has a UUID of its own, so that machines tell them apart. */
const NOT_COPIED: Readonly<Record<string, string>> = { settings: "name <> 'ledger'" };

/**
 * Every table of the newest schema but the list of its own steps, in the order in which they were made. What a database
 * has besides, a driver's own table say, is not among them: the schema is looked at where it has just been made.
 */
export async function listCopiedTables(): Promise<CopiedTable[]> {
	const db = openSqlite(":memory:");
	try {
		await migrate(db, 0);
		const columns = await db.all<{ table: string; name: string; place: number }>(
			`select t.name as "table", c.name, c.pk as place
			from sqlite_master as t
			cross join pragma_table_info(t.name) as c
			where t.type = 'table' and t.name <> 'migrations' and t.name not like 'sqlite!_%' escape '!'
			order by t.rowid, c.cid`,
		);
		return [...Map.groupBy(columns, ({ table }) => table)].map(([name, all]) => {
			const key = all.filter(({ place }) => place > 0).sort((a, b) => a.place - b.place);
			if (key.length === 0) throw new Error(`the table ${name} has no primary key to copy it by`);
			return {
				name,
				columns: all.map((column) => column.name),
				key: key.map((column) => column.name),
				condition: NOT_COPIED[name] ?? "true",
			};
		});
	} finally {
		await db.close();
	}
}

/** Asks for the rows from the first on, or for those after a key, in order of the key. The last parameter is how many. */
export function pageSql({ name, columns, key, condition }: CopiedTable, isFirst: boolean): string {
	const after = isFirst ? "" : `and (${key.join(", ")}) > (${key.map(() => "?").join(", ")})`;
	return `select ${columns.join(", ")} from ${name} where ${condition} ${after} order by ${key.join(", ")} limit ?`;
}

/** The key of the table's last row, undefined where it has none. */
export async function findLastKey(
	db: Reader,
	{ name, key, condition }: CopiedTable,
): Promise<Value[] | undefined> {
	const order = key.map((column) => `${column} desc`).join(", ");
	const row = await db.get<Record<string, Value>>(
		`select ${key.join(", ")} from ${name} where ${condition} order by ${order} limit 1`,
	);
	return row && Object.values(row);
}

/** How many rows of each table there are to copy, in the order of the tables. */
export async function countRows(db: Reader, tables: readonly CopiedTable[]): Promise<number[]> {
	return Promise.all(
		tables.map(async ({ name, condition }) => {
			const found = await db.get<{ rows: number }>(
				`select count(*) as "rows" from ${name} where ${condition}`,
			);
			return found?.rows ?? 0;
		}),
	);
}

/**
 * Writes rows. One that another stands in the way of is left out, for a source that somebody still writes to may have
 * moved it meanwhile: the comparison at the end tells.
 */
export function copyRows({ name, columns }: CopiedTable, rows: Iterable<readonly Value[]>): Batch {
	return insertRows(name, columns, rows, "on conflict do nothing");
}

/** Removes the first rows, as many as the parameter says. */
export function clearSql({ name, key, condition }: CopiedTable): string {
	const columns = key.join(", ");
	return `delete from ${name} where ${condition} and (${columns}) in (
		select ${columns} from ${name} where ${condition} order by ${columns} limit ?
	)`;
}

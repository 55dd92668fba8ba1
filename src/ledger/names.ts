import type { Reader, Transaction, Value } from "./database.ts";

/** Tables of names that events and rollups refer to by number. */
export type NameTable = "projects" | "sessions" | "branches" | "models" | "agents" | "versions" | "folders";

/** The numbers of names of one user, made where they are new. */
export async function internNames(
	tx: Transaction,
	table: NameTable,
	user: number,
	names: ReadonlySet<string>,
): Promise<Map<string, number>> {
	if (names.size === 0) return new Map();
	const found = await findNames(tx, table, user, names);
	const missing: Value[][] = [];
	for (const name of names) if (!found.has(name)) missing.push([user, name]);
	if (missing.length === 0) return found;
	await tx.batch([{ sql: `insert into ${table} (user, name) values (?, ?)`, rows: missing }]);
	return findNames(tx, table, user, names);
}

/** The numbers of those names of one user that are known. */
export async function findNames(
	db: Reader,
	table: NameTable,
	user: number,
	names: ReadonlySet<string>,
): Promise<Map<string, number>> {
	const rows = await db.all<{ id: number; name: string }>(
		`select n.id, n.name
		from json_each(?) as wanted
		cross join ${table} as n on n.user = ? and n.name = wanted.value`,
		[JSON.stringify([...names]), user],
	);
	return new Map(rows.map((row) => [row.name, row.id]));
}

import type { Batch, Reader, Transaction, Value } from "./database.ts";
import { insertRows } from "./row-batches.ts";

/** Tables of names that events and rollups refer to by number. */
export type NameTable = "projects" | "sessions" | "branches" | "models" | "agents" | "versions" | "folders";

/** The numbers of names of one user, made where they are new. */
export async function internNames(
	tx: Transaction,
	table: NameTable,
	user: number,
	names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
	const numbers = await NameNumbers.of(tx, table, user, names);
	for (const name of names) numbers.numberOf(name);
	await tx.batch([numbers.takeFresh()]);
	return numbers.known;
}

/** The numbers of those names of one user that are known. */
export async function findNames(
	db: Reader,
	table: NameTable,
	user: number,
	names: ReadonlySet<string>,
): Promise<Map<string, number>> {
	if (names.size === 0) return new Map();
	const rows = await db.all<{ id: number; name: string }>(
		`select n.id, n.name
		from json_each(?) as wanted
		cross join ${table} as n on n.user = ? and n.name = wanted.value`,
		[JSON.stringify([...names]), user],
	);
	return new Map(rows.map((row) => [row.name, row.id]));
}

/** The number that a table's next row gets: nobody else writes until the transaction ends. */
export async function nextId(tx: Transaction, table: NameTable | "machines"): Promise<number> {
	const last = await tx.get<{ id: number | null }>(`select max(id) as id from ${table}`);
	return (last?.id ?? 0) + 1;
}

/**
 * Numbers of names of one kind. New names get theirs here and not from the database, so that what refers to them can be
 * written along with them.
 */
export class NameNumbers {
	readonly #fresh: Value[][] = [];

	private constructor(
		readonly table: NameTable,
		readonly user: number,
		readonly known: Map<string, number>,
		private next: number,
	) {}

	/** @param names that may be asked for */
	static async of(
		tx: Transaction,
		table: NameTable,
		user: number,
		names: ReadonlySet<string>,
	): Promise<NameNumbers> {
		if (names.size === 0) return new NameNumbers(table, user, new Map(), 0);
		const [known, next] = await Promise.all([findNames(tx, table, user, names), nextId(tx, table)]);
		return new NameNumbers(table, user, known, next);
	}

	/** Makes a name known that the database has. */
	know(name: string, number: number): void {
		this.known.set(name, number);
	}

	numberOf(name: string): number {
		const known = this.known.get(name);
		if (known !== undefined) return known;
		const number = this.next++;
		this.known.set(name, number);
		this.#fresh.push([number, this.user, name]);
		return number;
	}

	/** Writes the names that are new. */
	takeFresh(): Batch {
		return insertRows(this.table, ["id", "user", "name"], this.#fresh.splice(0));
	}
}

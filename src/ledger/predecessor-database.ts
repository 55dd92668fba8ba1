import { AppError } from "../errors.ts";
import type { Database, Reader } from "./database.ts";
import { openSqliteToLook } from "./sqlite.ts";

/** Tables of the former server's database that have usage. */
export const PREDECESSOR_TABLES = ["usage_data", "usage_sessions", "usage_blocks"] as const;

export type PredecessorTable = (typeof PREDECESSOR_TABLES)[number];

/** A row as it stands there. */
export type PredecessorRow = Record<string, unknown>;

/** Somebody who has usage there. `id` is a number or, in the later versions, a text. */
export type PredecessorUser = { id: string | number; username: string | null };

const COUNTED = [
	"user_id",
	"machine_id",
	"input_tokens",
	"output_tokens",
	"cache_creation_tokens",
	"cache_read_tokens",
	"total_tokens",
	"total_cost",
	"models_used",
];

const COLUMNS: Record<PredecessorTable, readonly string[]> = {
	usage_data: [...COUNTED, "date", "model_breakdowns"],
	usage_sessions: [
		...COUNTED,
		"session_id",
		"project_path",
		"start_time",
		"end_time",
		"duration_minutes",
		"model_breakdowns",
	],
	usage_blocks: [...COUNTED, "block_id", "start_time", "end_time", "actual_end_time", "entry_count"],
};

/** A longer text than any of theirs; cut, it is refused as what it is then. */
const LONGEST_TEXT = 1_000_000;

/**
 * The former server's database, which is only read. It may have been made by anybody: only plain tables are asked, with
 * none of the code that a schema can hold.
 */
export class PredecessorDatabase {
	readonly #db: Database;

	/** @throws AppError `ledger_damaged`, `ledger_unwritable` */
	constructor(readonly path: string) {
		this.#db = openSqliteToLook(path);
	}

	/**
	 * @returns the usage tables that there are
	 * @throws AppError `usage` where one is no plain table
	 */
	async listTables(): Promise<PredecessorTable[]> {
		const found: PredecessorTable[] = [];
		for (const table of PREDECESSOR_TABLES) {
			if (await isPlainTable(this.#db, this.path, table)) found.push(table);
		}
		return found;
	}

	/** Everyone who has usage in these tables. */
	async listUsers(tables: readonly PredecessorTable[]): Promise<PredecessorUser[]> {
		const isKnown = await isPlainTable(this.#db, this.path, "users");
		const used = tables.map((table) => `select user_id from ${table}`).join(" union ");
		const name = isKnown
			? "(select substr(username, 1, 256) from users where users.id = used.user_id)"
			: "null";
		return this.#db.all<PredecessorUser>(
			`select user_id as id, ${name} as username from (${used}) as used where user_id is not null order by user_id`,
		);
	}

	/** @param most more rows than that are not read */
	async listRows(table: PredecessorTable, user: string | number, most: number): Promise<PredecessorRow[]> {
		const columns = await columnsOf(this.#db, table);
		const asked = COLUMNS[table].filter((column) => columns.has(column));
		const cells = asked.map(
			(column) =>
				`iif(typeof(${column}) in ('text', 'blob'), substr(${column}, 1, ${LONGEST_TEXT}), ${column}) as ${column}`,
		);
		return this.#db.all<PredecessorRow>(
			`select ${cells.join(", ")} from ${table} where user_id = ? order by rowid limit ?`,
			[user, most],
		);
	}

	close(): Promise<void> {
		return this.#db.close();
	}
}

async function isPlainTable(db: Reader, path: string, name: string): Promise<boolean> {
	const found = await db.get<{ type: string }>(
		"select type from pragma_table_list where schema = 'main' and name = ?",
		[name],
	);
	if (!found) return false;
	const computed = await db.get("select 1 as found from pragma_table_xinfo(?) where hidden <> 0", [name]);
	if (found.type === "table" && !computed) return true;
	throw new AppError(
		"usage",
		`${path} was not taken: ${name} in it is not a plain table.`,
		"Nothing was changed. Name the database of the former PromptPulse server itself.",
	);
}

async function columnsOf(db: Reader, table: PredecessorTable): Promise<Set<string>> {
	const columns = await db.all<{ name: string }>("select name from pragma_table_xinfo(?)", [table]);
	return new Set(columns.map(({ name }) => name));
}

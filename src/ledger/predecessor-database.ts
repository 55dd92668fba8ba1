import { AppError } from "../errors.ts";
import type { Database, Value } from "./database.ts";
import { openSqliteToLook } from "./sqlite.ts";

/** Tables of the former server's database that have usage. */
const PREDECESSOR_TABLES = ["usage_data", "usage_sessions", "usage_blocks"] as const;

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

/** More than what one person's totals take; what is longer was not made by the former server. */
const MOST_CHARACTERS = 64_000_000;

/**
 * The former server's database, which is only read. It may have been made by anybody: only plain tables are asked, with
 * none of the code that a schema can hold.
 */
export class PredecessorDatabase {
	readonly #db: Database;

	/** @throws AppError `ledger_damaged`, `ledger_unwritable`; so does every call */
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
			if (await this.#isPlainTable(table)) found.push(table);
		}
		return found;
	}

	/** Everyone who has usage in these tables. */
	async listUsers(tables: readonly PredecessorTable[]): Promise<PredecessorUser[]> {
		const isKnown = await this.#isPlainTable("users");
		const used = tables.map((table) => `select user_id from ${table}`).join(" union ");
		const name = isKnown
			? "(select substr(username, 1, 256) from users where users.id = used.user_id)"
			: "null";
		return this.#ask<PredecessorUser>(
			`select user_id as id, ${name} as username from (${used}) as used
			where typeof(user_id) = 'integer' or typeof(user_id) = 'text' and length(user_id) <= 256
			order by user_id`,
		);
	}

	/**
	 * @param most more rows than that are not read
	 * @throws AppError `usage` where they hold more than could be meant
	 */
	async listRows(table: PredecessorTable, user: string | number, most: number): Promise<PredecessorRow[]> {
		const columns = new Set((await this.#columnsOf(table)).map(({ name }) => name));
		const asked = COLUMNS[table].filter((column) => columns.has(column));
		const lengths = asked.map((column) => `ifnull(length(${column}), 0)`).join(" + ");
		const [size] = await this.#ask<{ characters: number }>(
			`select total(${lengths}) as characters from ${table} where user_id = ?`,
			[user],
		);
		if (size && size.characters > MOST_CHARACTERS)
			throw this.#refused(`${table} in it holds more than 64 MB`);
		const names = asked.join(", ");
		return this.#ask<PredecessorRow>(
			`select ${names} from ${table} where user_id = ? order by ${names} limit ?`,
			[user, most],
		);
	}

	close(): Promise<void> {
		return this.#db.close();
	}

	async #isPlainTable(name: string): Promise<boolean> {
		const [found] = await this.#ask<{ type: string }>(
			"select type from pragma_table_list where schema = 'main' and name = ?",
			[name],
		);
		if (!found) return false;
		const columns = await this.#columnsOf(name);
		if (found.type === "table" && columns.every(({ hidden }) => hidden === 0)) return true;
		throw this.#refused(`${name} in it is not a plain table`);
	}

	#columnsOf(table: string): Promise<{ name: string; hidden: number }[]> {
		return this.#ask("select name, hidden from pragma_table_xinfo(?)", [table]);
	}

	/** A schema can be made so that questions fail which are sound elsewhere. */
	async #ask<Row>(sql: string, parameters: readonly Value[] = []): Promise<Row[]> {
		try {
			return await this.#db.all<Row>(sql, parameters);
		} catch (error) {
			if (error instanceof AppError) throw error;
			throw this.#refused("its tables are not those of the former server", error);
		}
	}

	#refused(why: string, cause?: unknown): AppError {
		return new AppError(
			"usage",
			`${this.path} was not taken: ${why}.`,
			"Nothing was changed. Name the database of the former PromptPulse server itself.",
			{ cause },
		);
	}
}

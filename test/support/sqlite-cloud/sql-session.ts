import { Database, SQLiteError } from "bun:sqlite";
import { makeError, OK, type Reply } from "./replies.ts";
import type { SqlValue } from "./requests.ts";
import type { Statement } from "./statements.ts";

/** What one statement answered, and how many of the parameters it took. */
export type Outcome = { reply: Reply; used: number };

const SQLITE_BUSY = 5;
const SQLITE_RANGE = 25;
const INTERNAL_ERROR = 10_003;
const RETRY_MS = 3;

/** Makes the file of a database. Readers and a writer are then not in each other's way, whoever comes later. */
export function createDatabaseFile(path: string): void {
	using db = new Database(path, { create: true, readwrite: true });
	db.run("pragma journal_mode = wal");
}

/** What one client has of a database: a connection of its own, and with it the open transaction. */
export class SqlSession {
	readonly #db: Database;
	#closed = false;

	constructor(path: string) {
		this.#db = new Database(path, { create: false, readwrite: true, safeIntegers: true });
		this.#db.run("pragma busy_timeout = 0");
		this.#db.run("pragma synchronous = off");
	}

	get inTransaction(): boolean {
		return this.#db.inTransaction;
	}

	/**
	 * Runs one statement with the first of `parameters`, or with exactly these if it is the last. The lock of another
	 * connection is waited for without holding up this process, where that connection usually lives too; after `busyMs`
	 * SQLite's error is thrown, as all others are at once.
	 */
	async run(statement: Statement, parameters: SqlValue[], isLast: boolean, busyMs: number): Promise<Outcome> {
		for (const start = performance.now(); ; await Bun.sleep(RETRY_MS)) {
			if (this.#closed) throw new Error("The connection was closed while its statement waited.");
			try {
				return this.#execute(statement, parameters, isLast);
			} catch (error) {
				if (!isBusy(error) || performance.now() - start >= busyMs) throw error;
			}
		}
	}

	/** Rolls an open transaction back. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#db.close(true);
	}

	#execute({ text, words }: Statement, parameters: SqlValue[], isLast: boolean): Outcome {
		using prepared = this.#db.prepare<unknown, SqlValue[]>(text);
		const used = prepared.paramsCount;
		if (used > parameters.length || (isLast && used < parameters.length)) {
			const message = `${used} parameters are wanted, and ${parameters.length} are there.`;
			return { reply: makeError(SQLITE_RANGE, message, SQLITE_RANGE), used };
		}
		const values = parameters.slice(0, used);
		if (prepared.columnNames.length > 0) {
			const rows = prepared.values(...values);
			const columns = prepared.columnNames.map((name, index) => ({
				name,
				declared: prepared.declaredTypes[index] ?? "",
			}));
			return { reply: { type: "rowset", columns, rows }, used };
		}
		const { lastInsertRowid, changes } = prepared.run(...values);
		if (!/^(?:INSERT|UPDATE|DELETE|REPLACE|WITH)$/.test(words[0] ?? "")) return { reply: OK, used };
		const written = [lastInsertRowid, changes, this.#countAllChanges()].map(BigInt);
		return { reply: { type: "array", values: [10n, 0n, ...written, 1n] }, used };
	}

	#countAllChanges(): bigint {
		using count = this.#db.prepare<{ changes: bigint }, []>("select total_changes() as changes");
		return count.get()?.changes ?? 0n;
	}
}

/** Not of a snapshot that has become old: waiting does not make it new. */
function isBusy(error: unknown): boolean {
	return error instanceof SQLiteError && error.errno === SQLITE_BUSY;
}

/** The reply for what was thrown by running a statement. */
export function describeError(error: unknown): Reply {
	if (error instanceof SQLiteError)
		return makeError(error.errno & 255, error.message, error.errno, error.byteOffset);
	return makeError(INTERNAL_ERROR, error instanceof Error ? error.message : String(error));
}

import { constants, SQLiteError, Database as Sqlite } from "bun:sqlite";
import { AsyncLocalStorage } from "node:async_hooks";
import { closeSync, existsSync, openSync } from "node:fs";
import { AppError } from "../errors.ts";
import type { Batch, Database, Transaction, Value } from "./database.ts";
import { isExact, narrow } from "./exact-rows.ts";

/** How long a writer waits for another process before it gives up, in ms, if it is not told another time. */
const BUSY_TIMEOUT = 10_000;
/** As long as that a lock is tried for, in ms: of two that try at the same instant each can stand in the other's way. */
const LOCK_TIMEOUT = 100;

/** How often a writer that waits for another process tries again, in ms. */
const TRIED_EVERY = 10;

/** What a writer may hold of the file. With the usual 2 MiB a large transaction writes the same pages again and again. */
const WRITER_CACHE_KIB = 4_096;
/** What of its log stays on the disk when a large transaction is over; without a limit all of it does, for good. */
const LOG_BYTES = 16 * 1_024 ** 2;

/**
 * Opens a SQLite file, `:memory:` included. One connection writes, one transaction at a time; another one reads
 * beside it and never waits for a writer. Acknowledged means on disk: `synchronous=FULL`.
 *
 * @param patience how long a writer waits for another process, in ms
 * @throws AppError `ledger_unwritable`, `ledger_damaged`; so does every call on it
 */
export function openSqlite(path: string, patience = BUSY_TIMEOUT): Database {
	return guard(path, () => {
		makePrivate(path);
		const writer = connect(path, constants.SQLITE_OPEN_READWRITE | constants.SQLITE_OPEN_CREATE, [
			"journal_mode = wal",
			"synchronous = full",
			`cache_size = -${WRITER_CACHE_KIB}`,
			`journal_size_limit = ${LOG_BYTES}`,
		]);
		const reader = path === ":memory:" ? writer : connect(path, constants.SQLITE_OPEN_READONLY);
		// Where it waits by itself everything else waits with it.
		writer.run("pragma busy_timeout = 0");
		return new SqliteDatabase(path, writer, reader, patience);
	});
}

/**
 * Opens a file that cannot be written, on a read-only disk say. Nothing beside it can be made, so it is read as it
 * stands; writing throws.
 */
export function openSqliteReadOnly(path: string): Database {
	return guard(path, () => {
		const uri = `file:${encodeURI(path).replaceAll("?", "%3f").replaceAll("#", "%23")}?immutable=1`;
		const reader = connect(uri, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI);
		return new SqliteDatabase(path, reader, reader, BUSY_TIMEOUT);
	});
}

/**
 * Opens a file that may be written, and leaves it as it was found: it is not made, nothing can be written through it,
 * and what a killed writer left beside it stays there. Of a connection that may only read, its own files would stay.
 */
export function openSqliteToLook(path: string): Database {
	return guard(path, () => {
		const { SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE } = constants;
		const flags = existsSync(`${path}-wal`) ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
		const reader = connect(path, flags, ["query_only = on"]);
		return new SqliteDatabase(path, reader, reader, BUSY_TIMEOUT);
	});
}

/**
 * A lock between processes that dies with its holder: an open transaction on a file of its own.
 *
 * @returns what lets go of it, or undefined while another process holds it
 */
export function holdLock(path: string): (() => void) | undefined {
	return guard(path, () => {
		makePrivate(path);
		const lock = new Sqlite(path);
		try {
			lock.run(`pragma busy_timeout = ${LOCK_TIMEOUT}`);
			lock.run("begin exclusive");
			return () => lock.close();
		} catch (error) {
			lock.close();
			if (error instanceof SQLiteError && error.code?.startsWith("SQLITE_BUSY")) return undefined;
			throw error;
		}
	});
}

/** A new file is its owner's alone, whatever folder it is in; what SQLite puts beside it follows it in that. */
function makePrivate(path: string): void {
	if (path === ":memory:" || existsSync(path)) return;
	try {
		closeSync(openSync(path, "a", 0o600));
	} catch {
		// SQLite meets the same trouble in a moment, and what it says of it is put in words for people.
	}
}

function connect(path: string, flags: number, pragmas: readonly string[] = []): Sqlite {
	const connection = new Sqlite(path, flags);
	try {
		// Two processes that open a fresh file at once get "busy" from the very first statement without the time-out.
		const all = [`busy_timeout = ${BUSY_TIMEOUT}`, "foreign_keys = on", ...pragmas];
		for (const pragma of all) connection.run(`pragma ${pragma}`);
		return connection;
	} catch (error) {
		// Left open, it would leave its files beside a damaged one.
		connection.close();
		throw error;
	}
}

class SqliteDatabase implements Database {
	/** Settles when the last queued writer is done. */
	#queue: Promise<unknown> = Promise.resolve();
	/** The transaction from whose work the running code was called. */
	readonly #inside = new AsyncLocalStorage<{ open: boolean }>();
	readonly #write: Transaction;
	readonly #read: Transaction;

	constructor(
		readonly path: string,
		readonly writer: Sqlite,
		readonly reader: Sqlite,
		readonly patience: number,
	) {
		this.#write = statements(path, writer);
		this.#read = statements(path, reader);
	}

	all<Row>(sql: string, parameters?: readonly Value[]): Promise<Row[]> {
		return this.#beside(() => this.#read.all<Row>(sql, parameters));
	}

	get<Row>(sql: string, parameters?: readonly Value[]): Promise<Row | undefined> {
		return this.#beside(() => this.#read.get<Row>(sql, parameters));
	}

	run(sql: string, parameters?: readonly Value[]): Promise<number> {
		return this.#alone((deadline) => this.#patiently(() => this.#write.run(sql, parameters), deadline));
	}

	batch(batches: readonly Batch[]): Promise<void> {
		return this.transaction((tx) => tx.batch(batches));
	}

	transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
		return this.#alone(async (deadline) => {
			await this.#patiently(() => this.#write.run("begin immediate"), deadline);
			const mark = { open: true };
			try {
				const result = await this.#inside.run(mark, () => work(this.#write));
				await this.#write.run("commit");
				return result;
			} catch (error) {
				// A full disk has rolled back by itself already.
				if (this.writer.inTransaction) await this.#write.run("rollback");
				throw error;
			} finally {
				mark.open = false;
			}
		});
	}

	close(): Promise<void> {
		return this.#alone(async () => {
			if (this.reader !== this.writer) this.reader.close();
			this.writer.close();
		});
	}

	/** A lone connection would read half of a running transaction, so its readers queue too. */
	async #beside<Result>(work: () => Promise<Result>): Promise<Result> {
		if (this.reader === this.writer) return this.#alone(work);
		this.#refuseInside();
		return work();
	}

	/** @param work gets until when it may wait, by the clock of `performance.now()` */
	async #alone<Result>(work: (deadline: number) => Promise<Result>): Promise<Result> {
		this.#refuseInside();
		// From when it began to queue: those who wait for the same process do not wait one after the other.
		const deadline = performance.now() + this.patience;
		const result = this.#queue.then(() => work(deadline));
		this.#queue = result.catch(() => undefined);
		return result;
	}

	/** Tries again while another process writes. Others may go on meanwhile. */
	async #patiently<Result>(work: () => Promise<Result>, deadline: number): Promise<Result> {
		for (;;) {
			try {
				return await work();
			} catch (error) {
				const isLocked = error instanceof AppError && error.code === "locked";
				if (!isLocked || performance.now() >= deadline) throw error;
				await Bun.sleep(TRIED_EVERY);
			}
		}
	}

	/** It would wait for its own transaction, without end. */
	#refuseInside(): void {
		if (!this.#inside.getStore()?.open) return;
		throw new Error("the database was used inside a transaction: use the transaction's own argument");
	}
}

function statements(path: string, connection: Sqlite): Transaction {
	const prepare = (sql: string) => connection.query(sql);
	return {
		all: async <Row>(sql: string, parameters: readonly Value[] = []) =>
			guard(path, () => {
				const rows = prepare(sql)
					.safeIntegers(false)
					.all(...parameters);
				return (rows.every(isExact) ? rows : exactly(prepare(sql), parameters)) as Row[];
			}),
		get: async <Row>(sql: string, parameters: readonly Value[] = []) =>
			guard(path, () => {
				// Also for statements that change rows, which can be run only once.
				const row = prepare(sql)
					.safeIntegers(true)
					.get(...parameters);
				if (row) narrow(row as Record<string, unknown>);
				return (row ?? undefined) as Row | undefined;
			}),
		run: async (sql, parameters = []) => guard(path, () => prepare(sql).run(...parameters).changes),
		batch: async (batches) =>
			guard(path, () => {
				for (const { sql, rows } of batches) {
					let statement: ListStatement | undefined;
					for (const row of rows) {
						statement ??= prepare(sql) as unknown as ListStatement;
						statement.run(row);
					}
				}
			}),
	};
}

type Statement = ReturnType<Sqlite["query"]>;

/** Bun binds a list as it is; spread, as its types want it, each row would be copied twice more. */
type ListStatement = { run(row: readonly Value[]): unknown };

/** Integers come as numbers at a tenth of the price, rounded where they are large; then they are asked for again. */
function exactly(statement: Statement, parameters: readonly Value[]): unknown[] {
	const rows = statement.safeIntegers(true).all(...parameters);
	for (const row of rows) narrow(row as Record<string, unknown>);
	return rows;
}

/** Runs `work` and says in plain words what is wrong with the file where SQLite only has a code for it. */
function guard<Result>(path: string, work: () => Result): Result {
	try {
		return work();
	} catch (error) {
		throw error instanceof SQLiteError ? asAppError(path, error) : error;
	}
}

function asAppError(path: string, error: SQLiteError): Error {
	const code = error.code ?? "";
	if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB") {
		return new AppError(
			"ledger_damaged",
			`${path} is damaged or is not a ledger (${error.message}).`,
			"Move it aside and run promptpulse collect: everything that is still in the transcripts is read again.",
			{ cause: error },
		);
	}
	if (/^SQLITE_(CANTOPEN|READONLY|FULL|IOERR|PERM)/.test(code)) {
		return new AppError(
			"ledger_unwritable",
			`${path} cannot be written (${error.message}).`,
			"Check that the disk has room and that the folder is yours, or name another one in PROMPTPULSE_HOME.",
			{ cause: error },
		);
	}
	if (code.startsWith("SQLITE_BUSY")) {
		return new AppError(
			"locked",
			`${path} is in use by another process.`,
			"Try again when it has finished.",
			{ cause: error },
		);
	}
	return error;
}

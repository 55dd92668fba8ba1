import { AsyncLocalStorage } from "node:async_hooks";
import { AppError } from "../../errors.ts";
import type { Batch, Database, Transaction, Value } from "../database.ts";
import { CloudError, closedError } from "./cloud-error.ts";
import { COMMITS } from "./commits.ts";
import { Connection, type ConnectionOptions, type Note } from "./connection.ts";
import { parseCloudUrl } from "./connection-string.ts";
import { forPeople, isPassing } from "./for-people.ts";
import { isQuestion, KnownTexts } from "./known-texts.ts";
import { Pool, type PoolFigures } from "./pool.ts";
import { Reading } from "./reading.ts";
import { type RetryPolicy, retrying } from "./retry.ts";
import { WriterTurns } from "./writer-turns.ts";
import { Writing } from "./writing.ts";

export type CloudOptions = {
	/** How many connections there are at most. With a single one, readers wait for writers. */
	maxConnections: number;
	/** How long a connection may lie unused before it is closed, in ms. */
	idleMs: number;
	retry: RetryPolicy;
	note: Note;
	/** How long a connection, or the turn to write, is waited for, in ms. */
	acquireMs?: number;
} & Partial<Pick<ConnectionOptions, "connectMs" | "queryMs">>;

const CONNECT_MS = 10_000;
const QUERY_MS = 15_000;
const ACQUIRE_MS = 10_000;

/**
 * Opens a database on SQLite Cloud, which has to be there. Its table of commits is made if it is missing.
 *
 * @throws AppError `invalid_config`, `database_unreachable`, `database_refused`
 */
export async function openCloud(url: string, options: CloudOptions): Promise<CloudDatabase> {
	const address = parseCloudUrl(url);
	const { maxConnections, idleMs, retry, note } = options;
	const { connectMs = CONNECT_MS, queryMs = QUERY_MS, acquireMs = ACQUIRE_MS } = options;
	const open = noting(note, (signal) => Connection.open(address, { connectMs, queryMs, note, signal }));
	const pool = new Pool({ open, most: maxConnections, idleMs, acquireMs });
	const begin = async () => {
		const connection = await pool.acquire();
		try {
			await connection.send(COMMITS);
		} finally {
			pool.release(connection);
		}
	};
	try {
		await retrying(retry, begin, isPassing);
	} catch (error) {
		await pool.close();
		throw asOpeningError(error);
	}
	return new CloudDatabase(pool, new WriterTurns(acquireMs), retry);
}

/** Says why no connection can be had, once until one is had again: each request would say so otherwise. */
function noting(
	note: Note,
	open: (signal: AbortSignal) => Promise<Connection>,
): (signal: AbortSignal) => Promise<Connection> {
	let isFailing = false;
	return async (signal) => {
		try {
			const connection = await open(signal);
			if (isFailing) note("warn", "database reached again", {});
			isFailing = false;
			return connection;
		} catch (error) {
			if (!isFailing && !signal.aborted) note("warn", "database not reached", { reason: reasonOf(error) });
			isFailing = true;
			throw error;
		}
	};
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

function asOpeningError(error: unknown): unknown {
	if (!(error instanceof CloudError) || error.kind !== "statement") return forPeople(error);
	return new AppError(
		"database_refused",
		`The database cannot be prepared for this program: ${error.message}.`,
		"See whether the key or the user in DATABASE_URL may write to this database and make tables in it.",
		{ cause: error },
	);
}

/** A database that is far away: what one request can carry goes in one request, and what gets lost is made good. */
export class CloudDatabase implements Database {
	readonly #pool: Pool;
	readonly #reading: Reading;
	readonly #writing: Writing;
	/** The transaction from whose work the running code was called. */
	readonly #inside = new AsyncLocalStorage<{ open: boolean }>();
	readonly #underWay = new Set<Promise<unknown>>();
	#closing: Promise<void> | undefined;

	constructor(pool: Pool, turns: WriterTurns, retry: RetryPolicy) {
		const texts = new KnownTexts();
		this.#pool = pool;
		this.#reading = new Reading(pool, texts, retry);
		this.#writing = new Writing(pool, turns, texts, retry);
	}

	get figures(): PoolFigures {
		return this.#pool.figures;
	}

	async all<Found>(sql: string, parameters: readonly Value[] = []): Promise<Found[]> {
		if (!isQuestion(sql)) return this.transaction((tx) => tx.all<Found>(sql, parameters));
		return (await this.#admit(() => this.#reading.ask(sql, parameters, false))) as Found[];
	}

	async get<Found>(sql: string, parameters: readonly Value[] = []): Promise<Found | undefined> {
		if (!isQuestion(sql)) return this.transaction((tx) => tx.get<Found>(sql, parameters));
		const [row] = await this.#admit(() => this.#reading.ask(sql, parameters, true));
		return row as Found | undefined;
	}

	run(sql: string, parameters?: readonly Value[]): Promise<number> {
		return this.transaction((tx) => tx.run(sql, parameters));
	}

	batch(batches: readonly Batch[]): Promise<void> {
		return this.transaction((tx) => tx.batch(batches));
	}

	transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
		return this.#admit(async () => {
			const mark = { open: true };
			try {
				return await this.#writing.transact((tx) => this.#inside.run(mark, () => work(tx)));
			} finally {
				mark.open = false;
			}
		});
	}

	async close(): Promise<void> {
		this.#refuseInside();
		this.#closing ??= Promise.allSettled(this.#underWay).then(() => this.#pool.close());
		return this.#closing;
	}

	/** Runs what may be run now; closing waits for it. */
	async #admit<Result>(work: () => Promise<Result>): Promise<Result> {
		this.#refuseInside();
		if (this.#closing) throw forPeople(closedError());
		const running = work();
		this.#underWay.add(running);
		try {
			return await running;
		} catch (error) {
			throw forPeople(error);
		} finally {
			this.#underWay.delete(running);
		}
	}

	/** It would wait for its own transaction, without end. */
	#refuseInside(): void {
		if (!this.#inside.getStore()?.open) return;
		throw new Error("the database was used inside a transaction: use the transaction's own argument");
	}
}

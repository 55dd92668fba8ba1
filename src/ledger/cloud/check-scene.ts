import { setTimeout as sleep } from "node:timers/promises";
import { isLeftBehind, newScratchName, SCRATCH_GLOB } from "../checks/scratch-name.ts";
import { CloudError, CODES } from "./cloud-error.ts";
import { Connection } from "./connection.ts";
import type { CloudAddress } from "./connection-string.ts";

export type SceneOptions = {
	/** How many connections a server would open: `DB_MAX_CONNECTIONS`. */
	maxConnections: number;
	/** How long a connection lies idle to see whether it can be used again, in ms; undefined: that is left out. */
	idleMs: number | undefined;
	/** For how long one writer keeps another one waiting, in ms; shorter than an answer may take. */
	holdMs: number;
	/** How long the server may take to notice that a connection was lost, in ms. */
	noticeMs: number;
	connectMs: number;
	queryMs: number;
	/** Epoch ms. */
	now: () => number;
	/** Ends everything at once but the clearing away. */
	signal: AbortSignal;
};

/** How often what is locked is tried again, in ms. */
const TRIED_EVERY = 50;

/** What checks work with: connections, and tables of their own. */
export class CheckScene {
	readonly options: SceneOptions;
	readonly #address: CloudAddress;
	readonly #prefix: string;
	readonly #tables: string[] = [];
	readonly #opened = new Set<Connection>();
	#shared: Connection | undefined;

	constructor(address: CloudAddress, options: SceneOptions) {
		this.options = options;
		this.#address = address;
		this.#prefix = newScratchName(options.now());
		options.signal.addEventListener("abort", () => this.closeAll());
	}

	/** No table was made. */
	get isUntouched(): boolean {
		return this.#tables.length === 0;
	}

	/** A connection of its own for one check, closed after it. */
	async open(): Promise<Connection> {
		const connection = await this.#connect(this.options.signal);
		this.#opened.add(connection);
		return connection;
	}

	/** The one that checks use one after the other. */
	async connection(): Promise<Connection> {
		if (!this.#shared?.isOpen) this.#shared = await this.#connect(this.options.signal);
		return this.#shared;
	}

	/** The name of a new table, which is not made yet and will be dropped. */
	table(word: string): string {
		const name = `${this.#prefix}_${word}`;
		this.#tables.push(name);
		return name;
	}

	/** A new table of a text each, its key, and a number each, which is there once. */
	async pairs(connection: Connection, word: string): Promise<string> {
		const name = this.table(word);
		await connection.send(`create table ${name} (k text primary key, n integer not null unique) strict`);
		return name;
	}

	/** Sends it as long as the database is busy. @throws CloudError once that was so for `noticeMs` */
	async patiently(connection: Connection, sql: string): Promise<void> {
		const until = performance.now() + this.options.noticeMs;
		for (;;) {
			try {
				await connection.send(sql);
				return;
			} catch (error) {
				if (!isBusy(error) || performance.now() >= until) throw error;
				await Bun.sleep(TRIED_EVERY);
			}
		}
	}

	async sleep(ms: number): Promise<void> {
		await sleep(ms, undefined, { signal: this.options.signal });
	}

	/** After a check: nothing of a failed one is used again. */
	endCheck(passed: boolean): void {
		for (const connection of this.#opened) connection.close();
		this.#opened.clear();
		if (!passed) this.#dropShared();
	}

	closeAll(): void {
		this.endCheck(false);
	}

	/**
	 * Drops the tables of this run, and those that a killed one left behind, also when this run was interrupted.
	 *
	 * @returns how many tables were dropped of both
	 */
	async clear(): Promise<{ own: number; left: number }> {
		this.closeAll();
		if (this.#tables.length === 0) return { own: 0, left: 0 };
		const connection = await this.#connect();
		try {
			const { rows } = await connection.send(
				`select name from sqlite_schema where type = 'table' and name glob '${SCRATCH_GLOB}'`,
			);
			const names = rows.map(({ name }) => String(name));
			const own = names.filter((name) => this.#tables.includes(name));
			const left = names.filter((name) => isLeftBehind(name, this.options.now()));
			// Also those that are not there: what was interrupted may be under way still.
			const drops = [...this.#tables, ...left].map((name) => `drop table if exists ${name}`);
			// What a lost connection holds may have to be let go of first.
			await this.patiently(connection, drops.join("; "));
			return { own: own.length, left: left.length };
		} finally {
			connection.close();
		}
	}

	#connect(signal?: AbortSignal): Promise<Connection> {
		const { connectMs, queryMs } = this.options;
		const options = { connectMs, queryMs, note: () => undefined };
		return Connection.open(this.#address, signal === undefined ? options : { ...options, signal });
	}

	#dropShared(): void {
		this.#shared?.close();
		this.#shared = undefined;
	}
}

/** Whether it is another's lock that stood in the way. */
export function isBusy(error: unknown): boolean {
	return error instanceof CloudError && (error.code === CODES.busy || error.code === CODES.locked);
}

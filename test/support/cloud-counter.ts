import { Database as Sqlite } from "bun:sqlite";
import { expect } from "bun:test";
import { type CloudDatabase, type CloudOptions, openCloud } from "../../src/ledger/cloud/cloud-database.ts";
import type { Transaction } from "../../src/ledger/database.ts";
import type { Faults } from "./sqlite-cloud/faults.ts";
import { CloudServer } from "./sqlite-cloud/server.ts";
import { until } from "./until.ts";

const OPTIONS: CloudOptions = {
	maxConnections: 4,
	idleMs: 30_000,
	retry: { attempts: 3, delayMs: 1 },
	note: () => undefined,
};

/** A server far away that counts, so that what is done twice, or not at all, shows. */
export class CloudCounter {
	/** How often {@link count} was called. */
	runs = 0;

	private constructor(
		readonly server: CloudServer,
		public db: CloudDatabase,
	) {}

	static async start(): Promise<CloudCounter> {
		const server = await CloudServer.start({ busyMs: 1_000 });
		const db = await openCloud(server.url(), OPTIONS);
		await db.batch([
			{ sql: "create table things (id integer primary key, name text) strict", rows: [[]] },
			{ sql: "create table counter (n integer) strict", rows: [[]] },
			{ sql: "insert into counter values (?)", rows: [[0]] },
		]);
		server.resetCounts();
		return new CloudCounter(server, db);
	}

	open(options: Partial<CloudOptions>, url = this.server.url()): Promise<CloudDatabase> {
		return openCloud(url, { ...OPTIONS, ...options });
	}

	async reopen(options: Partial<CloudOptions>): Promise<void> {
		await this.db.close();
		this.db = await this.open(options);
		this.server.resetCounts();
	}

	async stop(): Promise<void> {
		this.setFaults({});
		await this.db.close();
		expect(this.server.violations).toEqual([]);
		await until("connections close", () => this.server.connections === 0);
		await this.server.stop();
	}

	/** From now on only these. */
	setFaults(faults: Faults): void {
		for (const name of Object.keys(this.server.faults) as (keyof Faults)[]) delete this.server.faults[name];
		Object.assign(this.server.faults, faults);
	}

	/** What the file holds, whatever the connections say. */
	stored(): { n: number; things: number } {
		using file = new Sqlite(this.server.path, { readonly: true });
		const sql = "select n, (select count(*) from things) as things from counter";
		return file.query<{ n: number; things: number }, []>(sql).get() as { n: number; things: number };
	}

	/** The work of a transaction of two trips and its end, which adds a thing and one to the number. */
	readonly count = async (tx: Transaction): Promise<number> => {
		this.runs++;
		await tx.batch([{ sql: "insert into things (name) values (?)", rows: [["a"]] }]);
		const row = await tx.get<{ n: number }>("select n from counter");
		const n = (row?.n ?? 0) + 1;
		await tx.run("update counter set n = ?", [n]);
		return n;
	};
}

/** Chosen for the first so many requests of which the text fits. */
export function first<Value>(
	times: number,
	pattern: RegExp,
	value: Value,
): (sql: string) => Value | undefined {
	let left = times;
	return (sql) => (pattern.test(sql) && left-- > 0 ? value : undefined);
}

/** Chosen for every request but a log-in. */
export function afterLogin<Value>(value: Value): (sql: string) => Value | undefined {
	return (sql) => (/\bAUTH\b/.test(sql) ? undefined : value);
}

import { Database as Sqlite } from "bun:sqlite";
import { expect } from "bun:test";
import { type CloudDatabase, type CloudOptions, openCloud } from "../../src/ledger/cloud/cloud-database.ts";
import type { Batch, Value } from "../../src/ledger/database.ts";
import { insertRows } from "../../src/ledger/row-batches.ts";
import { CloudServer } from "./sqlite-cloud/server.ts";
import { until } from "./until.ts";

export const OPTIONS: CloudOptions = {
	maxConnections: 4,
	idleMs: 30_000,
	retry: { attempts: 3, delayMs: 1 },
	note: () => undefined,
};

export const INSERT = "insert into things (name, size) values (?, ?)";

export type Things = { server: CloudServer; db: CloudDatabase };

/** A server with one table of things; what it was asked until then does not count. */
export async function openThings(): Promise<Things> {
	const server = await CloudServer.start();
	const db = await openCloud(server.url(), OPTIONS);
	await db.run("create table things (id integer primary key, name text unique, size integer) strict");
	server.resetCounts();
	return { server, db };
}

/** Ends both, and expects that the server was asked for nothing that it has to refuse, and that no connection stays. */
export async function closeThings({ server, db }: Things): Promise<void> {
	await db.close();
	expect(server.violations).toEqual([]);
	await until("connections close", () => server.connections === 0);
	await server.stop();
}

/** What the server's file holds, whatever the connections say. */
export function storedAt<Row>({ path }: CloudServer, sql: string): Row[] {
	using file = new Sqlite(path, { readonly: true, safeIntegers: false });
	return file.query<Row, []>(sql).all();
}

export function inserting(rows: (readonly Value[])[]): Batch {
	return insertRows("things", ["name", "size"], rows);
}

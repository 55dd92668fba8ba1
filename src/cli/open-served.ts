import { dirname } from "node:path";
import type { PoolFigures } from "../ledger/cloud/pool.ts";
import { openCloudLedger } from "../ledger/cloud-ledger.ts";
import type { Database } from "../ledger/database.ts";
import { openServerLedger } from "../ledger/server-ledger.ts";
import type { Log, LogFields } from "../log.ts";
import type { ServerSettings } from "./server-settings.ts";

/** A ledger as a server has it. */
export type Served = {
	db: Database;
	/** The folder whose disk it lies on. */
	folder: string | undefined;
	/** How the connections do, where it is far away. */
	pool: (() => PoolFigures) | undefined;
	close(): Promise<void>;
};

/**
 * Opens a ledger to be served, and brings its schema to date.
 *
 * @param now epoch ms
 * @throws AppError as `openServerLedger` and `openCloudLedger` do
 */
export async function openServed(
	{ database, pool }: Pick<ServerSettings, "database" | "pool">,
	now: number,
	log: Log,
): Promise<Served> {
	if (database.kind === "cloud") {
		const note = (level: "debug" | "warn", event: string, fields?: LogFields) => log[level](event, fields);
		const db = await openCloudLedger(database.url, { ...pool, note }, now);
		return { db, folder: undefined, pool: () => db.figures, close: () => db.close() };
	}
	const { db, copy, release } = await openServerLedger(database.path, now);
	if (copy) log.info("schema brought to date", { copy });
	return {
		db,
		folder: dirname(database.path),
		pool: undefined,
		async close() {
			await db.close();
			release();
		},
	};
}

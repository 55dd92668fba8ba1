import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { diskKindOf } from "../../ledger/checks/network-disk.ts";
import type { PoolFigures } from "../../ledger/cloud/pool.ts";
import { openCloudLedger } from "../../ledger/cloud-ledger.ts";
import type { Database } from "../../ledger/database.ts";
import { openServerLedger } from "../../ledger/server-ledger.ts";
import type { Log, LogFields } from "../../log.ts";
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
 * Opens a ledger to be served, and brings its schema to date. The log is told of a disk on which none should lie.
 *
 * @param now epoch ms
 * @param diskTypeOf the number of the file system that a folder lies on, as `statfs` gives it
 * @throws AppError as `openServerLedger` and `openCloudLedger` do
 */
export async function openServed(
	{ database, pool }: Pick<ServerSettings, "database" | "pool">,
	now: number,
	log: Log,
	diskTypeOf = typeOfDisk,
): Promise<Served> {
	if (database.kind === "cloud") {
		const note = (level: "debug" | "warn", event: string, fields?: LogFields) => log[level](event, fields);
		const db = await openCloudLedger(database.url, { ...pool, note }, now);
		return { db, folder: undefined, pool: () => db.figures, close: () => db.close() };
	}
	const { db, copy, release } = await openServerLedger(database.path, now);
	if (copy) log.info("schema brought to date", { copy });
	const type = diskTypeOf(dirname(database.path));
	const disk = type === undefined ? undefined : diskKindOf(type);
	if (disk?.is === "network") {
		log.warn("the ledger is reached over a network, where locks do not hold: it may get damaged", {
			disk: disk.name,
			next: "name a place on a disk of this machine in DATABASE_URL",
		});
	}
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

/** The number of the file system that a folder lies on; undefined where the system does not tell. */
function typeOfDisk(folder: string): number | undefined {
	try {
		return statfsSync(folder).type;
	} catch {
		// The ledger in it was opened, so it does no harm not to know.
		return undefined;
	}
}

import { copyFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCloud } from "../../src/ledger/cloud/cloud-database.ts";
import type { Database } from "../../src/ledger/database.ts";
import { migrate } from "../../src/ledger/migrate.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { IS_CLOUD } from "./runs.ts";
import { CloudServer } from "./sqlite-cloud/server.ts";

/** Rows that each transaction which writes brings by itself: on SQLite Cloud the mark that it was kept. */
export const OWN_CHANGES = IS_CLOUD ? 1 : 0;

/**
 * An empty database with the real schema: in memory, which needs no closing, or in a SQLite Cloud server of this process.
 *
 * @param now when the schema was made, epoch ms
 */
export async function openTestDatabase(now: number): Promise<Database> {
	if (!IS_CLOUD) return openLedger(":memory:", now);
	place ??= makePlace();
	const { cloud, folder, empty } = await place;
	const name = `ledger-${++made}`;
	const path = join(folder, `${name}.db`);
	copyFileSync(empty, path);
	cloud.addDatabase(name, path);
	return openCloud(cloud.url({ database: name }), {
		maxConnections: 4,
		idleMs: 500,
		retry: { attempts: 0, delayMs: 0 },
		note: () => undefined,
	});
}

type Place = { cloud: CloudServer; folder: string; empty: string };

let place: Promise<Place> | undefined;
let made = 0;

/** Nothing tells of a test process that it ends: the folder goes when the whole run does. */
async function makePlace(): Promise<Place> {
	const folder = mkdtempSync(join(process.env.TEST_FOLDER ?? tmpdir(), "promptpulse-cloud-"));
	const empty = join(folder, "empty.db");
	const db = openSqlite(empty);
	await migrate(db, 0);
	await db.close();
	return { cloud: await CloudServer.start({ path: join(folder, "cloud.db") }), folder, empty };
}

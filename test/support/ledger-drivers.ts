import { join } from "node:path";
import { openCloud } from "../../src/ledger/cloud/cloud-database.ts";
import type { Database } from "../../src/ledger/database.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { CloudServer } from "./sqlite-cloud/server.ts";

/** Every driver of the port, each with an empty database in a folder. One that is added here has to do what all do. */
export const DRIVERS: Record<string, (folder: string) => Promise<Database>> = {
	memory: async () => openSqlite(":memory:"),
	file: async (folder) => openSqlite(join(folder, "ledger.db")),
	cloud: async (folder) => {
		const server = await CloudServer.start({ path: join(folder, "cloud.db") });
		servers.push(server);
		return openCloud(server.url(), {
			maxConnections: 4,
			idleMs: 30_000,
			retry: { attempts: 3, delayMs: 1 },
			note: () => undefined,
		});
	},
};

const servers: CloudServer[] = [];

/** Once the databases are closed. */
export async function stopServers(): Promise<void> {
	await Promise.all(servers.splice(0).map((server) => server.stop()));
}

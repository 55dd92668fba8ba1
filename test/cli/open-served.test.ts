import { expect, test } from "bun:test";
import { join } from "node:path";
import { openServed } from "../../src/cli/server/open-served.ts";
import { openLog } from "../../src/log.ts";
import { NOW } from "../support/ledger.ts";
import { inFolder } from "../support/scan.ts";

const NFS = 0x6969;
const EXT4 = 0xef53;

/** What the log of a server is told whose ledger lies on a file system of that number. */
async function logOn(type: number): Promise<string> {
	const lines: string[] = [];
	const log = openLog({ level: "info", isForPeople: false, write: (text) => void lines.push(text) });
	await inFolder(async (folder) => {
		const path = join(folder, "server.db");
		const pool = { maxConnections: 1, idleMs: 0, retry: { attempts: 0, delayMs: 0 } };
		const settings = { database: { kind: "file", path, name: path } as const, pool };
		const served = await openServed(settings, NOW, log, (asked) => {
			expect(asked).toBe(folder);
			return type;
		});
		await served.close();
	});
	return lines.join("");
}

test.skipIf(process.platform !== "linux")(
	"a ledger that is served over a network is told to the log",
	async () => {
		const told = await logOn(NFS);
		expect(told).toContain("reached over a network");
		expect(told).toContain('"disk":"NFS"');
		expect(await logOn(EXT4)).toBe("");
	},
);

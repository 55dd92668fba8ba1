import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NETWORK } from "../../src/collector/ask-server.ts";
import { migrate } from "../../src/ledger/migrate.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { saveLocalUser } from "../../src/ledger/users.ts";
import { noLimits } from "../support/isolation.ts";
import { eventOf, ingestAll, MINUTE, NOW } from "../support/ledger.ts";
import { pushTo } from "../support/pushing.ts";
import { Random } from "../support/random.ts";
import { runs } from "../support/runs.ts";
import { emptyLedger } from "../support/scan.ts";
import { serveServer } from "../support/served-server.ts";
import { placesOf } from "../support/whole-person.ts";

setDefaultTimeout(600_000);

const ROUNDS = runs(50, 300).numRuns;
/** Some uploads' worth. */
const RESPONSES = 3_000;

test("R40: an account that is erased while its collector sends leaves no row behind, and the collector is told that its key is refused", async () => {
	const folder = mkdtempSync(join(tmpdir(), "promptpulse-"));
	const db = openSqlite(join(folder, "server.db"));
	await migrate(db, 0);
	const { server, origin, stop: stopServer } = await serveServer({ db, limits: noLimits() });
	await server.join("ada", "owner");
	const own = await emptyLedger();
	const user = await own.transaction((tx) => saveLocalUser(tx, "UTC"));
	const events = Array.from({ length: RESPONSES }, (_, i) =>
		eventOf({ id: `msg_${i}`, at: NOW - i * MINUTE, session: `s${i >> 6}` }),
	);
	await ingestAll({ db: own, user }, events);
	const random = new Random(1);
	const ends = new Set<string>();
	try {
		for (let round = 1; round <= ROUNDS; round++) {
			const { account, keys } = await server.join(`person-${round}`);
			// Before the first upload, in between, as one comes in, as it is answered, or when all has been sent.
			const question = random.integer(1, 5);
			const waited = random.integer(0, 8);
			let asked = 0;
			let erased: Promise<number> | undefined;
			const erase = async () => {
				await Bun.sleep(waited);
				const answer = await fetch(`${origin}/api/user`, {
					method: "DELETE",
					headers: { "x-api-key": keys.full, "content-type": "application/json" },
					body: JSON.stringify({ confirm: account.username }),
				});
				return answer.status;
			};
			const { stop } = await pushTo(own, origin, {
				key: keys.full,
				network: {
					fetch(...request: Parameters<typeof NETWORK.fetch>) {
						asked++;
						if (asked === question) erased = erase();
						return NETWORK.fetch(...request);
					},
				},
			});
			expect(await (erased ?? erase())).toBe(200);
			ends.add(stop?.code ?? "all was sent");
			expect(await placesOf(db, account)).toEqual([]);
			// What comes afterwards is refused too.
			const late = await pushTo(own, origin, { key: keys.full, resend: true });
			expect(late.stop?.code).toBe("key_refused");
		}
		expect([...ends].sort()).toEqual(["all was sent", "key_refused"]);
		expect(await db.all("select user from erasures")).toEqual([]);
		expect(await db.all("select username from accounts")).toEqual([{ username: "ada" }]);
		expect(await db.all("select 1 from events limit 1")).toEqual([]);
		expect(server.reported).toEqual([]);
	} finally {
		await stopServer();
		await db.close();
		rmSync(folder, { recursive: true, force: true });
	}
});

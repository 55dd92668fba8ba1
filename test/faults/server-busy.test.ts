import { expect, setDefaultTimeout, test } from "bun:test";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { ListeningServer } from "../support/listening-server.ts";
import { runs } from "../support/runs.ts";
import { eventsFrom, expectKept, sendOnce, sendUntilKept } from "../support/uploading.ts";

setDefaultTimeout(600_000);

const TIMES = runs(2, 20).numRuns;
const COUNT = 10;

test("while another process writes, uploads are put off and everything else is answered", async () => {
	const serving = await ListeningServer.startFor(5);
	const { address, path, uploaders } = serving;
	const other = openSqlite(path);
	for (let time = 0; time < TIMES; time++) {
		const uploads = uploaders.map((one) => eventsFrom(one.user, time * COUNT, COUNT));
		const end = Promise.withResolvers<void>();
		const begun = Promise.withResolvers<void>();
		const writing = other.transaction(async () => {
			begun.resolve();
			await end.promise;
		});
		await begun.promise;
		const refused = uploaders.map((one, i) => sendOnce(address, one, uploads[i] ?? []));
		expect(await serving.read()).toBe(200);
		// All of them wait for the same process, and none for the others.
		for (const response of await Promise.all(refused)) {
			expect(response?.status).toBe(503);
			expect(Number(response?.headers.get("retry-after"))).toBeGreaterThan(0);
		}
		expect(await serving.read()).toBe(200);
		end.resolve();
		await writing;
		for (const [i, one] of uploaders.entries()) await sendUntilKept(address, one, uploads[i] ?? []);
	}
	await other.close();
	for (const { user } of uploaders) await expectKept(path, user, eventsFrom(user, 0, TIMES * COUNT));
	expect(serving.server.reported).toEqual([]);
	await serving.stop();
});

import { expect, setDefaultTimeout, test } from "bun:test";
import { ListeningServer } from "../support/listening-server.ts";
import { runs } from "../support/runs.ts";
import { eventsFrom, expectKept, sendOnce, sendUntilKept } from "../support/uploading.ts";

setDefaultTimeout(600_000);

const TIMES = runs(2, 20).numRuns;
const UPLOAD = 500;
const UPLOADS = 4;

test("while the disk is full, uploads are put off and what is kept is shown; later all is there", async () => {
	const serving = await ListeningServer.startFor(1);
	const { address, path } = serving;
	const { db, reported } = serving.server;
	const one = serving.uploader(0);
	await sendUntilKept(address, one, eventsFrom(one.user, 0, 100));
	for (let time = 0; time < TIMES; time++) {
		const begin = time * UPLOAD * UPLOADS;
		const uploads = Array.from({ length: UPLOADS }, (_, i) =>
			eventsFrom(one.user, begin + i * UPLOAD, UPLOAD),
		);
		await db.transaction(async (tx) => {
			const pages = await tx.get<{ page_count: number }>("pragma page_count");
			await tx.get(`pragma max_page_count = ${pages?.page_count}`);
		});
		const answers: (Response | undefined)[] = [];
		for (const events of uploads) {
			answers.push(await sendOnce(address, one, events));
			expect(await serving.read()).toBe(200);
		}
		const refused = answers.filter((response) => response?.status === 503);
		expect(refused.length).toBeGreaterThan(0);
		for (const response of refused) expect(Number(response?.headers.get("retry-after"))).toBeGreaterThan(0);
		await db.transaction((tx) => tx.get("pragma max_page_count = 1073741823"));
		for (const events of uploads) await sendUntilKept(address, one, events);
	}
	await expectKept(path, one.user, eventsFrom(one.user, 0, TIMES * UPLOADS * UPLOAD));
	expect(reported).toEqual([]);
	await serving.stop();
});

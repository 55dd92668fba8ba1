import { expect, setDefaultTimeout, test } from "bun:test";
import type { UsageEvent } from "../../src/usage/event.ts";
import { Random } from "../support/random.ts";
import { runs } from "../support/runs.ts";
import { inFolder } from "../support/scan.ts";
import { ServeProcess } from "../support/serve-process.ts";
import { eventsFrom, expectKept, sendUntilKept } from "../support/uploading.ts";

setDefaultTimeout(1_800_000);

const KILLS = runs(5, 500).numRuns;
const UPLOADERS = 8;
const UPLOAD = 40;

test("a server that is killed again and again under eight uploaders keeps all that it acknowledged, once", async () => {
	const random = new Random(2);
	await inFolder(async (folder) => {
		const { serve, uploaders } = await ServeProcess.startFor(folder, UPLOADERS);
		let isOver = false;
		const acknowledged = uploaders.map((): UsageEvent[] => []);
		let refused = 0;
		const uploading = uploaders.map(async (uploader, i) => {
			for (let first = 0; !isOver; first += UPLOAD) {
				// Some of it twice: what was sent before the answer was lost is sent again, and more than that.
				const events = eventsFrom(uploader.user, Math.max(0, first - 5), UPLOAD);
				const { refusals } = await sendUntilKept(serve.address, uploader, events);
				refused += refusals.length;
				acknowledged[i]?.push(...events);
				await Bun.sleep(random.integer(20, 120));
			}
		});
		for (let kill = 0; kill < KILLS; kill++) {
			await Bun.sleep(random.integer(50, 500));
			await serve.end("SIGKILL");
			for (const [i, { user }] of uploaders.entries()) {
				await expectKept(serve.database, user, unique(acknowledged[i] ?? []));
			}
			await serve.start();
		}
		isOver = true;
		await Promise.all(uploading);
		expect(await serve.end("SIGTERM")).toBe(0);
		expect(refused).toBeGreaterThan(0);
		for (const [i, { user }] of uploaders.entries()) {
			await expectKept(serve.database, user, unique(acknowledged[i] ?? []));
		}
	});
});

function unique(events: readonly UsageEvent[]): UsageEvent[] {
	return [...new Map(events.map((event) => [event.key, event])).values()];
}

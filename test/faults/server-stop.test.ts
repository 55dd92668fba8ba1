import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { runs } from "../support/runs.ts";
import { inFolder } from "../support/scan.ts";
import { ServeProcess } from "../support/serve-process.ts";
import { eventsFrom, expectKept, sendOnce } from "../support/uploading.ts";

setDefaultTimeout(600_000);

const UPLOADS = runs(20, 200).numRuns;

test.each(["SIGTERM", "SIGINT"] as const)(
	"%s lets uploads under way end, refuses new ones, and leaves one whole file",
	async (signal) => {
		await inFolder(async (folder) => {
			const { serve, uploaders } = await ServeProcess.startFor(folder, UPLOADS);
			const uploads = uploaders.map((uploader) => eventsFrom(uploader.user, 0, 500));
			const sent = uploaders.map((uploader, i) => sendOnce(serve.address, uploader, uploads[i] ?? []));
			await Promise.race(sent);
			const ended = serve.end(signal);
			const late = uploaders.map((uploader) =>
				sendOnce(serve.address, uploader, eventsFrom(uploader.user, 900, 1)),
			);
			const answered = await Promise.all(sent);
			const refused = await Promise.all(late);
			expect(await ended).toBe(0);
			for (const response of [...answered, ...refused]) {
				if (response) expect([200, 503]).toContain(response.status);
			}
			expect(existsSync(`${serve.database}-wal`)).toBe(false);
			for (const [i, response] of answered.entries()) {
				const user = uploaders[i]?.user ?? 0;
				if (response?.status === 200) await expectKept(serve.database, user, uploads[i] ?? []);
			}
			expect(answered.filter((response) => response?.status === 200).length).toBeGreaterThan(0);
		});
	},
);

test("a second signal ends at once what the first one would have waited for", async () => {
	await inFolder(async (folder) => {
		const { serve, uploaders } = await ServeProcess.startFor(folder, 1);
		const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) });
		const sent = fetch(`${serve.address}/api/usage/events`, {
			method: "POST",
			headers: { "x-api-key": uploaders[0]?.key ?? "", "content-type": "application/json" },
			body,
		}).catch(() => undefined);
		// It is on its way, and never comes to an end.
		await Bun.sleep(500);
		const ended = serve.end("SIGINT");
		// On a busy machine the first may not have been heard yet when the next one comes: then both are one.
		const again = setInterval(() => void serve.end("SIGTERM"), 200);
		const code = await ended;
		clearInterval(again);
		expect(code).toBe(143);
		await sent;
		await serve.start();
		await expectKept(serve.database, uploaders[0]?.user ?? 0, []);
		expect(await serve.end("SIGTERM")).toBe(0);
	});
});

test("a page that listens for news does not hold a server back that is to stop", async () => {
	await inFolder(async (folder) => {
		const { serve, uploaders } = await ServeProcess.startFor(folder, 1);
		const stream = await fetch(`${serve.address}/events`, {
			headers: { "x-api-key": uploaders[0]?.key ?? "" },
		});
		expect(stream.status).toBe(200);
		const read = stream.text();
		expect(await serve.end("SIGTERM")).toBe(0);
		expect(await read).toContain("event: usage");
	});
});

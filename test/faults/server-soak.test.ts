import { expect, setDefaultTimeout, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { copyInto } from "../../src/ledger/copy.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { Random } from "../support/random.ts";
import { runs } from "../support/runs.ts";
import { inFolder } from "../support/scan.ts";
import { ServeProcess } from "../support/serve-process.ts";
import { eventsFrom, expectKept, expectSound, sendUntilKept } from "../support/uploading.ts";

setDefaultTimeout(8_000_000);

const SECONDS = runs(20, 7_200).numRuns;
const UPLOADERS = 5;
const UPLOAD = 50;
/** Five people with fifty responses every half a second: five hundred a second. */
const EVERY_MS = 500;
/** A server is left alone for so long, in s; then a copy is made of what it keeps, and it is killed. */
const LIVES_S = Math.min(30, SECONDS / 2);
/** Until then, in s, it may still grow to its usual size. */
const GROWN_UP_S = 5;
/** Beyond what it holds then, it may hold so many bytes more at its life's end, and so many descriptors. */
const MOST_BYTES_MORE = 64 * 1024 * 1024;
const MOST_DESCRIPTORS_MORE = 20;

test(`for ${SECONDS} seconds at 500 responses a second a server loses nothing and does not grow`, async () => {
	const random = new Random(4);
	await inFolder(async (folder) => {
		const { serve, uploaders } = await ServeProcess.startFor(folder, UPLOADERS);
		const sent = uploaders.map(() => 0);
		let isOver = false;
		const uploading = uploaders.map(async (uploader, i) => {
			await Bun.sleep(random.integer(0, EVERY_MS));
			while (!isOver) {
				const next = Bun.sleep(EVERY_MS);
				const first = sent[i] ?? 0;
				await sendUntilKept(serve.address, uploader, eventsFrom(uploader.user, first, UPLOAD));
				sent[i] = first + UPLOAD;
				await next;
			}
		});
		for (let life = 0; life < SECONDS / LIVES_S; life++) {
			await Bun.sleep(GROWN_UP_S * 1_000);
			const young = serve.holds();
			await Bun.sleep((LIVES_S - GROWN_UP_S) * 1_000);
			const old = serve.holds();
			expect(old.bytes - young.bytes).toBeLessThan(MOST_BYTES_MORE);
			expect(old.descriptors - young.descriptors).toBeLessThan(MOST_DESCRIPTORS_MORE);
			await copySoundly(serve.database, join(folder, `copy-${life}.db`));
			await serve.end("SIGKILL");
			await serve.start();
		}
		isOver = true;
		await Promise.all(uploading);
		expect(await serve.end("SIGTERM")).toBe(0);
		for (const [i, { user }] of uploaders.entries()) {
			await expectKept(serve.database, user, eventsFrom(user, 0, sent[i] ?? 0));
		}
	});
});

async function copySoundly(path: string, copy: string): Promise<void> {
	const db = openSqlite(path);
	await copyInto(db, copy);
	await db.close();
	const copied = openSqlite(copy);
	await expectSound(copied);
	await copied.close();
	rmSync(copy);
}

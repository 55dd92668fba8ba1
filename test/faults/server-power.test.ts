import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { UsageEvent } from "../../src/usage/event.ts";
import { ListeningServer } from "../support/listening-server.ts";
import { Random } from "../support/random.ts";
import { runs } from "../support/runs.ts";
import { eventsFrom, expectKept, sendUntilKept } from "../support/uploading.ts";

setDefaultTimeout(600_000);

const CUTS = runs(20, 400).numRuns;
const UPLOADS = 20;
const UPLOAD = 20;
/** A disk writes whole sectors of so many bytes, in any order until it is told to wait for them. */
const SECTOR = 4_096;

test("a power cut at any moment leaves a sound file with all that was acknowledged before it", async () => {
	const serving = await ListeningServer.startFor(1);
	const { address, folder, path } = serving;
	const { db } = serving.server;
	const one = serving.uploader(0);
	// Nothing moves from the log into the file meanwhile, so the file is what it was at the beginning.
	await db.run("pragma wal_autocheckpoint = 0");
	await db.run("pragma wal_checkpoint(truncate)");
	const file = readFileSync(path);
	const acknowledged: { events: UsageEvent[]; logged: number }[] = [];
	for (let first = 0; first < UPLOADS * UPLOAD; first += UPLOAD) {
		const events = eventsFrom(one.user, first, UPLOAD);
		await sendUntilKept(address, one, events);
		acknowledged.push({ events, logged: statSync(`${path}-wal`).size });
	}
	const log = readFileSync(`${path}-wal`);
	expect(acknowledged.at(-1)?.logged).toBe(log.length);
	const random = new Random(3);
	for (let i = 0; i < CUTS; i++) {
		const length = random.integer(0, log.length);
		const before = acknowledged.filter(({ logged }) => logged <= length);
		const left = Buffer.from(log.subarray(0, length));
		// Of what nothing waited for yet, any part may be missing.
		for (let at = before.at(-1)?.logged ?? 0; at < length; at += SECTOR) {
			if (random.integer(0, 2) === 0) left.fill(0, at, Math.min(length, at + SECTOR));
		}
		const cut = join(folder, `cut-${i}.db`);
		writeFileSync(cut, file);
		writeFileSync(`${cut}-wal`, left);
		await expectKept(
			cut,
			one.user,
			before.flatMap(({ events }) => events),
		);
		for (const end of ["", "-wal", "-shm"]) rmSync(`${cut}${end}`, { force: true });
	}
	await serving.stop();
});

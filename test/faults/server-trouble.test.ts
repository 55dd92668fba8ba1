import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyInto } from "../../src/ledger/copy.ts";
import { migrate } from "../../src/ledger/migrate.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { type Listening, listen } from "../../src/web/listen.ts";
import { Random } from "../support/random.ts";
import { runs } from "../support/runs.ts";
import { makeUploader, type Uploader } from "../support/serve-process.ts";
import { TestServer } from "../support/server.ts";
import { eventsFrom, expectKept, expectSound, sendOnce, sendUntilKept } from "../support/uploading.ts";

setDefaultTimeout(1_800_000);

/** How long the server waits for another process, in ms. */
const PATIENCE = 300;

let folder: string;
let path: string;
let server: TestServer;
let listening: Listening;
let address: string;
let uploaders: Uploader[];

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "promptpulse-"));
	path = join(folder, "server.db");
	const db = openSqlite(path, PATIENCE);
	await migrate(db, 0);
	server = await TestServer.start({ db, now: Date.now });
	listening = listen(server.server, { host: "127.0.0.1", port: 0 });
	address = `http://127.0.0.1:${listening.port}`;
	uploaders = [];
	for (let i = 0; i < 20; i++) uploaders.push(await makeUploader(db, `person-${i}`));
});

afterEach(async () => {
	await listening.stop();
	await server.db.close();
	rmSync(folder, { recursive: true, force: true });
});

function uploader(i: number): Uploader {
	const found = uploaders[i];
	if (!found) throw new Error("there is no such uploader");
	return found;
}

async function read(): Promise<number> {
	const response = await fetch(`${address}/api/usage/aggregate`, {
		headers: { "x-api-key": uploader(0).key },
	});
	await response.arrayBuffer();
	return response.status;
}

test("while another process writes, uploads are put off and everything else is answered", async () => {
	const other = openSqlite(path);
	const end = Promise.withResolvers<void>();
	const begun = Promise.withResolvers<void>();
	const writing = other.transaction(async () => {
		begun.resolve();
		await end.promise;
	});
	await begun.promise;
	const refused = uploaders.slice(0, 5).map((one) => sendOnce(address, one, eventsFrom(one.user, 0, 10)));
	expect(await read()).toBe(200);
	for (const response of await Promise.all(refused)) {
		expect(response?.status).toBe(503);
		expect(Number(response?.headers.get("retry-after"))).toBeGreaterThan(0);
	}
	end.resolve();
	await writing;
	await other.close();
	for (const one of uploaders.slice(0, 5)) {
		await sendUntilKept(address, one, eventsFrom(one.user, 0, 10));
		await expectKept(path, one.user, eventsFrom(one.user, 0, 10));
	}
	expect(server.reported).toEqual([]);
});

test("while the disk is full, uploads are put off and what is kept is shown; later all is there", async () => {
	const one = uploader(0);
	await sendUntilKept(address, one, eventsFrom(one.user, 0, 100));
	const pages = await server.db.transaction((tx) => tx.get<{ page_count: number }>("pragma page_count"));
	await server.db.transaction((tx) => tx.get(`pragma max_page_count = ${pages?.page_count}`));
	const statuses: (number | undefined)[] = [];
	for (let first = 0; first < 2_000; first += 500) {
		statuses.push((await sendOnce(address, one, eventsFrom(one.user, first, 500)))?.status);
		expect(await read()).toBe(200);
	}
	expect(statuses).toContain(503);
	await server.db.transaction((tx) => tx.get("pragma max_page_count = 1073741823"));
	for (let first = 0; first < 2_000; first += 500) {
		await sendUntilKept(address, one, eventsFrom(one.user, first, 500));
	}
	await expectKept(path, one.user, eventsFrom(one.user, 0, 2_000));
});

test("many uploads at once are kept or put off, and all of them are kept in the end", async () => {
	const count = runs(1_000, 10_000).numRuns;
	const answers = await Promise.all(
		uploaders.map(async (one) => {
			const refusals: number[] = [];
			for (let first = 0; first < count; first += 250) {
				const sent = await sendUntilKept(address, one, eventsFrom(one.user, first, 250));
				refusals.push(...sent.refusals);
			}
			return refusals;
		}),
	);
	for (const status of answers.flat()) expect([429, 503]).toContain(status);
	for (const one of uploaders) await expectKept(path, one.user, eventsFrom(one.user, 0, count));
});

test("every copy that is made under uploads is a whole ledger of one moment", async () => {
	let isOver = false;
	const uploading = uploaders.slice(0, 8).map(async (one) => {
		for (let first = 0; !isOver; first += 20) {
			await sendUntilKept(address, one, eventsFrom(one.user, first, 20));
			await Bun.sleep(5);
		}
	});
	const other = openSqlite(path);
	for (let i = 0; i < runs(6, 100).numRuns; i++) {
		await Bun.sleep(40);
		const copy = join(folder, `copy-${i}.db`);
		await copyInto(other, copy);
		const db = openSqlite(copy);
		await expectSound(db);
		await db.close();
	}
	isOver = true;
	await Promise.all(uploading);
	await other.close();
});

test("a power cut at any moment leaves a sound file with all that was acknowledged before it", async () => {
	const one = uploader(0);
	// Nothing moves from the log into the file meanwhile, so the file is what it was at the beginning.
	await server.db.run("pragma wal_autocheckpoint = 0");
	await server.db.run("pragma wal_checkpoint(truncate)");
	const file = readFileSync(path);
	const acknowledged: { events: UsageEvent[]; logged: number }[] = [];
	for (let first = 0; first < 400; first += 20) {
		const events = eventsFrom(one.user, first, 20);
		await sendUntilKept(address, one, events);
		acknowledged.push({ events, logged: statSync(`${path}-wal`).size });
	}
	const log = readFileSync(`${path}-wal`);
	const random = new Random(3);
	for (let i = 0; i < runs(20, 400).numRuns; i++) {
		const cut = join(folder, `cut-${i}.db`);
		const length = random.integer(0, log.length);
		writeFileSync(cut, file);
		writeFileSync(`${cut}-wal`, log.subarray(0, length));
		const kept = acknowledged.filter(({ logged }) => logged <= length).flatMap(({ events }) => events);
		await expectKept(cut, one.user, kept);
		for (const end of ["", "-wal", "-shm"]) rmSync(`${cut}${end}`, { force: true });
	}
});

describe("a body", () => {
	const post = (init: RequestInit & { headers?: Record<string, string> }, route = "/api/usage/events") =>
		fetch(`${address}${route}`, {
			method: "POST",
			...init,
			headers: { "x-api-key": uploader(0).key, "content-type": "application/json", ...init.headers },
		});

	test.each([
		["of 256 KiB and one byte", () => ({ body: "x".repeat(256 * 1024 + 1) }), 413],
		["of 3 MB", () => ({ body: "x".repeat(3_000_000) }), 413],
		[
			"that unpacks to a thousand times its size",
			() => ({ body: Bun.gzipSync(new Uint8Array(50_000_000)), headers: { "content-encoding": "gzip" } }),
			413,
		],
		[
			"of a million brackets",
			() => ({ body: Bun.gzipSync("[".repeat(1_000_000)), headers: { "content-encoding": "gzip" } }),
			400,
		],
		[
			"of twenty thousand keys",
			() => ({
				body: Bun.gzipSync(
					JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]))),
				),
				headers: { "content-encoding": "gzip" },
			}),
			422,
		],
		["of another packing", () => ({ body: "x", headers: { "content-encoding": "br" } }), 415],
		["of another type", () => ({ body: "x", headers: { "content-type": "text/plain" } }), 415],
		[
			"that is not packed as it says",
			() => ({ body: "not gzip", headers: { "content-encoding": "gzip" } }),
			400,
		],
	])("%s is refused in words", async (_, make, status) => {
		const response = await post(make());
		expect(response.status).toBe(status);
		expect(await response.json()).toMatchObject({ error: expect.any(String), code: expect.any(String) });
		expect(await read()).toBe(200);
	});

	test("without an end is refused when it has been too much", async () => {
		const endless = new ReadableStream({
			async pull(controller) {
				await Bun.sleep(1);
				controller.enqueue(new Uint8Array(64 * 1024));
			},
		});
		const response = await post({ body: endless }).catch(() => undefined);
		expect([413, undefined]).toContain(response?.status);
		expect(await read()).toBe(200);
	});
});

test("connections that never say what they want do not stand in anyone's way", async () => {
	const half = await Promise.all(
		Array.from({ length: runs(300, 3_000).numRuns }, () =>
			Bun.connect({
				hostname: "127.0.0.1",
				port: listening.port,
				socket: {
					open: (socket) => void socket.write("POST /api/usage/events HTTP/1.1\r\nHost: x\r\nX-"),
					data() {},
				},
			}),
		),
	);
	expect(await read()).toBe(200);
	await sendUntilKept(address, uploader(1), eventsFrom(uploader(1).user, 0, 10));
	for (const socket of half) socket.end();
});

import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { copyInto } from "../../src/ledger/copy.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import type { ListenOptions } from "../../src/web/listen.ts";
import { ListeningServer } from "../support/listening-server.ts";
import { runs } from "../support/runs.ts";
import { until } from "../support/until.ts";
import { eventsFrom, expectKept, expectSound, sendOnce, sendUntilKept } from "../support/uploading.ts";

setDefaultTimeout(1_800_000);

let serving: ListeningServer;

beforeEach(async () => {
	serving = await ListeningServer.startFor(20);
});

afterEach(() => serving.stop());

test("many uploads at once are kept or put off, and all of them are kept in the end", async () => {
	const { address, path, uploaders } = serving;
	const count = runs(1_000, 10_000).numRuns;
	await Promise.all(
		uploaders.map(async (one) => {
			for (let first = 0; first < count; first += 250) {
				await sendUntilKept(address, one, eventsFrom(one.user, first, 250));
			}
		}),
	);
	for (const { user } of uploaders) await expectKept(path, user, eventsFrom(user, 0, count));
	expect(serving.server.reported).toEqual([]);
});

test("every copy that is made under uploads is a whole ledger of one moment", async () => {
	const { address, folder, path, uploaders } = serving;
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

/** Connections that say this first, and then what comes of `next` every 50 ms. */
async function connectAll(count: number, first: (i: number) => string, next = ""): Promise<() => void> {
	const sockets = await Promise.all(
		Array.from({ length: count }, (_, i) =>
			Bun.connect({
				hostname: "127.0.0.1",
				port: serving.listening.port,
				socket: { open: (socket) => void socket.write(first(i)), data() {} },
			}),
		),
	);
	const timer = setInterval(() => {
		for (const socket of sockets) if (next) socket.write(next);
	}, 50);
	return () => {
		clearInterval(timer);
		for (const socket of sockets) socket.end();
	};
}

/** Everything of an upload but its body. */
function headOf(i: number): string {
	const { key } = serving.uploader(i % serving.uploaders.length);
	const lines = ["POST /api/usage/events HTTP/1.1", "Host: localhost", `X-API-Key: ${key}`];
	return [...lines, "Content-Type: application/json", "Content-Length: 1000", "", ""].join("\r\n");
}

test("connections that never say what they want do not stand in anyone's way", async () => {
	const head = "POST /api/usage/events HTTP/1.1\r\nHost: x\r\nX-";
	const end = await connectAll(runs(300, 3_000).numRuns, () => head, "a");
	for (let i = 0; i < 10; i++) expect(await serving.read()).toBe(200);
	const one = serving.uploader(1);
	await sendUntilKept(serving.address, one, eventsFrom(one.user, 0, 10));
	expect(serving.refusals).toEqual([]);
	end();
});

test("bodies that come byte by byte do not stand in anyone's way", async () => {
	const end = await connectAll(runs(200, 500).numRuns, headOf, "x");
	await until("200 bodies on their way", () => serving.listening.running() >= 200);
	for (let i = 0; i < 10; i++) expect(await serving.read()).toBe(200);
	const one = serving.uploader(1);
	await sendUntilKept(serving.address, one, eventsFrom(one.user, 0, 10));
	expect(serving.refusals).toEqual([]);
	end();
	await until("no more to do", () => serving.listening.running() === 0);
	expect(serving.server.reported).toEqual([]);
});

describe("when as much is worked on as can be", () => {
	const most = 40;

	/** What is answered while so many bodies are on their way that never come to an end. */
	async function underLoad(limits: Partial<ListenOptions>, use: () => Promise<void>): Promise<void> {
		await serving.stop();
		serving = await ListeningServer.startFor(20, limits);
		const end = await connectAll(most, headOf);
		await until(`${most} bodies on their way`, () => serving.listening.running() === most);
		await use();
		end();
		await until("no more to do", () => serving.listening.running() === 0);
		expect(await serving.read()).toBe(200);
		expect(serving.server.reported).toEqual([]);
	}

	test("more is put off, but that the server lives is told", async () => {
		await underLoad({ mostAtOnce: most }, async () => {
			const refused = await fetch(`${serving.address}/api/health/db`);
			expect(refused.status).toBe(503);
			expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
			expect(refused.headers.get("connection")).toBe("close");
			expect(await refused.json()).toMatchObject({
				code: "unavailable",
				error: expect.stringContaining("too much"),
			});
			expect((await fetch(`${serving.address}/livez`)).status).toBe(200);
			expect(serving.refusals).toEqual([503]);
		});
	});

	test("with bodies that take long to come, who only reads is answered", async () => {
		await underLoad({ mostWithBody: most }, async () => {
			const one = serving.uploader(1);
			expect((await sendOnce(serving.address, one, eventsFrom(one.user, 0, 10)))?.status).toBe(503);
			expect(await serving.read()).toBe(200);
			expect(serving.refusals).toEqual([503]);
		});
	});
});

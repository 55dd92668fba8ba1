import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { ListeningServer } from "../support/listening-server.ts";
import { inFolder } from "../support/scan.ts";
import { ServeProcess } from "../support/serve-process.ts";

setDefaultTimeout(120_000);

type Sent = RequestInit & { headers?: Record<string, string> };

let serving: ListeningServer;

beforeAll(async () => {
	serving = await ListeningServer.startFor(1);
});

afterAll(() => serving.stop());

function post(address: string, key: string, init: Sent): Promise<Response> {
	return fetch(`${address}/api/usage/events`, {
		method: "POST",
		...init,
		headers: { "x-api-key": key, "content-type": "application/json", ...init.headers },
	});
}

/** Text, packed. */
function gzip(text: string | Uint8Array<ArrayBuffer>): Sent {
	return { body: Bun.gzipSync(text), headers: { "content-encoding": "gzip" } };
}

const UNPACKED = 200_000_000;
const MANY_KEYS = JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i])));
const MANY_EVENTS = `{"v":1,"machine":{},"events":[${"{},".repeat(1_000_000)}{}]}`;

test.each([
	["of 256 KiB and one byte", () => ({ body: "x".repeat(256 * 1024 + 1) }), 413],
	["of 3 MB", () => ({ body: "x".repeat(3_000_000) }), 413],
	["that unpacks to a thousand times its size", () => gzip(new Uint8Array(50_000_000)), 413],
	["of a million brackets", () => gzip("[".repeat(1_000_000)), 400],
	["of twenty thousand keys", () => gzip(MANY_KEYS), 422],
	["of a million events", () => gzip(MANY_EVENTS), 422],
	["of another packing", () => ({ body: "x", headers: { "content-encoding": "br" } }), 415],
	["of another type", () => ({ body: "x", headers: { "content-type": "text/plain" } }), 415],
	[
		"that is not packed as it says",
		() => ({ body: "not gzip", headers: { "content-encoding": "gzip" } }),
		400,
	],
	[
		"that is packed and cut off",
		() => ({ ...gzip(MANY_KEYS), body: Bun.gzipSync(MANY_KEYS).subarray(0, 500) }),
		400,
	],
	["that is empty", () => ({ body: "" }), 400],
])("a body %s is refused in words", async (_, make, status) => {
	const response = await post(serving.address, serving.uploader(0).key, make());
	expect(response.status).toBe(status);
	expect(await response.json()).toMatchObject({ error: expect.any(String), code: expect.any(String) });
	expect(await serving.read()).toBe(200);
	expect(serving.server.reported).toEqual([]);
});

test("a body without an end is refused when it has been too much", async () => {
	const endless = new ReadableStream({
		async pull(controller) {
			await Bun.sleep(1);
			controller.enqueue(new Uint8Array(64 * 1024));
		},
	});
	const sent = post(serving.address, serving.uploader(0).key, { body: endless });
	// Who still sends may see the connection end instead of the answer.
	expect([413, undefined]).toContain((await sent.catch(() => undefined))?.status);
	expect(await serving.read()).toBe(200);
});

test("sixty bodies that unpack to 200 MB each take less memory than one of them would", async () => {
	await inFolder(async (folder) => {
		const { serve, uploaders } = await ServeProcess.startFor(folder, 1);
		const key = uploaders[0]?.key ?? "";
		const bomb = gzip(new Uint8Array(UNPACKED));
		const statuses = async () => {
			const answers = await Promise.all(Array.from({ length: 10 }, () => post(serve.address, key, bomb)));
			return new Set(answers.map(({ status }) => status));
		};
		expect(await statuses()).toEqual(new Set([413]));
		const before = serve.holds().bytes;
		for (let i = 0; i < 5; i++) expect(await statuses()).toEqual(new Set([413]));
		expect(serve.holds().bytes - before).toBeLessThan(UNPACKED);
		expect(await serve.end("SIGTERM")).toBe(0);
	});
});

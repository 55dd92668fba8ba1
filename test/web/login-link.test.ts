import { describe, expect, test } from "bun:test";
import { listKeys, revokeKey } from "../../src/ledger/api-keys.ts";
import { cookieOf } from "../support/forms.ts";
import { SERVER, TestServer } from "../support/server.ts";

const MINUTE_MS = 60_000;

describe("a link of the terminal", () => {
	async function linkFor(server: TestServer, key: string): Promise<string> {
		const init = { method: "POST", headers: { "x-api-key": key } };
		const { url } = (await (await server.ask("/api/auth/link", init)).json()) as { url: string };
		expect(url).toStartWith(`${SERVER}/login/`);
		return url.slice(SERVER.length);
	}

	test("logs a browser in, once", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const link = await linkFor(server, alice.keys.full);
		const response = await server.ask(link, { headers: { "sec-fetch-mode": "navigate" } });
		expect(response.status).toBe(303);
		expect(response.headers.get("location")).toBe("/");
		expect(response.headers.get("cache-control")).toBe("no-store");
		expect((await server.ask("/", { headers: { cookie: cookieOf(response) } })).status).toBe(200);
		const again = await server.ask(link);
		expect(again.status).toBe(410);
		expect(await again.text()).toContain("Run promptpulse dashboard again");
	});

	test("is good for a minute, and no longer than its key", async () => {
		const server = await TestServer.start();
		const { alice, bob } = await server.joinAll();
		const late = await linkFor(server, alice.keys.full);
		server.now += MINUTE_MS;
		expect((await server.ask(late)).status).toBe(410);
		const revoked = await linkFor(server, bob.keys.full);
		const full = (await listKeys(server.db, bob.account.user)).find(({ kind }) => kind === "full");
		await server.db.transaction((tx) => revokeKey(tx, bob.account.user, full?.id ?? "", server.now));
		expect((await server.ask(revoked)).status).toBe(410);
	});

	test("is not used up by what only looks where links lead", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const link = await linkFor(server, alice.keys.full);
		for (const headers of [
			{ "sec-purpose": "prefetch;prerender" },
			{ purpose: "prefetch" },
			{ "sec-fetch-mode": "no-cors" },
			{ "sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site" },
			{ "sec-fetch-mode": "navigate", "sec-fetch-site": "same-site" },
			{ "sec-fetch-mode": "cors" },
		]) {
			expect((await server.ask(link, { headers: headers as Record<string, string> })).status).toBe(403);
		}
		expect((await server.ask(link, { method: "HEAD" })).status).toBe(403);
		expect((await server.ask(link)).status).toBe(303);
	});

	test("cannot be guessed forever", async () => {
		const server = await TestServer.start();
		await server.joinAll();
		const statuses: number[] = [];
		for (let i = 0; i < 11; i++) statuses.push((await server.ask(`/login/${i}`)).status);
		expect(statuses).toEqual([...Array(10).fill(410), 429]);
	});

	test("is made for full keys alone", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const statuses = [alice.keys.read, alice.keys.ingest].map(
			async (key) =>
				(await server.ask("/api/auth/link", { method: "POST", headers: { "x-api-key": key } })).status,
		);
		expect(await Promise.all(statuses)).toEqual([403, 403]);
		expect((await alice.visit("/api/auth/link", { method: "POST" })).status).toBe(403);
	});
});

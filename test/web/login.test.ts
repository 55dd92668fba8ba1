import { describe, expect, test } from "bun:test";
import { mintKey } from "../../src/account/api-key.ts";
import { saveDisabled } from "../../src/ledger/accounts.ts";
import { listKeys, revokeKey, saveNewKey } from "../../src/ledger/api-keys.ts";
import { listSessions, MOST_SESSIONS, saveNewSession } from "../../src/ledger/web-sessions.ts";
import { Limiter, usualLimits } from "../../src/web/gates/limits.ts";
import { cookieOf, form } from "../support/forms.ts";
import { TestServer } from "../support/server.ts";

const MINUTE_MS = 60_000;

async function logIn(server: TestServer, key: string, fields = {}, headers = {}, address?: string) {
	return server.ask("/login", form({ key, ...fields }, headers), address);
}

describe("the log-in", () => {
	test("asks for a key, and says where the set-up link is while nobody has an account", async () => {
		const server = await TestServer.start();
		const empty = await (await server.ask("/login")).text();
		expect(empty).toContain("set-up link");
		expect(empty).not.toContain("<form");
		expect((await server.ask("/")).headers.get("location")).toBe("/login");
		await server.join("ada", "owner");
		expect(await (await server.ask("/login")).text()).toContain('name="key"');
	});

	test("exchanges a key for a session, whose cookie no script and no other site has", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const response = await logIn(server, ` ${alice.keys.full}\n`, { next: "/?range=7d" });
		expect(response.status).toBe(303);
		expect(response.headers.get("location")).toBe("/?range=7d");
		const [cookie = ""] = response.headers.getSetCookie();
		expect(cookie).toMatch(
			/^__Host-promptpulse=\w{43}; Path=\/; Max-Age=7776000; HttpOnly; SameSite=Lax; Secure$/,
		);
		expect(cookie).not.toContain(alice.keys.full);
		const page = await server.ask("/", { headers: { cookie: cookieOf(response) } });
		expect(page.status).toBe(200);
		expect(page.headers.get("cache-control")).toBe("no-store");
		expect(await page.text()).toContain("alice");
	});

	test("leads someone who is logged in on", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const response = await alice.visit("/login?next=%2F%3Frange%3D7d");
		expect(response.headers.get("location")).toBe("/?range=7d");
	});

	test("never leads to another site", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		for (const next of ["//evil.example", "https://evil.example/", "/\\evil.example"]) {
			const response = await logIn(server, alice.keys.full, { next });
			expect(response.headers.get("location")).toBe("/");
		}
	});

	test("answers every key that opens nothing with the same page", async () => {
		const server = await TestServer.start();
		const { alice, bob } = await server.joinAll();
		const [revoked] = (await listKeys(server.db, alice.account.user)).filter(({ kind }) => kind === "full");
		const expired = await server.db.transaction((tx) =>
			saveNewKey(
				tx,
				alice.account.user,
				{ kind: "full", name: "old", expiresAt: server.now },
				server.now - 1,
			),
		);
		await server.db.transaction(async (tx) => {
			await revokeKey(tx, alice.account.user, revoked?.id ?? "", server.now);
			await saveDisabled(tx, bob.account.user, server.now);
		});
		const wrong = [mintKey("full"), alice.keys.full, expired.text, bob.keys.full, "pk_fnonsense", ""];
		const pages = await Promise.all(
			wrong.map(async (key) => {
				const response = await logIn(server, key);
				expect(response.status).toBe(401);
				expect(response.headers.getSetCookie()).toEqual([]);
				return response.text();
			}),
		);
		expect(new Set(pages).size).toBe(1);
		expect(pages[0]).toContain("This key is not known here.");
	});

	test("refuses a key that only sends, and says so", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const response = await logIn(server, alice.keys.ingest);
		expect(response.status).toBe(403);
		expect(await response.text()).toContain("only sends usage");
	});

	test("takes no key from the address", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const response = await server.ask(`/login?key=${alice.keys.full}`);
		expect(response.headers.getSetCookie()).toEqual([]);
		expect(await response.text()).not.toContain(alice.keys.full);
	});

	test("with a read key opens a session that changes nothing", async () => {
		const server = await TestServer.start();
		const { ada } = await server.joinAll();
		const cookie = cookieOf(await logIn(server, ada.keys.read));
		const ask = (method: string, path: string) =>
			server.ask(path, { method, headers: { cookie, "sec-fetch-site": "same-origin" } });
		expect((await ask("GET", "/")).status).toBe(200);
		expect((await ask("GET", "/api/user/keys")).status).toBe(200);
		const writes = (await server.server.routes()).filter(({ access }) => access.endsWith("write"));
		expect(writes.length).toBeGreaterThan(5);
		for (const { method, path } of writes) expect((await ask(method, path)).status).toBe(403);
	});
});

describe("a session", () => {
	test("is a new one whatever cookie the browser came with, and the one it had ends", async () => {
		const server = await TestServer.start();
		const { alice, bob } = await server.joinAll();
		const preset = `__Host-promptpulse=${"a".repeat(43)}`;
		const first = cookieOf(await logIn(server, alice.keys.full, {}, { cookie: preset }));
		expect(first).not.toBe(preset);
		expect((await server.ask("/", { headers: { cookie: preset } })).status).toBe(303);
		const planted = bob.browser.cookie ?? "";
		const second = cookieOf(await logIn(server, alice.keys.full, {}, { cookie: planted }));
		expect(second).not.toBe(planted);
		expect((await server.ask("/", { headers: { cookie: planted } })).status).toBe(303);
		expect((await server.ask("/", { headers: { cookie: second } })).status).toBe(200);
	});

	test("is one of a hundred at most, and the one used longest ago ends", async () => {
		const server = await TestServer.start();
		const { alice, bob } = await server.joinAll();
		server.now += MINUTE_MS;
		for (let i = 0; i < MOST_SESSIONS; i++) {
			await server.db.transaction((tx) =>
				saveNewSession(tx, { user: alice.account.user, key: null, agent: null }, server.now),
			);
		}
		expect(await listSessions(server.db, alice.account.user, server.now)).toHaveLength(MOST_SESSIONS);
		expect((await alice.visit("/")).status).toBe(303);
		expect((await bob.visit("/")).status).toBe(200);
	});

	test("is opened no more often than a person may ask", async () => {
		const limits = { ...usualLimits(), people: new Limiter({ most: 2, perMinute: 1 }) };
		const server = await TestServer.start({ limits });
		const { alice, bob } = await server.joinAll();
		const statuses: number[] = [];
		for (let i = 0; i < 3; i++) statuses.push((await logIn(server, alice.keys.full)).status);
		expect(statuses).toEqual([303, 303, 429]);
		expect((await logIn(server, bob.keys.full)).status).toBe(303);
	});

	test("is under https never read from a cookie that a neighbour's host could set", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const secret = alice.browser.cookie?.split("=")[1] ?? "";
		const response = await server.ask("/", { headers: { cookie: `promptpulse-session=${secret}` } });
		expect(response.status).toBe(303);
	});

	test("ends with the key that opened it", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const { user } = alice.account;
		const made = await server.db.transaction((tx) =>
			saveNewKey(
				tx,
				user,
				{ kind: "full", name: "short", expiresAt: server.now + 10 * MINUTE_MS },
				server.now,
			),
		);
		const expiring = cookieOf(await logIn(server, made.text));
		const revoked = cookieOf(await logIn(server, alice.keys.full));
		const status = async (cookie: string) => (await server.ask("/", { headers: { cookie } })).status;
		expect([await status(expiring), await status(revoked)]).toEqual([200, 200]);
		const full = (await listKeys(server.db, user)).find(({ name }) => name === "full");
		await server.db.transaction((tx) => revokeKey(tx, user, full?.id ?? "", server.now));
		expect([await status(expiring), await status(revoked)]).toEqual([200, 303]);
		server.now += 10 * MINUTE_MS;
		expect(await status(expiring)).toBe(303);
	});

	test("that is over is told of at the log-in, and one that never was is not", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		server.now += 15 * 24 * 60 * MINUTE_MS;
		expect(await (await alice.visit("/login?next=%2F")).text()).toContain("You were logged out.");
		expect(await (await server.ask("/login?next=%2F")).text()).not.toContain("You were logged out.");
	});

	test("that is over leads scripts to the log-in as a page", async () => {
		const server = await TestServer.start();
		await server.joinAll();
		const response = await server.ask("/?range=7d", { headers: { "hx-request": "true" } });
		expect(response.status).toBe(200);
		expect(response.headers.get("hx-redirect")).toBe("/login?next=%2F%3Frange%3D7d");
		expect(await response.text()).toBe("");
	});
});

describe("logging out", () => {
	test("ends the session, wherever its cookie was copied to, and clears what the browser kept", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const response = await alice.visit("/logout", { method: "POST" });
		expect(response.status).toBe(303);
		expect(response.headers.get("location")).toBe("/login");
		expect(response.headers.get("clear-site-data")).toBe('"cache", "storage"');
		expect(response.headers.getSetCookie()[0]).toContain("Max-Age=0");
		expect((await alice.visit("/")).status).toBe(303);
		expect((await alice.visit("/api/auth/validate")).status).toBe(401);
	});

	test("needs the page's own token", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const { cookie = "" } = alice.browser;
		const without = await server.ask("/logout", form({}, { cookie }));
		expect(without.status).toBe(403);
		expect((await alice.visit("/")).status).toBe(200);
		const csrf = alice.browser["x-csrf-token"] ?? "";
		expect((await server.ask("/logout", form({ csrf }, { cookie }))).status).toBe(303);
	});
});

describe("wrong tries", () => {
	async function tryOften(server: TestServer, address: string): Promise<number[]> {
		const statuses: number[] = [];
		for (let i = 0; i < 11; i++)
			statuses.push((await logIn(server, mintKey("full"), {}, {}, address)).status);
		return statuses;
	}

	test("are locked after ten, for that address, until five minutes are over", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		expect(await tryOften(server, "192.0.2.1")).toEqual([...Array(10).fill(401), 429]);
		const locked = await logIn(server, mintKey("full"), {}, {}, "192.0.2.1");
		expect(locked.headers.get("retry-after")).toBe("300");
		expect(await locked.text()).toContain("Too many tries. Wait 5 minutes and try again.");
		expect((await logIn(server, mintKey("full"), {}, {}, "192.0.2.2")).status).toBe(401);
		// Others behind that address have right keys.
		expect((await logIn(server, alice.keys.full, {}, {}, "192.0.2.1")).status).toBe(303);
		server.now += 5 * MINUTE_MS;
		expect((await logIn(server, mintKey("full"), {}, {}, "192.0.2.1")).status).toBe(401);
	});

	test("are still locked when the server starts anew", async () => {
		const server = await TestServer.start();
		await server.joinAll();
		await tryOften(server, "192.0.2.1");
		const again = await TestServer.start({ db: server.db });
		expect((await logIn(again, mintKey("full"), {}, {}, "192.0.2.1")).status).toBe(429);
	});
});

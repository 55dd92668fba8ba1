import { describe, expect, test } from "bun:test";
import { kindOfKey } from "../../src/account/api-key.ts";
import { saveDisabled } from "../../src/ledger/accounts.ts";
import { csrfToken } from "../../src/web/gates/session-cookie.ts";
import { cookieOf, form } from "../support/forms.ts";
import { replyOf } from "../support/replies.ts";
import { type Person, TestServer } from "../support/server.ts";

const HOUR_MS = 3_600_000;

type KeyRow = { id: string; name: string; kind: string; last4: string; revoked_at: string | null };
type Made = KeyRow & { key: string; expires_at: string | null };

function wanted(part: object = {}): RequestInit {
	return {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ name: "laptop", kind: "ingest", expires_at: null, ...part }),
	};
}

async function make(server: TestServer, visit: Person["visit"], part: object = {}): Promise<Made> {
	return replyOf<Made>(server, ["POST", "/api/user/keys"], await visit("/api/user/keys", wanted(part)));
}

async function codeOf(response: Response): Promise<[number, string]> {
	return [response.status, ((await response.json()) as { code: string }).code];
}

async function statusOf(server: TestServer, key: string, path = "/api/auth/validate"): Promise<number> {
	return (await server.ask(path, { headers: { "x-api-key": key } })).status;
}

describe("a person's keys", () => {
	test("are listed with what they are for, and never whole", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const response = await alice.ask("/api/user/keys");
		const text = await response.clone().text();
		const rows = await replyOf<KeyRow[]>(server, ["GET", "/api/user/keys"], response);
		expect(rows.map(({ kind }) => kind).sort()).toEqual(["full", "ingest", "read"]);
		for (const key of Object.values(alice.keys)) {
			expect(text).not.toContain(key);
			expect(rows.map(({ last4 }) => last4)).toContain(key.slice(-4));
		}
		const table = await (await alice.ask("/api/user/keys?format=csv")).text();
		expect(table.split("\r\n")[0]).toBe("id,name,kind,last4,created_at,expires_at,last_used_at,revoked_at");
	});

	test("tell when they were last used", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		expect(await statusOf(server, alice.keys.ingest)).toBe(200);
		const rows = (await (await alice.ask("/api/user/keys")).json()) as (KeyRow & { last_used_at: string })[];
		const used = rows.find(({ kind }) => kind === "ingest")?.last_used_at;
		expect(used).toBe(new Date(server.now).toISOString());
	});

	test("are of three kinds, and made by a fresh session", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		for (const kind of ["full", "read", "ingest"] as const) {
			const { key } = await make(server, alice.visit, { kind });
			expect(kindOfKey(key)).toBe(kind);
			expect(await statusOf(server, key)).toBe(200);
		}
	});

	test.each([
		["no name", { name: "" }, "name"],
		["a name that is too long", { name: "x".repeat(101) }, "name"],
		["a name of two lines", { name: "a\nb" }, "name"],
		["an unknown kind", { kind: "admin" }, "kind"],
		["an end in the past", { expires_at: "2020-01-01T00:00:00Z" }, "expires_at"],
		["an end that is no time", { expires_at: "tomorrow" }, "expires_at"],
	])("are not made with %s", async (_, part, field) => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const response = await alice.visit("/api/user/keys", wanted(part));
		expect(response.status).toBe(422);
		expect(await response.json()).toMatchObject({ fields: [field] });
	});

	test("are two hundred at most, as long as they are not revoked", async () => {
		const server = await TestServer.start({});
		const { alice } = await server.joinAll();
		let last = "";
		for (let i = 0; i < 197; i++) last = (await make(server, alice.visit, { name: `${i}` })).id;
		expect(await codeOf(await alice.visit("/api/user/keys", wanted()))).toEqual([409, "too_many_keys"]);
		server.now += 60_000;
		expect((await alice.visit(`/api/user/keys/${last}`, { method: "DELETE" })).status).toBe(200);
		expect((await alice.visit("/api/user/keys", wanted())).status).toBe(200);
	});
});

describe("a key is never widened", () => {
	test("a full key makes read and ingest keys, never full ones", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		for (const kind of ["read", "ingest"]) await make(server, alice.ask, { kind });
		expect(await codeOf(await alice.ask("/api/user/keys", wanted({ kind: "full" })))).toEqual([
			403,
			"not_wider",
		]);
	});

	test("a key that ends makes none that ends later", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const end = new Date(server.now + HOUR_MS).toISOString();
		const { key } = await make(server, alice.visit, { kind: "full", expires_at: end });
		const ask = (part: object) => {
			const { headers, ...init } = wanted(part);
			return server.ask("/api/user/keys", {
				...init,
				headers: { ...(headers as Record<string, string>), "x-api-key": key },
			});
		};
		expect((await ask({ expires_at: end })).status).toBe(200);
		expect(await codeOf(await ask({ expires_at: null }))).toEqual([403, "not_wider"]);
		const later = new Date(server.now + HOUR_MS + 1).toISOString();
		expect(await codeOf(await ask({ expires_at: later }))).toEqual([403, "not_wider"]);
	});

	test("nor does a session that it opens", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const end = new Date(server.now + HOUR_MS).toISOString();
		const { key } = await make(server, alice.visit, { kind: "full", expires_at: end });
		const cookie = cookieOf(await server.ask("/login", form({ key })));
		const secret = cookie.split("=")[1] ?? "";
		const ask = (part: object) => {
			const { headers, ...init } = wanted(part);
			const own = { cookie, "sec-fetch-site": "same-origin", "x-csrf-token": csrfToken(secret) };
			return server.ask("/api/user/keys", {
				...init,
				headers: { ...(headers as Record<string, string>), ...own },
			});
		};
		expect(await codeOf(await ask({ kind: "full" }))).toEqual([403, "not_wider"]);
		expect((await ask({ kind: "full", expires_at: end })).status).toBe(200);
	});

	test("read and ingest keys make none, however they are sent", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		for (const key of [alice.keys.read, alice.keys.ingest]) {
			const { headers, ...init } = wanted();
			const send = (way: Record<string, string>) =>
				server.ask("/api/user/keys", {
					...init,
					headers: { ...(headers as Record<string, string>), ...way },
				});
			expect((await send({ "x-api-key": key })).status).toBe(403);
			expect((await send({ authorization: `Bearer ${key}` })).status).toBe(401);
			expect((await send({ authorization: `Basic ${btoa(`alice:${key}`)}` })).status).toBe(401);
		}
		expect((await (await alice.ask("/api/user/keys")).json()) as KeyRow[]).toHaveLength(3);
	});

	test("a session makes keys within 15 minutes of its log-in", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		server.now += 15 * 60_000 - 1;
		expect((await alice.visit("/api/user/keys", wanted({ kind: "full" }))).status).toBe(200);
		server.now += 1;
		expect(await codeOf(await alice.visit("/api/user/keys", wanted()))).toEqual([403, "log_in_again"]);
	});
});

describe("a key ends at once", () => {
	test("when it is revoked, and with it nothing else", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const first = await make(server, alice.visit, { kind: "full" });
		const second = await make(server, alice.visit, { kind: "full" });
		const response = await alice.visit(`/api/user/keys/${first.id}`, { method: "DELETE" });
		await replyOf(server, ["DELETE", "/api/user/keys/:id"], response);
		expect([await statusOf(server, first.key), await statusOf(server, second.key)]).toEqual([401, 200]);
		const rows = (await (await alice.ask("/api/user/keys")).json()) as KeyRow[];
		expect(rows.find(({ id }) => id === first.id)?.revoked_at).toBe(new Date(server.now).toISOString());
	});

	test("when its time is over", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const end = new Date(server.now + HOUR_MS).toISOString();
		const { key } = await make(server, alice.visit, { expires_at: end });
		server.now += HOUR_MS - 1;
		expect(await statusOf(server, key)).toBe(200);
		server.now += 1;
		expect(await statusOf(server, key)).toBe(401);
	});

	test("when its owner is disabled", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		await server.db.transaction((tx) => saveDisabled(tx, alice.account.user, server.now));
		expect(await Promise.all(Object.values(alice.keys).map((key) => statusOf(server, key)))).toEqual([
			401, 401, 401,
		]);
		expect((await alice.visit("/")).status).toBe(303);
	});

	test("but not by someone else, who is told the same as of one that never was", async () => {
		const server = await TestServer.start();
		const { alice, bob } = await server.joinAll();
		const [row] = (await (await alice.ask("/api/user/keys")).json()) as KeyRow[];
		const foreign = await bob.ask(`/api/user/keys/${row?.id}`, { method: "DELETE" });
		const unknown = await bob.ask(`/api/user/keys/${crypto.randomUUID()}`, { method: "DELETE" });
		expect([foreign.status, unknown.status]).toEqual([404, 404]);
		expect(await foreign.text()).toBe(await unknown.text());
		for (const key of Object.values(alice.keys)) expect(await statusOf(server, key)).toBe(200);
	});
});

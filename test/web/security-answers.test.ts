import { describe, expect, test } from "bun:test";
import { Limiter, usualLimits } from "../../src/web/gates/limits.ts";
import { type Person, TestServer } from "../support/server.ts";

const SECRET = "sqlitecloud://db.example.com?apikey=zq-secret";
const EVIL = "https://evil.example.com";

async function start(limit?: number) {
	const limits = usualLimits();
	if (limit !== undefined) limits.addresses = new Limiter({ most: limit, perMinute: 1 });
	const server = await TestServer.start({ limits });
	return { server, ...(await server.joinAll()) };
}

/** Answers of every status, as pages and under `/api`. */
const ANSWERS: [number, (server: TestServer, alice: Person) => Promise<Response>][] = [
	[200, (_server, alice) => alice.visit("/")],
	[303, (server) => server.ask("/")],
	[400, (_server, alice) => alice.visit("/theme", { method: "POST", ...asJson("{") })],
	[400, (_server, alice) => alice.ask("/api/user/keys", { method: "POST", ...asJson("{") })],
	[401, (server) => server.ask("/events")],
	[401, (server) => server.ask("/api/auth/validate")],
	[403, (server) => server.ask("/theme", { method: "POST", headers: { "sec-fetch-site": "cross-site" } })],
	[403, (_server, alice) => alice.ask("/api/invites")],
	[404, (server) => server.ask("/none")],
	[404, (server) => server.ask("/api/none")],
	[410, (server) => server.ask("/join/none")],
	[413, (_server, alice) => alice.visit("/theme", { method: "POST", ...asJson(`"${"x".repeat(70_000)}"`) })],
	[415, (_server, alice) => alice.visit("/theme", { method: "POST", ...asJson("<a/>", "text/xml") })],
	[422, (_server, alice) => alice.visit("/?range=none")],
	[422, (_server, alice) => alice.send("POST", "/api/user/keys", { kind: "x" })],
	[429, async () => (await start(0)).server.ask("/livez")],
	[429, async () => (await start(0)).server.ask("/api/users")],
	[
		500,
		async (server, alice) => {
			await server.db.run("alter table usage_days rename to zq_secret");
			return alice.visit("/");
		},
	],
];

function asJson(body: string, type = "application/json"): RequestInit {
	return { body, headers: { "content-type": type } };
}

describe("every answer has what protects it in a browser, and lets no other site read or frame it:", () => {
	test.each(ANSWERS)("%i", async (status, ask) => {
		const { server, alice } = await start();
		const response = await ask(server, alice);
		expect(response.status).toBe(status);
		const policy = response.headers.get("content-security-policy") ?? "";
		for (const rule of ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "form-action 'self'"])
			expect(policy).toContain(rule);
		expect(policy).toContain("frame-ancestors 'none'");
		expect(policy).not.toMatch(/unsafe|\*/);
		expect(response.headers.get("x-content-type-options")).toBe("nosniff");
		expect(response.headers.get("cross-origin-resource-policy")).toBe("same-origin");
		expect(response.headers.get("cache-control")).toBe("no-store");
		expect(response.headers.get("vary")?.toLowerCase()).toContain("cookie");
		expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
		expect(response.headers.has("server")).toBe(false);
		expect(response.headers.has("x-powered-by")).toBe(false);
	});
});

test("what the API says of an error sends nobody to a page", async () => {
	const { server, alice } = await start();
	const browser = { cookie: alice.browser.cookie ?? "" };
	const answers = await Promise.all([
		server.ask("/api/none"),
		alice.ask("/api/views/overview/none"),
		alice.ask("/api/views/sessions/none/responses"),
		alice.ask("/api/views/overview/models?range=none"),
		server.ask("/api/user/keys", {
			method: "POST",
			body: "{}",
			headers: { ...browser, "content-type": "application/json", "sec-fetch-site": "cross-site" },
		}),
	]);
	expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 422, 403]);
	for (const answer of answers) expect((await answer.json()).error).not.toMatch(/overview/i);
	// A page still does.
	expect(await (await server.ask("/none")).text()).toContain("Go to the overview.");
});

describe("another site's page", () => {
	test("is allowed nothing when it asks beforehand", async () => {
		const { server, alice } = await start();
		for (const route of await server.server.routes()) {
			const response = await server.ask(route.path, {
				method: "OPTIONS",
				headers: {
					origin: EVIL,
					"access-control-request-method": route.method,
					"access-control-request-headers": "x-api-key, content-type",
					cookie: alice.browser.cookie ?? "",
				},
			});
			expect(response.ok).toBe(false);
			expect(JSON.stringify([...response.headers])).not.toMatch(/access-control|evil/);
		}
		const read = await alice.visit("/api/users", { headers: { origin: EVIL } });
		expect(JSON.stringify([...read.headers])).not.toMatch(/access-control|evil/);
	});
});

describe("an error that nobody expected", () => {
	test("tells the request's id and nothing of itself, which only the operator is told", async () => {
		const { server, alice } = await start();
		await server.db.run(
			`create trigger broken before insert on login_links begin select raise(abort, '${SECRET}'); end`,
		);
		for (const accept of ["application/json", "text/html"]) {
			const response = await alice.ask("/api/auth/link", { method: "POST", headers: { accept } });
			expect(response.status).toBe(500);
			const said = JSON.stringify([...response.headers]) + (await response.text());
			expect(said).not.toMatch(/zq-secret|sqlitecloud|trigger|\.ts:/);
			expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
		}
		expect(server.reported.map(String).join()).toContain("db.example.com");
	});
});

describe("input that is wrong", () => {
	test("is named by its fields and never repeated", async () => {
		const { server, alice } = await start();
		const value = "zq-hostile-<script>";
		const answers = [
			await alice.send("POST", "/api/user/keys", { name: value, kind: value, expires_at: value }),
			await alice.send("POST", "/api/users", { username: value, email: value }),
			await alice.ask(`/api/users?format=${value}`),
			await alice.ask(`/api/views/overview/${value}`),
			await alice.visit(`/?range=${value}&project=${value}&from=${value}`),
			await server.ask(`/${value}`),
			await server.ask(`/assets/${value}`),
		];
		for (const answer of answers) {
			expect(answer.status).toBeGreaterThanOrEqual(400);
			expect(answer.status).toBeLessThan(500);
			expect(JSON.stringify([...answer.headers]) + (await answer.text())).not.toContain("zq-hostile");
		}
		expect(await (await alice.send("POST", "/api/user/keys", { kind: value })).json()).toMatchObject({
			code: "invalid_body",
			fields: expect.arrayContaining(["kind", "name"]),
		});
		expect(server.reported).toEqual([]);
	});

	test("under a name that goes on and on fills no answer", async () => {
		const { alice } = await start();
		const answer = await alice.ask(`/api/users?${"format".padEnd(60_000, "x")}=1&format=x`);
		expect((await answer.text()).length).toBeLessThan(1_000);
	});
});

test("a key in the address or in a cookie opens nothing, and whoever is told of requests is not told of it", async () => {
	const told: unknown[] = [];
	const server = await TestServer.start({
		note: ({ response, arrival, route }) => told.push([response.status, arrival, route?.path]),
	});
	const { alice } = await server.joinAll();
	const key = alice.keys.full;
	for (const name of ["api_key", "apikey", "key", "X-API-Key", "token", "access_token"]) {
		expect((await server.ask(`/api/auth/validate?${name}=${key}`)).status).toBe(401);
		const cookie = { headers: { cookie: `${name}=${key}` } };
		expect((await server.ask("/api/auth/validate", cookie)).status).toBe(401);
	}
	expect(told).toHaveLength(12);
	expect(JSON.stringify([told, server.reported])).not.toContain(key);
});

import { describe, expect, test } from "bun:test";
import { parseProxies } from "../../src/web/gates/proxies.ts";
import type { OpenApi } from "../../src/web/openapi/openapi.ts";
import { makeWorld, noLimits } from "../support/isolation.ts";
import { bodySchemaOf, pathWith, sampleOf } from "../support/route-calls.ts";
import { SERVER, TestServer } from "../support/server.ts";

const PROTOTYPES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];

describe("names that objects have of themselves", () => {
	test("mean nothing in JSON, a form, a query, a cookie or a path", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		for (const name of PROTOTYPES) {
			const hostile = `{"${name}": {"isAdmin": true, "role": "owner"}, "name": "n", "kind": "read"}`;
			const type = { "content-type": "application/json" };
			const made = await alice.ask("/api/user/keys", { method: "POST", body: hostile, headers: type });
			expect(made.status).toBe(200);
			const form = new URLSearchParams([
				[name, "x"],
				[`${name}[role]`, "owner"],
				["theme", name],
			]);
			expect((await alice.visit("/theme", { method: "POST", body: form })).status).toBe(303);
			const cookie = `${alice.browser.cookie}; ${name}=x; theme=${name}`;
			expect((await alice.visit("/", { headers: { cookie } })).status).toBe(200);
			const query = `${name}=x&${name}[role]=owner`;
			expect((await alice.ask(`/api/users?${query}`)).status).toBe(200);
			expect((await alice.ask(`/api/views/overview/${name}`)).status).toBe(404);
			expect((await alice.ask(`/api/views/overview/projects?project=${name}`)).status).toBe(200);
			expect((await alice.visit(`/?${query}&range=7d`)).status).toBe(200);
		}
		expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
		expect(({} as Record<string, unknown>).role).toBeUndefined();
		expect((await alice.ask("/api/invites")).status).toBe(403);
		expect(server.reported).toEqual([]);
	});
});

describe("what comes twice", () => {
	test("in a query is no value, in a form or in JSON counts once", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		expect((await alice.ask("/api/users?format=json&format=csv")).status).toBe(422);
		const form = new URLSearchParams("theme=dark&theme=light");
		const chosen = await alice.visit("/theme", { method: "POST", body: form });
		expect(chosen.headers.get("set-cookie")).toStartWith("theme=dark;");
		const made = await alice.ask("/api/user/keys", {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: '{"name": "one", "name": "two", "kind": "full", "kind": "read"}',
		});
		expect(await made.json()).toMatchObject({ name: "two", kind: "read" });
	});

	test("as a cookie is one session or none, and never another person's in part", async () => {
		const server = await TestServer.start();
		const { alice, bob } = await server.joinAll();
		const cookie = `${alice.browser.cookie}; ${bob.browser.cookie}`;
		const answer = await server.ask("/api/auth/validate", { headers: { cookie } });
		const { user } = (await answer.json()) as { user: { username: string } };
		const change = await server.ask("/theme", {
			method: "POST",
			headers: { ...bob.browser, cookie },
			body: new URLSearchParams({ theme: "dark" }),
		});
		expect(change.status).toBe(user.username === "bob" ? 303 : 403);
	});
});

describe("where something leads afterwards", () => {
	const ELSEWHERE = [
		"//evil.example.com",
		"https://evil.example.com",
		"https:evil.example.com",
		"/\\evil.example.com",
		"\\evil.example.com",
		"/\t/evil.example.com",
		"/%2f/evil.example.com/..//",
		"javascript:alert(1)",
		"data:text/html,x",
		"/..//evil.example.com",
	];

	test.each(ELSEWHERE)("is never another site: %j", async (next) => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const log = { key: alice.keys.full, next };
		const headers = { "sec-fetch-site": "same-origin" };
		const answers = [
			await alice.visit("/theme", { method: "POST", body: new URLSearchParams({ theme: "dark", next }) }),
			await server.ask("/login", { method: "POST", headers, body: new URLSearchParams(log) }),
			await alice.visit(`/login?next=${encodeURIComponent(next)}`),
		];
		for (const answer of answers) {
			expect(answer.status).toBe(303);
			const location = new URL(answer.headers.get("location") ?? "", SERVER);
			expect(location.origin).toBe(SERVER);
			expect(answer.headers.get("location")).toMatch(/^\/(?![/\\])/);
		}
	});
});

describe("the host that a request names", () => {
	test("is in no link where the site has an address of its own", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const evil = { host: "evil.example.com", "x-forwarded-host": "evil.example.com" };
		const made = await server.server.handle(
			new Request("https://evil.example.com/api/auth/link", {
				method: "POST",
				headers: { ...evil, "x-api-key": alice.keys.full },
			}),
		);
		const { url } = (await made.json()) as { url: string };
		expect(url).toStartWith(`${SERVER}/login/`);
		for (const path of ["/login", "/none", "/api/docs"]) {
			const page = await server.server.handle(
				new Request(`https://evil.example.com${path}`, { headers: evil }),
			);
			expect(await page.text()).not.toContain("evil");
		}
	});
});

describe("an address that a request claims to come from", () => {
	const CLAIMS = (address: string) => ({
		"x-forwarded-for": address,
		"x-real-ip": address,
		forwarded: `for=${address}`,
		"x-forwarded-proto": "https",
		"x-client-ip": address,
	});

	test("changes nothing where no proxy is trusted: wrong keys are counted all the same", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const statuses: number[] = [];
		for (let i = 0; i < 40; i++) {
			const headers = { "x-api-key": "wrong", ...CLAIMS(`198.51.100.${i}`) };
			statuses.push((await server.ask("/api/auth/validate", { headers }, "203.0.113.9")).status);
		}
		expect(statuses.slice(0, 30)).toEqual(Array(30).fill(401));
		expect(statuses.slice(30)).toEqual(Array(10).fill(429));
		const right = { headers: { "x-api-key": alice.keys.full } };
		expect((await server.ask("/api/auth/validate", right, "203.0.113.9")).status).toBe(200);
		expect((await server.ask("/api/auth/validate", {}, "203.0.113.10")).status).toBe(401);
	});

	test("counts where the proxy is trusted, and then not the proxy's own", async () => {
		const proxies = { publicUrl: SERVER, trusted: parseProxies("10.0.0.0/8") };
		const server = await TestServer.start({ proxies });
		for (let i = 0; i < 40; i++) {
			const headers = { "x-api-key": "wrong", "x-forwarded-for": `198.51.100.${i}` };
			expect((await server.ask("/api/auth/validate", { headers }, "10.1.2.3")).status).toBe(401);
		}
	});

	test("opens nothing that is for admins", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		for (const route of await server.server.routes()) {
			if (!route.access.startsWith("admin")) continue;
			for (const as of [{}, { "x-api-key": alice.keys.full }]) {
				const headers = { ...CLAIMS("127.0.0.1"), ...as };
				const answer = await server.ask(pathWith(route, "x"), { method: route.method, headers });
				// A page leads whoever has no session to the log-in.
				const status = route.access === "admin page" ? 303 : "x-api-key" in as ? 403 : 401;
				expect(answer.status).toBe(status);
			}
		}
	});
});

describe("texts that take careless patterns for ever", () => {
	const LENGTH = 60_000;
	const HOSTILE = [
		"a",
		"a.",
		"-",
		"@",
		" ",
		"9",
		"0:",
		"/",
		"\\",
		"aA1",
		"\u0000",
		"é",
		"💥",
		"..",
		"%",
		"T",
	].map((piece) => `${piece.repeat(LENGTH / Buffer.byteLength(piece))}!`);

	test("are answered in every field of every body", async () => {
		const { server, ada } = await makeWorld();
		const document = (await (await server.ask("/api/openapi.json")).json()) as OpenApi;
		for (const route of await server.server.routes()) {
			const schema = bodySchemaOf(document, route);
			const { properties = {} } = schema ?? {};
			for (const name of Object.keys(properties)) {
				for (const text of HOSTILE) {
					const body = { ...(sampleOf(schema ?? {}) as object), [name]: text };
					const answer = await ada.person.send(route.method, pathWith(route, "x"), body);
					expect(answer.status).toBeLessThan(500);
				}
			}
		}
		expect(server.reported).toEqual([]);
	});

	test("are answered in every parameter, header and cookie", async () => {
		const server = await TestServer.start({ limits: noLimits() });
		const { alice } = await server.joinAll();
		const document = (await (await server.ask("/api/openapi.json")).json()) as OpenApi;
		for (const route of await server.server.routes()) {
			if (route.method !== "GET" || route.stream) continue;
			const path = pathWith(route, "projects");
			const { parameters = [] } = document.paths[route.path]?.get ?? {};
			const names = [...parameters.map(({ name }) => name), "range", "from", "project", "next", "q"];
			for (const text of HOSTILE.slice(0, 8)) {
				for (const name of names) {
					const query = new URLSearchParams({ [name]: text });
					for (const ask of [alice.ask, alice.visit]) {
						expect((await ask(`${path}?${query}`)).status).toBeLessThan(500);
					}
				}
			}
		}
		for (const text of HOSTILE.filter((text) => /^[\x20-\x7e]+$/.test(text))) {
			for (const header of ["x-api-key", "cookie", "authorization", "content-type", "accept-encoding"]) {
				const answer = await server.ask("/theme", {
					method: "POST",
					headers: { [header]: text },
					body: "{}",
				});
				expect(answer.status).toBeLessThan(500);
			}
		}
		expect(server.reported).toEqual([]);
	});
});

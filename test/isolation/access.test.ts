import { describe, expect, test } from "bun:test";
import { serverGate } from "../../src/web/gates/server-gate.ts";
import type { OpenApi } from "../../src/web/openapi/openapi.ts";
import type { Route } from "../../src/web/route.ts";
import { createRouter, createSite } from "../../src/web/site.ts";
import { makeCallers, refusalOf } from "../support/callers.ts";
import { dumpOf, leaksIn, makeWorld, noLimits, saidBy } from "../support/isolation.ts";
import { bodyOf, nameOf, pathWith } from "../support/route-calls.ts";
import { SERVER } from "../support/server.ts";

const world = await makeWorld();
const { server, ada, grace, alice, bob } = world;
const people = [ada, grace, alice, bob];
const routes = await server.server.routes();
const document = (await (await server.ask("/api/openapi.json")).json()) as OpenApi;
const callers = await makeCallers(world);

/** The server's own gate, before routes that only say that they were reached. */
const reached = createSite(
	{
		gate: serverGate({
			db: server.db,
			limits: noLimits(),
			proxies: { publicUrl: SERVER, trusted: { check: () => false } as never },
			report: (error) => expect(error).toBeUndefined(),
			sourceFor: () => ({}) as never,
		}),
		now: () => server.now,
		report: (error) => expect(error).toBeUndefined(),
	},
	() => router,
);
const router = createRouter(
	routes.map((route) => ({
		...route,
		query: undefined,
		body: undefined,
		answer: () => new Response("reached"),
	})),
);

function call(route: Route, headers: Record<string, string>): Request {
	const sent = bodyOf(route, document);
	return new Request(`${SERVER}${pathWith(route, "x")}`, {
		method: route.method,
		headers: { ...sent.headers, ...headers },
		...(sent.body !== undefined && { body: sent.body }),
	});
}

test("there are routes of every access, and callers of every kind", () => {
	const accesses = new Set(routes.map(({ access }) => access));
	for (const access of [
		"anyone",
		"page",
		"identify",
		"read",
		"write",
		"admin page",
		"admin read",
		"admin write",
	] as const)
		expect(accesses).toContain(access);
	expect(callers.length).toBeGreaterThan(30);
});

test("S28: no route for admins, whatever it does, is for members", async () => {
	const forAdmins = routes.filter(({ access }) => access.startsWith("admin"));
	expect(forAdmins.length).toBeGreaterThan(15);
	const { keys, browser } = alice.person;
	for (const route of forAdmins) {
		const byKey = await server.server.handle(call(route, { "x-api-key": keys.full }));
		const bySession = await server.server.handle(call(route, browser));
		const isPage = route.access === "admin page";
		expect([nameOf(route), byKey.status, bySession.status]).toEqual([nameOf(route), isPage ? 303 : 403, 403]);
	}
});

describe("without a decision that stands here", () => {
	const FOR_ANYONE = [
		/^GET \/(livez|readyz|health|assets\/:name)$/,
		/^GET \/api\/(health\/db|openapi\.json|docs)$/,
		/^(GET|POST) \/login$/,
		/^GET \/login\/:code$/,
		/^GET \/setup$/,
		/^(GET|POST) \/(setup|join)\/:code$/,
		/^GET \/account\/erased$/,
		/^POST \/api\/users$/,
		/^(GET|POST) \/mail\/(confirm|stop)\/:code$/,
	];
	const FOR_SENDERS = [
		/^GET \/api\/auth\/validate$/,
		/^GET \/api\/usage\/digest(\/responses)?$/,
		/^POST \/api\/usage(\/(events|daily\/batch|sessions\/batch|blocks\/batch))?$/,
		/^POST \/api\/upload-history\/check$/,
	];
	const named = (accesses: readonly Route["access"][]) =>
		routes.filter(({ access }) => accesses.includes(access)).map(nameOf);

	test("no route is open to anyone", () => {
		const open = named(["anyone"]);
		expect(open.filter((name) => !FOR_ANYONE.some((known) => known.test(name)))).toEqual([]);
	});

	test("no route is open to keys that only send usage", () => {
		const open = named(["identify", "send"]);
		expect(open.filter((name) => !FOR_SENDERS.some((known) => known.test(name)))).toEqual([]);
	});

	test("nothing of the admin's is open to members, and nothing is changed by reading", () => {
		for (const route of routes) {
			const isAdmins = /^\/(api\/)?(admin|invites|metrics)\b/.test(route.path);
			if (isAdmins) expect(`${nameOf(route)}: ${route.access}`).toContain(": admin");
			const mayChange = ["anyone", "page", "send", "write", "admin write"];
			if (route.method !== "GET") expect(mayChange).toContain(route.access);
		}
	});
});

describe.each(routes.map((route) => [nameOf(route), route] as const))("%s", (_name, route) => {
	test("is reached by those who may ask it, and by nobody else", async () => {
		const wrong: string[] = [];
		for (const caller of callers) {
			const response = await reached.handle(call(route, caller.headers));
			const expected = refusalOf(route, caller);
			const isReached = (await response.text()) === "reached";
			if (isReached !== (expected === undefined) || (expected ?? 200) !== response.status) {
				wrong.push(`${caller.name}: ${response.status}, expected ${expected ?? "to be let in"}`);
			}
		}
		expect(wrong).toEqual([]);
	});

	test("tells those whom it turns away nothing and does nothing for them", async () => {
		const before = await dumpAll();
		const bodies = new Set<string>();
		for (const caller of callers) {
			const expected = refusalOf(route, caller);
			if (expected === undefined) continue;
			const response = await server.server.handle(call(route, caller.headers));
			expect(`${caller.name} ${response.status}`).toBe(`${caller.name} ${expected}`);
			expect(response.headers.get("cache-control")).toBe("no-store");
			const said = await saidBy(response);
			expect(leaksIn(said, people)).toEqual([]);
			if (caller.isStranger) bodies.add(said.slice(said.indexOf("\n")));
		}
		// Whatever was wrong with a key or a session, what is said of it is the same.
		expect(bodies.size).toBeLessThanOrEqual(1);
		expect(await dumpAll()).toBe(before);
		expect(server.reported).toEqual([]);
	});
});

/** What is kept of everyone, but when a key or session was used last, and that one was used which opens nothing. */
async function dumpAll(): Promise<string> {
	await server.db.run("delete from audit_log where action = 'key.refused'");
	const dumps = await Promise.all(people.map((person) => dumpOf(server.db, person)));
	return dumps.join("\n").replace(/"(last_used_at|seen_at)":[^,}]+/g, "");
}

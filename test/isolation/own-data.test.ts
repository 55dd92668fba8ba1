import { describe, expect, test } from "bun:test";
import type { OpenApi } from "../../src/web/openapi/openapi.ts";
import type { Route } from "../../src/web/route.ts";
import { leaksIn, makeWorld, saidBy } from "../support/isolation.ts";
import { hasParameters, nameOf, pathWith } from "../support/route-calls.ts";

const world = await makeWorld();
const { server, ada, grace, alice, bob } = world;
const people = [ada, grace, alice, bob];
const document = (await (await server.ask("/api/openapi.json")).json()) as OpenApi;
const gets = (await server.server.routes()).filter(({ method }) => method === "GET");

/** A route's addresses: plain, as a table, of all time, and with each choice that its query has. */
function addressesOf(route: Route): string[] {
	const path = pathWith(route, (name) => ({ panel: "projects", period: "all" })[name] ?? "x");
	const { parameters = [] } = document.paths[route.path.replace(/:(\w+)/g, "{$1}")]?.get ?? {};
	const choices = parameters.flatMap(({ name, schema }) =>
		(schema.enum ?? []).map((choice) => `${path}?${name}=${choice}`),
	);
	return [path, `${path}?format=csv`, `${path}?limit=100000`, `${path}?range=all`, ...choices];
}

describe.each(gets.map((route) => [nameOf(route), route] as const))("%s", (_name, route) => {
	test("tells each person only of themselves", async () => {
		for (const who of people) {
			const { keys, browser } = who.person;
			for (const address of addressesOf(route)) {
				for (const headers of [{ "x-api-key": keys.full }, { "x-api-key": keys.read }, browser]) {
					const said = await saidBy(await server.ask(address, { headers }));
					expect(leaksIn(said, people, who)).toEqual([]);
					// A key or a cookie is told once, when it is made.
					const told = [...Object.values(keys), browser.cookie?.split("=")[1] ?? "none"];
					expect(told.filter((secret) => said.includes(secret))).toEqual([]);
				}
			}
		}
		expect(server.reported).toEqual([]);
	});

	test("is private: no cache keeps it, and it differs by cookie", async () => {
		if (route.access === "anyone") return;
		for (const headers of [{ "x-api-key": alice.person.keys.read }, alice.person.browser, {}]) {
			const response = await server.ask(addressesOf(route)[0] ?? "", { headers });
			await response.body?.cancel();
			expect(response.headers.get("cache-control")).toBe("no-store");
			expect(response.headers.get("vary")?.toLowerCase()).toContain("cookie");
		}
	});
});

test("a name of somebody's would be found in what was said to another", async () => {
	for (const path of [
		"/",
		"/api/views/overview/projects?range=all",
		"/api/user/keys",
		"/api/user/sessions",
	]) {
		const by = path === "/" ? { headers: bob.person.browser } : {};
		const said = await saidBy(await (path === "/" ? server.ask(path, by) : bob.person.ask(path)));
		expect(leaksIn(said, people, alice)).not.toEqual([]);
		expect(leaksIn(said, people, bob)).toEqual([]);
	}
	expect(leaksIn(await saidBy(await ada.person.ask("/api/users")), people, alice)).toContain(bob.email);
	expect(leaksIn(await saidBy(await alice.person.ask("/api/users")), people, alice)).toEqual([]);
});

test("each person's usage, and what an old program reported of it, is told to them in most answers about usage", async () => {
	const told: string[] = [];
	const reported: string[] = [];
	for (const route of gets.filter(({ path }) => /^\/api\/(usage|machines)/.test(path))) {
		for (const address of addressesOf(route)) {
			const said = await saidBy(await bob.person.ask(address));
			if (said.includes("zq-bob-only")) told.push(address);
			if (said.includes("zq-bob-only-old")) reported.push(address);
		}
	}
	expect(told.length).toBeGreaterThan(10);
	expect(reported.length).toBeGreaterThan(2);
});

test("there is something to be private", () => {
	expect(gets.filter(({ access }) => access !== "anyone").length).toBeGreaterThan(5);
	expect(gets.some(hasParameters)).toBe(true);
});

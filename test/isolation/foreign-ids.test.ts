import { describe, expect, test } from "bun:test";
import type { OpenApi } from "../../src/web/openapi/openapi.ts";
import type { Route } from "../../src/web/route.ts";
import { dumpOf, leaksIn, type Marked, makeWorld, saidBy } from "../support/isolation.ts";
import { bodyOf, hasParameters, nameOf, pathWith } from "../support/route-calls.ts";

const world = await makeWorld();
const { server, ada, grace, alice, bob } = world;
const people = [ada, grace, alice, bob];
const routes = await server.server.routes();
const document = (await (await server.ask("/api/openapi.json")).json()) as OpenApi;
/** What is under these is about other people, and for admins alone. */
const own = routes.filter(({ access }) => !access.startsWith("admin"));

/** Ids that belong to nobody, in the forms that ids have and in those that programs fall for. */
const NOBODYS = [
	"019ae000-0000-7000-8000-000000000000",
	"00000000-0000-4000-8000-000000009999",
	"2tYx9cNqL4pZbVhWgKfRjDmSaE1",
	":id",
	"{id}",
	"%3Aid",
	"null",
	"undefined",
	"-1",
	"0",
	"999999999",
	"9".repeat(400),
	"1e3",
	"..%2F..%2Fusers",
	"%2e%2e",
	"%00",
	"*",
	"%25",
	"_",
	"__proto__",
	"constructor",
	"toString",
	"'%20or%201=1--",
	"[object%20Object]",
	"a".repeat(4_000),
];

async function call(route: Route, id: string, who: Marked, by: "key" | "session"): Promise<Response> {
	const { keys, browser } = who.person;
	const sent = bodyOf(route, document);
	return server.ask(pathWith(route, id), {
		method: route.method,
		headers: { ...sent.headers, ...(by === "key" ? { "x-api-key": keys.full } : browser) },
		...(sent.body !== undefined && { body: sent.body }),
	});
}

/** Wrong codes are counted by address, so that after some of them another answer would come. */
function forgetTries(): Promise<number> {
	return server.db.run("delete from attempts");
}

describe.each(own.filter(hasParameters).map((route) => [nameOf(route), route] as const))(
	"%s",
	(_name, route) => {
		test("knows nothing under the ids of other people, whatever they are ids of", async () => {
			const before = await dumpOf(server.db, bob);
			for (const by of ["key", "session"] as const) {
				const unknown = await call(route, NOBODYS[0] ?? "", alice, by);
				for (const { what, id } of bob.ids) {
					await forgetTries();
					const response = await call(route, encodeURIComponent(id), alice, by);
					expect(`${what} ${response.status}`).toBe(`${what} ${unknown.status}`);
					expect(leaksIn(withoutLogin(await saidBy(response)), people, alice)).toEqual([]);
				}
				expect(unknown.status).toBeGreaterThanOrEqual(303);
				expect(unknown.status).toBeLessThan(500);
			}
			expect(await dumpOf(server.db, bob)).toBe(before);
			expect(server.reported).toEqual([]);
		});

		test("not even for an admin", async () => {
			const before = await dumpOf(server.db, alice);
			for (const { id } of alice.ids) {
				await forgetTries();
				const response = await call(route, encodeURIComponent(id), grace, "key");
				expect(response.status).toBeGreaterThanOrEqual(303);
				expect(leaksIn(withoutLogin(await saidBy(response)), people, grace)).toEqual([]);
			}
			expect(await dumpOf(server.db, alice)).toBe(before);
		});

		test("has nothing under what is no id", async () => {
			for (const id of NOBODYS) {
				await forgetTries();
				const response = await call(route, id, alice, "key");
				expect(response.status).toBeGreaterThanOrEqual(303);
				expect(response.status).toBeLessThan(500);
				expect(leaksIn(await saidBy(response), people, alice)).toEqual([]);
			}
			expect(server.reported).toEqual([]);
		});
	},
);

describe("what is for admins", () => {
	const admins = routes.filter((route) => route.access.startsWith("admin") && hasParameters(route));

	test.each(admins.map((route) => [nameOf(route), route] as const))(
		"%s has nothing under what is no id",
		async (_name, route) => {
			const isPage = route.access === "admin page";
			for (const id of NOBODYS) {
				// Browsers take this for a way up, where there is another page.
				if (isPage && id === "%2e%2e") continue;
				const response = await call(route, id, ada, isPage ? "session" : "key");
				expect(response.status).toBeGreaterThanOrEqual(400);
				expect(response.status).toBeLessThan(500);
				expect(leaksIn(await saidBy(response), people, ada)).toEqual([]);
			}
			expect(server.reported).toEqual([]);
		},
	);
});

describe("whoever else is named in the address or the body,", () => {
	const NAMES = ["user", "user_id", "user_id[]", "userId", "username", "account", "id", "owner", "email"];

	test.each(own.filter(({ method }) => method === "GET").map((route) => [nameOf(route), route] as const))(
		"%s answers about who asks",
		async (_name, route) => {
			const { id, username, user } = bob.person.account;
			for (const name of NAMES) {
				for (const value of [id, username, String(user), bob.email]) {
					const path = `${pathWith(route, parameterOf)}?${new URLSearchParams({ [name]: value })}`;
					for (const headers of [{ "x-api-key": alice.person.keys.read }, alice.person.browser]) {
						const response = await server.ask(path, { headers });
						const said = await saidBy(response);
						expect(leaksIn(withoutAddress(said, value), people, alice)).toEqual([]);
						expect(response.status).toBeLessThan(500);
					}
				}
			}
			expect(server.reported).toEqual([]);
		},
	);

	test.each(own.filter(({ method }) => method !== "GET").map((route) => [nameOf(route), route] as const))(
		"%s changes nothing of theirs",
		async (_name, route) => {
			const before = await dumpOf(server.db, bob);
			const { id, username, user } = bob.person.account;
			for (const value of [id, username, String(user)]) {
				const more = Object.fromEntries(NAMES.filter((name) => name !== "username").map((n) => [n, value]));
				const sent = bodyOf(route, document, { ...more, role: "owner" });
				const response = await server.ask(pathWith(route, "x"), {
					method: route.method,
					headers: { ...sent.headers, "x-api-key": alice.person.keys.full },
					...(sent.body !== undefined && { body: sent.body }),
				});
				expect(leaksIn(withoutAddress(await saidBy(response), value), people, alice)).toEqual([]);
				expect(response.status).toBeLessThan(500);
			}
			expect(await dumpOf(server.db, bob)).toBe(before);
			const roles = await server.db.all("select username, role from accounts where role = 'owner'");
			expect(roles).toEqual([{ username: "ada", role: "owner" }]);
		},
	);
});

/** Something that is there, so that more than a 404 is looked at. */
function parameterOf(name: string): string {
	return { panel: "projects", period: "all", name: "x" }[name] ?? "x";
}

/** A page that is not seen leads to the log-in, and from there to where one wanted to go: that one said oneself. */
function withoutAddress(said: string, value: string): string {
	return said.replaceAll(encodeURIComponent(encodeURIComponent(value)), "").replaceAll(value, "");
}

/** A key opens no page: it is led to the log-in with the address that it asked for itself. */
function withoutLogin(said: string): string {
	return said.replaceAll(/\/login\?next=[\w%.~-]*/g, "/login");
}

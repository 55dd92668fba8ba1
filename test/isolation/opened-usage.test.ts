import { beforeEach, describe, expect, test } from "bun:test";
import { makeCallers, refusalOf } from "../support/callers.ts";
import { leaksIn, type Marked, makeWorld, saidBy, type World } from "../support/isolation.ts";

const world: World = await makeWorld();
const { server, ada, grace, alice, bob } = world;
const people = [ada, grace, alice, bob];
const callers = await makeCallers(world);
const routes = (await server.server.routes()).filter(
	({ path, method }) => method === "GET" && /^\/(admin\/people|api\/admin\/users)\/:id/.test(path),
);
const idOf = ({ person }: Marked) => person.account.id;
const addressOf = (path: string, who: Marked) => `${path.replace(":id", idOf(who))}?range=all`;

const turn = (isOpen: boolean) =>
	ada.person.send("PATCH", "/api/admin/settings", { admins_see_usage: isOpen });

beforeEach(() => turn(false));

test("there are three routes to other people's usage", () => {
	expect(routes.map(({ path }) => path).sort()).toEqual([
		"/admin/people/:id",
		"/api/admin/users/:id/projects",
		"/api/admin/users/:id/sessions",
	]);
});

describe.each(routes.map((route) => [route.path, route] as const))("GET %s", (path, route) => {
	test("is not there for anyone as long as it is off, whoever is asked about", async () => {
		const before = await readsOf(alice);
		for (const caller of callers) {
			const bodies = new Set<string>();
			for (const who of [alice, grace, ada]) {
				const response = await server.ask(addressOf(path, who), { headers: caller.headers });
				expect([caller.name, response.status]).toEqual([caller.name, refusalOf(route, caller) ?? 404]);
				const id = response.headers.get("x-request-id") ?? "";
				const said = await saidBy(response);
				expect(leaksIn(said, people)).toEqual([]);
				bodies.add(
					said
						.replaceAll(id, "")
						.replaceAll(idOf(who), "")
						.replace(/csrf"[^>]*/g, ""),
				);
			}
			const unknown = await server.ask(`${path.replace(":id", "nobody")}?range=all`, {
				headers: caller.headers,
			});
			expect(unknown.status).toBe(refusalOf(route, caller) ?? 404);
			await unknown.body?.cancel();
			expect([caller.name, bodies.size]).toEqual([caller.name, 1]);
		}
		expect(await readsOf(alice)).toEqual(before);
	});

	test("is for admins alone where it is on, and tells of one person what that person is told", async () => {
		await turn(true);
		for (const caller of callers) {
			for (const who of people) {
				const response = await server.ask(addressOf(path, who), { headers: caller.headers });
				const expected = refusalOf(route, caller);
				expect([caller.name, response.status]).toEqual([caller.name, expected ?? 200]);
				const said = await saidBy(response);
				const others = people.filter((other) => other !== who);
				expect(leaksIn(said, others)).toEqual([]);
				expect(said.includes(who.secrets[0] ?? "")).toBe(expected === undefined);
			}
		}
		expect(server.reported).toEqual([]);
	});

	test("is not there of nobody, where it is on", async () => {
		await turn(true);
		for (const id of ["nobody", "1", String(alice.person.account.user), "alice", "%00", "a".repeat(3_000)]) {
			for (const headers of [{ "x-api-key": ada.person.keys.full }, ada.person.browser]) {
				const response = await server.ask(path.replace(":id", id), { headers });
				expect(path.startsWith("/api/") || "cookie" in headers ? 404 : 303).toBe(response.status);
				expect(leaksIn(await saidBy(response), people)).toEqual([]);
			}
		}
	});

	test("ends with the next request when it is turned off", async () => {
		await turn(true);
		const ask = async () =>
			(await server.ask(addressOf(path, alice), { headers: grace.person.browser })).status;
		expect(await ask()).toBe(200);
		await turn(false);
		expect(await ask()).toBe(404);
	});
});

test("what an admin is told is to the letter what the person is told", async () => {
	await turn(true);
	for (const name of ["projects", "sessions"]) {
		for (const query of ["range=all", "range=all&format=csv", "range=7d&sort=cost"]) {
			const own = await (await alice.person.ask(`/api/views/${name}/${name}?${query}`)).text();
			const path = `/api/admin/users/${idOf(alice)}/${name}?${query}`;
			expect(await (await grace.person.ask(path)).text()).toBe(own);
		}
	}
});

/** What somebody's audit log says of admins who looked. */
async function readsOf({ person }: Marked): Promise<unknown[]> {
	const audit = (await (await person.ask("/api/user/audit")).json()) as { action: string }[];
	return audit.filter(({ action }) => action === "person.read");
}

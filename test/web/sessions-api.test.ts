import { expect, test } from "bun:test";
import { cookieOf, form } from "../support/forms.ts";
import { replyOf } from "../support/replies.ts";
import { type Person, TestServer } from "../support/server.ts";

type Session = { id: string; agent: string | null; current: boolean; last_seen: string };

async function sessionsOf(server: TestServer, ask: Person["ask"]): Promise<Session[]> {
	return replyOf<Session[]>(server, ["GET", "/api/user/sessions"], await ask("/api/user/sessions"));
}

test("sessions are listed with their browser, and tell which one asks", async () => {
	const server = await TestServer.start();
	const { alice } = await server.joinAll();
	server.now += 1;
	await server.ask("/login", form({ key: alice.keys.full }, { "user-agent": "Firefox on a phone" }));
	const sessions = await sessionsOf(server, alice.visit);
	expect(sessions.map(({ agent, current }) => [agent, current])).toEqual([
		["Firefox on a phone", false],
		["test", true],
	]);
	const text = JSON.stringify(sessions);
	expect(text).not.toContain(alice.browser.cookie?.split("=")[1] ?? "");
	const table = await (await alice.ask("/api/user/sessions?format=csv")).text();
	expect(table.split("\r\n")[0]).toBe("id,agent,key,created_at,last_seen,current");
});

test("a session is ended from another browser at once", async () => {
	const server = await TestServer.start();
	const { alice } = await server.joinAll();
	const cookie = cookieOf(await server.ask("/login", form({ key: alice.keys.full })));
	const other = (await sessionsOf(server, alice.visit)).find(({ current }) => !current);
	const response = await alice.visit(`/api/user/sessions/${other?.id}`, { method: "DELETE" });
	await replyOf(server, ["DELETE", "/api/user/sessions/:id"], response);
	expect((await server.ask("/", { headers: { cookie } })).status).toBe(303);
	expect((await alice.visit("/")).status).toBe(200);
});

test("somebody else's session is neither seen nor ended", async () => {
	const server = await TestServer.start();
	const { alice, bob } = await server.joinAll();
	const [own] = await sessionsOf(server, alice.ask);
	expect((await sessionsOf(server, bob.ask)).map(({ id }) => id)).not.toContain(own?.id);
	const foreign = await bob.ask(`/api/user/sessions/${own?.id}`, { method: "DELETE" });
	const unknown = await bob.ask(`/api/user/sessions/${crypto.randomUUID()}`, { method: "DELETE" });
	expect([foreign.status, unknown.status]).toEqual([404, 404]);
	expect(await foreign.text()).toBe(await unknown.text());
	expect((await alice.visit("/")).status).toBe(200);
});

test("a session ends after 14 days without use, and after 90 days at any rate", async () => {
	const DAY_MS = 86_400_000;
	const server = await TestServer.start();
	const { alice, bob } = await server.joinAll();
	for (let day = 0; day < 85; day += 10) {
		server.now += 10 * DAY_MS;
		const isOver = day + 10 >= 90;
		expect((await alice.visit("/")).status).toBe(isOver ? 303 : 200);
	}
	expect((await bob.visit("/")).status).toBe(303);
	expect(await sessionsOf(server, alice.ask)).toEqual([]);
});

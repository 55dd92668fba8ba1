import { describe, expect, test } from "bun:test";
import { saveDisabled } from "../../src/ledger/accounts.ts";
import { listKeys, revokeKey } from "../../src/ledger/api-keys.ts";
import { raiseRevision } from "../../src/ledger/users.ts";
import { deleteSession, IDLE_MS, listSessions } from "../../src/ledger/web-sessions.ts";
import { Live, versionOf } from "../../src/web/live.ts";
import { visitDashboard } from "../support/app.ts";
import { EventStream } from "../support/event-stream.ts";
import { emptyLedger } from "../support/scan.ts";
import { type Person, TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";

async function start() {
	const server = await TestServer.start();
	return { server, live: server.server.live, ...(await server.joinAll()) };
}

async function listen(person: Person, by: "key" | "session" = "key") {
	const asKey = { headers: { "x-api-key": person.keys.read } };
	return new EventStream(await (by === "key" ? person.ask("/events", asKey) : person.visit("/events")));
}

function change(server: TestServer, { account }: Person): Promise<void> {
	return server.db.transaction((tx) => raiseRevision(tx, account.user));
}

describe("a page that is open", () => {
	test("is told what its usage is called, and again when that is something else, but nothing of other people", async () => {
		const { server, live, alice, bob } = await start();
		const [hers, his] = [await listen(alice), await listen(bob)];
		expect(hers.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
		expect(hers.response.headers.get("cache-control")).toBe("no-store");
		expect(hers.response.headers.has("content-encoding")).toBe(false);
		const [first, his1] = [await hers.version(), await his.version()];
		expect(first).not.toBe(his1);
		await change(server, alice);
		await live.turn();
		const second = await hers.version();
		expect(second).not.toBe(first);
		await live.turn();
		await live.turn();
		// What comes next after three turns without news for him is only that the stream goes on.
		expect(await his.next()).toBe(": still here");
		expect(await hers.next()).toBe(": still here");
		live.close();
		expect(server.reported).toEqual([]);
	});

	test("was made from usage of the same name as its stream tells", async () => {
		const { server, live, alice } = await start();
		const stream = await listen(alice, "session");
		const page = await (await alice.visit("/")).text();
		expect(page).toContain(`data-usage="${await stream.version()}"`);
		await change(server, alice);
		await live.turn();
		expect(await (await alice.visit("/")).text()).toContain(`data-usage="${await stream.version()}"`);
		live.close();
	});

	test("is told at once when something was changed in this process", async () => {
		const { server, live, alice } = await start();
		const stream = await listen(alice);
		await stream.version();
		await change(server, alice);
		live.nudge();
		await stream.version();
		live.close();
	});

	test("listens without a pause longer than a connection is kept open in silence", async () => {
		const { live, alice } = await start();
		const stream = await listen(alice);
		await stream.version();
		for (let turn = 0; turn < 6; turn++) await live.turn();
		expect([await stream.next(), await stream.next()]).toEqual([": still here", ": still here"]);
		live.close();
	});
});

describe("a stream ends", () => {
	const ENDS: [string, (server: TestServer, alice: Person) => Promise<unknown>, "key" | "session"][] = [
		[
			"with its key",
			async ({ db, now }, { account }) => {
				const keys = await listKeys(db, account.user);
				const read = keys.find(({ kind }) => kind === "read");
				expect(await db.transaction((tx) => revokeKey(tx, account.user, read?.id ?? "", now))).toBe(true);
			},
			"key",
		],
		[
			"with its session",
			async ({ db, now }, { account }) => {
				const [session] = await listSessions(db, account.user, now);
				expect(await db.transaction((tx) => deleteSession(tx, account.user, session?.id ?? ""))).toBe(true);
			},
			"session",
		],
		[
			"when its session expires",
			async (server) => {
				server.now += IDLE_MS + 1;
			},
			"session",
		],
		[
			"when its person may not come in any more",
			({ db, now }, { account }) => db.transaction((tx) => saveDisabled(tx, account.user, now)),
			"key",
		],
	];

	test.each(ENDS)("%s, and says nothing more", async (_how, end, by) => {
		const { server, live, alice, bob } = await start();
		const stream = await listen(alice, by);
		const other = await listen(bob);
		await stream.version();
		await other.version();
		await end(server, alice);
		await change(server, alice);
		await change(server, bob);
		await live.turn();
		expect(await stream.rest()).toBe("");
		expect(await other.version()).toBeString();
		expect(live.size).toBe(1);
		live.close();
		expect(server.reported).toEqual([]);
	});

	test("when the server does, which then takes no more", async () => {
		const { server, live, alice } = await start();
		const stream = await listen(alice);
		await stream.version();
		server.server.close();
		expect(await stream.rest()).toBe("");
		expect((await alice.ask("/events")).status).toBe(503);
		expect(live.size).toBe(0);
	});

	test("when the page is left", async () => {
		const { live, alice } = await start();
		const leaving = new AbortController();
		await alice.ask("/events", { signal: leaving.signal });
		const stream = await listen(alice);
		expect(live.size).toBe(2);
		leaving.abort();
		await stream.leave();
		expect(live.size).toBe(0);
	});

	test("when the page was left before it began", async () => {
		const { live, alice } = await start();
		const leaving = new AbortController();
		const asked = alice.ask("/events", { signal: leaving.signal });
		leaving.abort();
		await asked;
		expect(live.size).toBe(0);
	});

	test("when it is not read", async () => {
		const { server, live, alice } = await start();
		await listen(alice);
		for (let i = 0; i < 100 && live.size > 0; i++) {
			await change(server, alice);
			await live.turn();
		}
		expect(live.size).toBe(0);
	});

	test("before it began where only its head is asked for", async () => {
		const { live, alice } = await start();
		expect((await alice.ask("/events", { method: "HEAD" })).status).toBe(200);
		expect(live.size).toBe(0);
	});
});

describe("streams are limited", () => {
	test("to some for each person, and others are not kept out by that", async () => {
		const { live, alice, bob } = await start();
		const answers = await Promise.all(Array.from({ length: 12 }, () => alice.ask("/events")));
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(8);
		const refused = answers.find(({ status }) => status === 429);
		expect(refused?.headers.get("retry-after")).toBe("5");
		expect((await bob.ask("/events")).status).toBe(200);
		live.close();
	});

	test("to some in all", async () => {
		const live = new Live({
			readVersions: async (listeners) => listeners.map(() => "one"),
			isKnown: async () => true,
			report: (error) => expect(error).toBeUndefined(),
		});
		const request = new Request("http://localhost/events");
		const origin = "http://localhost";
		for (let user = 1; user <= 1_000; user++) await live.listen({ user, request, origin });
		expect(live.listen({ user: 1_001, request, origin })).rejects.toThrow("did not answer in time");
		live.close();
		expect(live.size).toBe(0);
	});
});

test("a ledger that cannot be asked for a while ends no stream and is reported once", async () => {
	let isBroken = false;
	let version = "one";
	const reported: unknown[] = [];
	const live = new Live({
		async readVersions(listeners) {
			if (isBroken) throw new Error("busy");
			return listeners.map(() => version);
		},
		isKnown: async () => true,
		report: (error) => reported.push(error),
	});
	const request = new Request("http://localhost/events");
	const stream = new EventStream(await live.listen({ user: 1, request, origin: "http://localhost" }));
	await stream.version();
	isBroken = true;
	await live.turn();
	await live.turn();
	isBroken = false;
	version = "two";
	await live.turn();
	expect(await stream.version()).toBe("two");
	expect(reported).toHaveLength(1);
	live.close();
});

test("a version tells neither the person's number nor how often something changed", () => {
	const versions = [versionOf("a", 1, 1), versionOf("a", 1, 2), versionOf("a", 2, 1), versionOf("b", 1, 1)];
	expect(new Set(versions).size).toBe(4);
	for (const version of versions) expect(version).toMatch(/^[\w-]{16}$/);
});

test("who has no key, the wrong kind of key or no link hears nothing", async () => {
	const { server, live, alice } = await start();
	expect((await server.ask("/events")).status).toBe(401);
	expect((await alice.ask("/events", { headers: { "x-api-key": alice.keys.ingest } })).status).toBe(403);
	expect(live.size).toBe(0);
	const { app } = await visitDashboard(await emptyLedger());
	expect((await app.handle(new Request("http://localhost:4000/events"))).status).toBe(403);
});

test("the dashboard of a machine tells its pages, too", async () => {
	const db = await emptyLedger();
	await db.run("insert into users (id, zone) values (1, 'UTC')");
	const { app, get, reported } = await visitDashboard(db);
	const stream = new EventStream(await get("/events"));
	const version = await stream.version();
	expect(await (await get("/")).text()).toContain(`data-usage="${version}"`);
	await db.transaction((tx) => raiseRevision(tx, 1));
	expect(await stream.version()).not.toBe(version);
	app.close();
	expect(await stream.rest()).toBe("");
	expect(reported).toEqual([]);
});

test("over a socket news comes at once, and a visitor who goes away is forgotten", async () => {
	const { server, live, alice } = await start();
	const listening = Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		fetch: (request) => server.server.handle(request),
	});
	const leaving = new AbortController();
	const response = await fetch(`http://127.0.0.1:${listening.port}/events`, {
		headers: { "x-api-key": alice.keys.read },
		signal: leaving.signal,
	});
	const stream = new EventStream(response);
	const first = await stream.version();
	await change(server, alice);
	live.nudge();
	expect(await stream.version()).not.toBe(first);
	leaving.abort();
	await until("the stream is forgotten", () => live.size === 0);
	await listening.stop(true);
});

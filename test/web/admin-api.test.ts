import { describe, expect, test } from "bun:test";
import { findUser } from "../../src/ledger/users.ts";
import { form } from "../support/forms.ts";
import { eventOf, ingestAll, PRICES } from "../support/ledger.ts";
import { replyOf } from "../support/replies.ts";
import { type Person, SERVER, TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";

type Row = {
	id: string;
	username: string;
	role: string;
	disabled_at: string | null;
	last_seen: string | null;
};

async function people(server: TestServer, by: Person): Promise<Row[]> {
	return replyOf<Row[]>(server, ["GET", "/api/admin/users"], await by.ask("/api/admin/users"));
}

function change(by: Person, whom: Person, body: object): Promise<Response> {
	return by.send("PATCH", `/api/admin/users/${whom.account.id}`, body);
}

async function changed(server: TestServer, by: Person, whom: Person, body: object): Promise<Row> {
	return replyOf<Row>(server, ["PATCH", "/api/admin/users/:id"], await change(by, whom, body));
}

async function codeOf(response: Response): Promise<[number, string]> {
	return [response.status, ((await response.json()) as { code: string }).code];
}

describe("the people of a server", () => {
	test("are listed for admins, with when they were last there", async () => {
		const server = await TestServer.start();
		const { ada, grace, alice } = await server.joinAll();
		const rows = await people(server, grace);
		expect(rows.map(({ username, role }) => [username, role])).toEqual([
			["ada", "owner"],
			["grace", "admin"],
			["alice", "member"],
			["bob", "member"],
		]);
		server.now += 3_600_000;
		await alice.ask("/api/auth/validate");
		// It is noted beside the answer, so it may come a moment later.
		const isSeen = async () => {
			const seen = (await people(server, ada)).find(({ username }) => username === "alice")?.last_seen;
			return seen === new Date(server.now).toISOString();
		};
		await until("alice was seen", isSeen);
		expect((await alice.ask("/api/admin/users")).status).toBe(403);
	});

	test("have names and addresses that only they and admins see", async () => {
		const server = await TestServer.start({ registration: "open" });
		const { ada, alice } = await server.joinAll();
		const headers = { "content-type": "application/json" };
		const body = JSON.stringify({ username: "carol", email: "carol@example.com" });
		await server.ask("/api/users", { method: "POST", headers, body });
		const seenBy = async (who: Person) =>
			JSON.stringify(await replyOf(server, ["GET", "/api/users"], await who.ask("/api/users")));
		expect(await seenBy(ada)).toContain("carol@example.com");
		expect(await seenBy(alice)).not.toContain("carol@example.com");
		expect(await seenBy(alice)).toContain('"username":"carol"');
	});
});

describe("an admin", () => {
	test("disables a member, whose keys and sessions end at once, and lets the member in again", async () => {
		const server = await TestServer.start();
		const { grace, alice } = await server.joinAll();
		const link = await alice.ask("/api/auth/link", { method: "POST" });
		const { url } = (await link.json()) as { url: string };
		const row = await changed(server, grace, alice, { disabled: true });
		expect(row.disabled_at).toBe(new Date(server.now).toISOString());
		expect((await alice.ask("/api/auth/validate")).status).toBe(401);
		expect((await alice.visit("/")).status).toBe(303);
		expect((await server.ask("/login", form({ key: alice.keys.full }))).status).toBe(401);
		expect((await changed(server, grace, alice, { disabled: false })).disabled_at).toBeNull();
		expect((await alice.ask("/api/auth/validate")).status).toBe(200);
		// What was ended stays ended.
		expect((await alice.visit("/")).status).toBe(303);
		expect((await server.ask(url.slice(SERVER.length))).status).toBe(410);
	});

	test("changes neither the owner nor admins, and makes none", async () => {
		const server = await TestServer.start();
		const { ada, grace, alice } = await server.joinAll();
		const eve = await server.join("eve", "admin");
		expect(await codeOf(await change(grace, ada, { disabled: true }))).toEqual([403, "owner_stays"]);
		expect(await codeOf(await change(grace, eve, { disabled: true }))).toEqual([403, "owner_only"]);
		expect(await codeOf(await change(grace, eve, { role: "member" }))).toEqual([403, "owner_only"]);
		expect(await codeOf(await change(grace, grace, { role: "member" }))).toEqual([403, "owner_only"]);
		expect(await codeOf(await change(grace, alice, { role: "admin" }))).toEqual([403, "owner_only"]);
		const roles = (await people(server, ada)).map(({ role, disabled_at }) => [role, disabled_at]);
		expect(roles).toEqual([
			["owner", null],
			["admin", null],
			["member", null],
			["member", null],
			["admin", null],
		]);
	});
});

describe("the owner", () => {
	test("makes admins and members, whose sessions end and whose invites are void", async () => {
		const server = await TestServer.start();
		const { ada, grace, alice } = await server.joinAll();
		expect((await changed(server, ada, alice, { role: "admin" })).role).toBe("admin");
		expect((await alice.visit("/")).status).toBe(303);
		expect((await alice.ask("/api/admin/users")).status).toBe(200);
		const made = (await (await grace.send("POST", "/api/invites", {})).json()) as { code: string };
		await changed(server, ada, grace, { role: "member" });
		expect((await grace.ask("/api/admin/users")).status).toBe(403);
		expect((await server.ask(`/join/${made.code}`)).status).toBe(410);
	});

	test("stays the owner", async () => {
		const server = await TestServer.start();
		const { ada } = await server.joinAll();
		expect(await codeOf(await change(ada, ada, { role: "member" }))).toEqual([403, "owner_stays"]);
		expect((await ada.send("PATCH", "/api/admin/users/nobody", {})).status).toBe(404);
		expect((await change(ada, ada, { role: "owner" })).status).toBe(422);
	});
});

test("what is done to people is noted, with who did it", async () => {
	const server = await TestServer.start();
	const { ada, alice } = await server.joinAll();
	await changed(server, ada, alice, { disabled: true, role: "admin" });
	await changed(server, ada, alice, { disabled: false });
	await changed(server, ada, alice, { disabled: false });
	const noted = await server.db.all<{ action: string; user: number; detail: string }>(
		"select action, user, detail from audit_log order by id",
	);
	expect(noted.map(({ action }) => action)).toEqual(["account.disabled", "account.role", "account.enabled"]);
	for (const { user, detail } of noted) {
		expect(user).toBe(alice.account.user);
		expect(JSON.parse(detail)).toMatchObject({ by: ada.account.id });
	}
});

test("who comes, goes, and makes or revokes what opens something, is noted", async () => {
	const server = await TestServer.start();
	const { ada } = await server.joinAll();
	await server.ask("/login", form({ key: ada.keys.full }), "192.0.2.7");
	const key = await ada.send("POST", "/api/user/keys", { name: "ci", kind: "ingest" });
	const { id } = (await key.json()) as { id: string };
	await ada.ask(`/api/user/keys/${id}`, { method: "DELETE" });
	const invites = [1, 2].map(async () => {
		const response = await ada.send("POST", "/api/invites", {});
		return (await response.json()) as { id: string; code: string };
	});
	const [used, revoked] = await Promise.all(invites);
	await server.ask(`/join/${used?.code}`, form({ username: "carol" }));
	await ada.ask(`/api/invites/${revoked?.id}`, { method: "DELETE" });
	await ada.visit("/logout", { method: "POST" });
	const noted = await server.db.all<{ action: string; address: string }>(
		"select action, address from audit_log order by id",
	);
	expect(noted.map(({ action }) => action)).toEqual([
		"login",
		"key.created",
		"key.revoked",
		"invite.created",
		"invite.created",
		"invite.used",
		"account.created",
		"login",
		"invite.revoked",
		"logout",
	]);
	expect(noted[0]?.address).toBe("192.0.2.7");
});

test("what each person used is told to admins as totals, and to nobody by a change of a person", async () => {
	const server = await TestServer.start();
	const { grace, alice } = await server.joinAll();
	const user = await findUser(server.db, alice.account.user);
	if (!user) throw new Error("nobody is there");
	const events = [0, 29, 31, 400].map((daysAgo) =>
		eventOf({ id: `m${daysAgo}`, at: server.now - daysAgo * 86_400_000, input: 1_000 + daysAgo }),
	);
	await ingestAll({ db: server.db, user }, events, { now: server.now, prices: PRICES });
	type Totals = Row & Record<"total_cost" | "total_tokens" | "cost_30_days" | "tokens_30_days", number>;
	const rows = (await people(server, grace)) as Totals[];
	const found = rows.find(({ username }) => username === "alice");
	const tokens = events.map(({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }) =>
		[input, output, cacheRead, cacheWrite5m, cacheWrite1h].reduce((sum, count) => sum + count, 0),
	);
	const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
	expect([found?.tokens_30_days, found?.total_tokens]).toEqual([sum(tokens.slice(0, 2)), sum(tokens)]);
	expect(found?.total_cost).toBeGreaterThan(found?.cost_30_days ?? Number.NaN);
	const none = rows.find(({ username }) => username === "bob");
	expect([none?.total_cost, none?.total_tokens, none?.cost_30_days, none?.tokens_30_days]).toEqual([
		0, 0, 0, 0,
	]);
	// Only what is read is noted as read.
	expect(Object.keys(await changed(server, grace, alice, {}))).not.toContain("total_cost");
});

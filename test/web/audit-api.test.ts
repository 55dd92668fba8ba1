import { beforeEach, describe, expect, test } from "bun:test";
import { mintKey } from "../../src/account/api-key.ts";
import { uploadOf } from "../../src/collector/pack.ts";
import { cookieOf, form } from "../support/forms.ts";
import { noLimits } from "../support/isolation.ts";
import { eventOf, HOUR, LAPTOP } from "../support/ledger.ts";
import { replyOf } from "../support/replies.ts";
import { type Person, TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";

type Entry = {
	id: number;
	at: string;
	username: string | null;
	action: string;
	detail: Record<string, unknown>;
	address: string | null;
};

let server: TestServer;
let ada: Person;
let grace: Person;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start({ limits: noLimits() });
	({ ada, grace, alice, bob } = await server.joinAll());
});

/** What is in the log, the oldest first, without what reading it adds. */
async function entries(): Promise<Entry[]> {
	const rows = await server.db.all<{ action: string }>("select action from audit_log order by id");
	const answer = await ada.ask(`/api/admin/audit?limit=${rows.length + 1}`);
	const all = await replyOf<Entry[]>(server, ["GET", "/api/admin/audit"], answer);
	return all.filter(({ action }) => action !== "admin.read").reverse();
}

async function actions(): Promise<string[]> {
	return (await entries()).map(({ action, username }) => `${action} ${username ?? "-"}`);
}

async function noted(action: string): Promise<Entry[]> {
	return (await entries()).filter((entry) => entry.action === action);
}

describe("S76: the audit log has", () => {
	test("log-ins, by key and by link, log-outs and browsers that were ended", async () => {
		const login = await server.ask("/login", form({ key: alice.keys.full }));
		const cookie = cookieOf(login);
		const { url } = (await (await alice.send("POST", "/api/auth/link", {})).json()) as { url: string };
		await server.ask(new URL(url).pathname);
		const [session] = (await (await alice.ask("/api/user/sessions")).json()) as { id: string }[];
		await alice.ask(`/api/user/sessions/${session?.id}`, { method: "DELETE" });
		const home = await (await server.ask("/", { headers: { cookie } })).text();
		const csrf = /name="csrf" value="([^"]+)"/.exec(home)?.[1] ?? "";
		await server.ask("/logout", form({ csrf }, { cookie }));
		expect(await actions()).toEqual(["login alice", "login alice", "session.ended alice", "logout alice"]);
		const [byKey, byLink] = await noted("login");
		expect([byKey?.detail.how, byLink?.detail.how]).toEqual(["key", "link"]);
		expect(byKey?.address).toBe("127.0.0.1");
	});

	test("log-ins that failed, counted and not one by one", async () => {
		for (let i = 0; i < 15; i++) {
			await server.ask("/login", form({ key: mintKey("full") }), "192.0.2.1");
			await server.ask(`/login/${"a".repeat(43)}`, {}, "192.0.2.2");
		}
		const failed = await noted("login.failed");
		expect(failed.map(({ detail, address, username }) => [detail, address, username])).toEqual([
			[{ what: "key" }, "192.0.2.1", null],
			[{ what: "link" }, "192.0.2.2", null],
			[{ what: "key", tries: 10 }, "192.0.2.1", null],
			[{ what: "link", tries: 10 }, "192.0.2.2", null],
		]);
		server.now += HOUR;
		await server.ask("/login", form({ key: "pk_wrong" }), "192.0.2.1");
		expect(await noted("login.failed")).toHaveLength(5);
	});

	test("keys that were made, revoked, and used after that, for those whose they were", async () => {
		const made = (await (
			await alice.send("POST", "/api/user/keys", { name: "laptop", kind: "ingest" })
		).json()) as { id: string; key: string };
		await alice.ask(`/api/user/keys/${made.id}`, { method: "DELETE" });
		const use = () =>
			server.ask("/api/usage/events", {
				method: "POST",
				headers: { "x-api-key": made.key, "content-type": "application/json" },
				body: JSON.stringify(uploadOf(LAPTOP, [eventOf()])),
			});
		for (let i = 0; i < 5; i++) expect((await use()).status).toBe(401);
		await until("it was noted", async () => (await noted("key.refused")).length > 0);
		await server.ask("/api/auth/validate", { headers: { "x-api-key": mintKey("full") } });
		await server.ask("/login", form({ key: made.key }));
		expect((await actions()).filter((text) => text.startsWith("key."))).toEqual([
			"key.created alice",
			"key.revoked alice",
			"key.refused alice",
		]);
		const [refused] = await noted("key.refused");
		expect(refused?.detail).toEqual({ key: made.id, why: "revoked" });
	});

	test("keys of people who are disabled, and keys whose time is over, when they are used", async () => {
		await ada.send("PATCH", `/api/admin/users/${bob.account.id}`, { disabled: true });
		await server.db.run("update api_keys set expires_at = ? where user = ?", [
			server.now,
			alice.account.user,
		]);
		for (const { keys } of [bob, alice]) {
			await server.ask("/api/auth/validate", { headers: { "x-api-key": keys.read } });
		}
		await until("both were noted", async () => (await noted("key.refused")).length === 2);
		expect((await noted("key.refused")).map(({ username, detail }) => [username, detail.why])).toEqual([
			["bob", "disabled"],
			["alice", "expired"],
		]);
	});

	test("roles, and people who were shut out and let in again, with who did it", async () => {
		for (const body of [{ role: "admin" }, { role: "member" }, { disabled: true }, { disabled: false }]) {
			await ada.send("PATCH", `/api/admin/users/${alice.account.id}`, body);
		}
		expect(await actions()).toEqual([
			"account.role alice",
			"account.role alice",
			"account.disabled alice",
			"account.enabled alice",
		]);
		for (const { detail } of await entries()) expect(detail.by).toBe(ada.account.id);
	});

	test("invites that were made, used and withdrawn, and the account that came of one", async () => {
		const invite = async () =>
			(await (await grace.send("POST", "/api/invites", {})).json()) as { id: string; code: string };
		const [used, withdrawn] = [await invite(), await invite()];
		await server.ask("/api/users", {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ username: "carol", invite: used.code }),
		});
		await grace.ask(`/api/invites/${withdrawn.id}`, { method: "DELETE" });
		expect(await actions()).toEqual([
			"invite.created grace",
			"invite.created grace",
			"invite.used carol",
			"account.created carol",
			"invite.revoked grace",
		]);
	});

	test("exports, choices of how long usage is kept, and erasures, of which nobody's name is left", async () => {
		await (await alice.ask("/api/user/export")).arrayBuffer();
		await alice.send("PUT", "/api/user/retention", { months: 6 });
		await ada.send("PUT", "/api/admin/retention", { default_months: 12, most_months: 24 });
		expect(await actions()).toEqual(["export alice", "retention alice", "retention.rules ada"]);
		await alice.send("DELETE", "/api/user", { confirm: "alice" });
		expect(await actions()).toEqual(["export -", "retention -", "retention.rules ada", "account.erased -"]);
		const text = JSON.stringify(await entries());
		expect(text).not.toContain("alice");
		expect(text).not.toContain(alice.account.id);
	});

	test("what admins are told of other people where members are told less", async () => {
		for (const who of [grace, alice]) {
			await who.ask("/api/users");
			await who.visit("/leaderboard");
		}
		const read = await server.db.all("select user, detail from audit_log where action = 'admin.read'");
		const paths = ["/api/users", "/leaderboard"];
		expect(read).toEqual(
			paths.map((path) => ({ user: grace.account.user, detail: JSON.stringify({ path }) })),
		);
	});

	test("what admins read of other people, once an hour for each address of the API", async () => {
		for (let i = 0; i < 3; i++) {
			await grace.ask("/api/admin/users");
			await grace.ask("/api/invites");
			await grace.visit("/api/admin/audit");
			await grace.ask("/api/metrics");
			await alice.ask("/api/admin/users");
		}
		const read = async () =>
			server.db.all<{ user: number; detail: string }>(
				"select user, detail from audit_log where action = 'admin.read' order by id",
			);
		const paths = ["/api/admin/users", "/api/invites", "/api/admin/audit"];
		expect(await read()).toEqual(
			paths.map((path) => ({ user: grace.account.user, detail: JSON.stringify({ path }) })),
		);
		server.now += HOUR;
		await grace.ask("/api/admin/users");
		expect(await read()).toHaveLength(4);
	});
});

test("whatever admins may read of other people is noted before it is told", async () => {
	const routes = await server.server.routes();
	const read = routes.filter(({ access, isOfNobody }) => /^admin (read|page)$/.test(access) && !isOfNobody);
	expect(read.length).toBeGreaterThan(2);
	const ofNobody = routes.filter(({ isOfNobody }) => isOfNobody).map(({ path }) => path);
	expect(ofNobody.sort()).toEqual(["/api/admin/retention", "/api/metrics"]);
	for (const { path } of read) {
		await (await ada.visit(path.replace(/:\w+/g, "x"))).body?.cancel();
		const found = await server.db.get(
			"select 1 as found from audit_log where action = 'admin.read' and detail = ?",
			[JSON.stringify({ path })],
		);
		expect([path, found]).toEqual([path, { found: 1 }]);
	}
});

describe("the audit log is read", () => {
	async function fill(): Promise<void> {
		for (let i = 0; i < 25; i++) {
			server.now += 1_000;
			await (i % 2 ? alice : bob).send("PUT", "/api/user/retention", { months: i + 1 });
		}
	}

	test("by admins in pages, the newest first, each entry once whatever comes meanwhile", async () => {
		await fill();
		const seen: number[] = [];
		let path: string | undefined = "/api/admin/audit?limit=7";
		while (path !== undefined) {
			const answer: Response = await grace.ask(path);
			seen.push(...((await answer.json()) as Entry[]).map(({ id }) => id));
			const next: string | undefined = /<([^>]+)>/.exec(answer.headers.get("link") ?? "")?.[1];
			path = next === undefined ? undefined : new URL(next).pathname + new URL(next).search;
			await alice.send("PUT", "/api/user/retention", { months: 1 });
		}
		expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a));
		expect(seen.length).toBe(26);
		expect((await grace.ask("/api/admin/audit?cursor=x")).status).toBe(422);
		expect((await alice.ask("/api/admin/audit")).status).toBe(403);
	});

	test("by each person as far as it is about them, as JSON and as a table that is no formula", async () => {
		await fill();
		const own = await replyOf<Entry[]>(
			server,
			["GET", "/api/user/audit"],
			await alice.ask("/api/user/audit"),
		);
		expect(own.map(({ detail }) => detail.months)).toEqual([24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2]);
		const page = await alice.ask("/api/user/audit?limit=5&format=csv");
		const lines = (await page.text()).trim().split("\r\n");
		expect(lines[0]).toBe("at,action,detail,address");
		expect(lines).toHaveLength(6);
		expect(lines[1]).toContain('"{""before"":22,""months"":24}"');
		const next = /<([^>]+)>/.exec(page.headers.get("link") ?? "")?.[1] ?? "";
		const rest = await alice.ask(new URL(next).pathname + new URL(next).search);
		expect((await rest.text()).trim().split("\r\n")).toHaveLength(6);
	});

	test("without telling people from where an admin did something about them", async () => {
		await server.ask(
			`/api/admin/users/${alice.account.id}`,
			{
				method: "PATCH",
				headers: { "x-api-key": ada.keys.full, "content-type": "application/json" },
				body: '{"role":"admin"}',
			},
			"192.0.2.9",
		);
		const [own] = (await (await alice.ask("/api/user/audit")).json()) as Entry[];
		expect(own).toMatchObject({ action: "account.role", address: null });
		expect((await noted("account.role"))[0]?.address).toBe("192.0.2.9");
		await server.ask(
			`/api/admin/leaderboard/${alice.account.id}`,
			{
				method: "PUT",
				headers: { "x-api-key": ada.keys.full, "content-type": "application/json" },
				body: '{"excluded":true}',
			},
			"192.0.2.9",
		);
		const [left] = (await (await alice.ask("/api/user/audit")).json()) as Entry[];
		expect(left).toMatchObject({ action: "leaderboard.excluded", address: null });
		expect((await noted("leaderboard.excluded"))[0]?.address).toBe("192.0.2.9");
	});
});

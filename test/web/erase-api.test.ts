import { beforeEach, describe, expect, test } from "bun:test";
import { uploadOf } from "../../src/collector/pack.ts";
import { findAccountByName, listAccounts } from "../../src/ledger/accounts.ts";
import { saveNewSession } from "../../src/ledger/web-sessions.ts";
import { csrfToken, sessionCookie } from "../../src/web/gates/session-cookie.ts";
import { EventStream } from "../support/event-stream.ts";
import { form } from "../support/forms.ts";
import { noLimits } from "../support/isolation.ts";
import { eventOf, LAPTOP } from "../support/ledger.ts";
import { replyOf } from "../support/replies.ts";
import { type Person, TestServer } from "../support/server.ts";
import { placesOf } from "../support/whole-person.ts";

let server: TestServer;
let ada: Person;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start({ limits: noLimits() });
	({ ada, alice, bob } = await server.joinAll());
});

const erase = (person: Person, confirm: unknown = person.account.username) =>
	person.send("DELETE", "/api/user", { confirm });

async function codeOf(response: Response): Promise<[number, string]> {
	return [response.status, ((await response.json()) as { code: string }).code];
}

function upload(person: Person, first: number, count = 20): Promise<Response> {
	const events = Array.from({ length: count }, (_, i) => eventOf({ id: `msg_${first + i}`, session: "s" }));
	return server.ask("/api/usage/events", {
		method: "POST",
		headers: { "x-api-key": person.keys.ingest, "content-type": "application/json" },
		body: JSON.stringify(uploadOf(LAPTOP, events)),
	});
}

/** A browser of a person's that has logged in just now. */
async function loggedIn({ account }: Person): Promise<Record<string, string>> {
	const { secret } = await server.db.transaction((tx) =>
		saveNewSession(tx, { user: account.user, key: null, agent: null }, server.now),
	);
	return {
		cookie: sessionCookie(secret, true).split(";")[0] ?? "",
		"sec-fetch-site": "same-origin",
		"x-csrf-token": csrfToken(secret),
	};
}

describe("erasing one's own account", () => {
	test("needs the user name said once more, to the letter", async () => {
		for (const confirm of ["", "Alice", "bob", "alice ", null, 1]) {
			expect(await codeOf(await erase(alice, confirm))).toEqual([422, "invalid_body"]);
		}
		expect((await alice.send("DELETE", "/api/user", {})).status).toBe(422);
		expect((await alice.ask("/api/auth/validate")).status).toBe(200);
	});

	test("leaves nothing of it in any table, and everything of others", async () => {
		await upload(alice, 0);
		await upload(bob, 0);
		await alice.send("POST", "/api/user/keys", { name: "laptop", kind: "ingest" });
		expect((await placesOf(server.db, alice.account)).length).toBeGreaterThan(15);
		const reply = await replyOf(server, ["DELETE", "/api/user"], await erase(alice));
		expect(reply).toEqual({ message: expect.stringContaining("erased") });
		expect(await placesOf(server.db, alice.account)).toEqual([]);
		const left = await server.db.all("select user from events group by user");
		expect(left).toEqual([{ user: bob.account.user }]);
		expect(server.reported).toEqual([]);
	});

	test("ends its keys, its browsers and its open pages at once", async () => {
		const stream = new EventStream(await alice.visit("/events"));
		await stream.version();
		expect((await erase(alice)).status).toBe(200);
		for (const key of Object.values(alice.keys)) {
			const response = await server.ask("/api/auth/validate", { headers: { "x-api-key": key } });
			expect(await codeOf(response)).toEqual([401, "no_access"]);
		}
		expect((await alice.visit("/")).status).toBe(303);
		await server.server.live.turn(false);
		expect(await stream.rest()).not.toContain("data:");
		expect((await upload(alice, 100)).status).toBe(401);
	});

	test("leaves the name to somebody new, who sees nothing of it and is another account to machines", async () => {
		await upload(alice, 0);
		await erase(alice);
		const next = await server.join("alice");
		expect(next.account.id).not.toBe(alice.account.id);
		expect(await (await next.ask("/api/usage/sessions")).json()).toEqual([]);
		expect(await (await next.ask("/api/machines")).json()).toEqual([]);
		const answer = (await (await upload(next, 0)).json()) as { stored: number };
		expect(answer.stored).toBe(20);
	});

	test("is not done by a key that only reads or sends, nor by a browser that logged in a while ago", async () => {
		const body = JSON.stringify({ confirm: "alice" });
		const by = (headers: Record<string, string>) =>
			server.ask("/api/user", {
				method: "DELETE",
				body,
				headers: { "content-type": "application/json", ...headers },
			});
		for (const key of [alice.keys.read, alice.keys.ingest]) {
			expect(await codeOf(await by({ "x-api-key": key }))).toEqual([403, "not_allowed"]);
		}
		server.now += 15 * 60_000;
		expect(await codeOf(await by(alice.browser))).toEqual([403, "log_in_again"]);
		expect((await by({ cookie: alice.browser.cookie ?? "" })).status).toBe(403);
		expect(await findAccountByName(server.db, "alice")).toBeDefined();
		expect((await by(await loggedIn(alice))).status).toBe(200);
		expect(await findAccountByName(server.db, "alice")).toBeUndefined();
	});

	test("is not the owner's, unless nobody else is there", async () => {
		expect(await codeOf(await erase(ada))).toEqual([409, "owner_stays"]);
		for (const { account } of await Promise.all(["grace", "bob"].map((name) => find(name)))) {
			await server.db.run("delete from accounts where user = ?", [account.user]);
		}
		await erase(alice);
		expect((await erase(ada)).status).toBe(200);
		expect(await listAccounts(server.db)).toEqual([]);
	});

	test("by the form leads to a page that says so, logged out", async () => {
		const refused = await server.ask("/account/erase", form({ confirm: "bob" }, alice.browser));
		expect(refused.status).toBe(422);
		const done = await server.ask("/account/erase", form({ confirm: "alice" }, alice.browser));
		expect([done.status, done.headers.get("location")]).toEqual([303, "/account/erased"]);
		expect(done.headers.getSetCookie()[0]).toContain("Max-Age=0");
		const page = await server.ask("/account/erased");
		expect(await page.text()).toContain("The account is erased");
		expect(await placesOf(server.db, alice.account)).toEqual([]);
	});

	async function find(username: string) {
		const account = await findAccountByName(server.db, username);
		if (!account) throw new Error(`there is no ${username}`);
		return { account };
	}
});

describe("who was known a moment before the account was erased", () => {
	/** Requests that are let in, and write after the account has gone. */
	const late: [string, (person: Person) => Promise<Response>][] = [
		["sends usage", (person) => upload(person, 0)],
		[
			"sends totals",
			(person) =>
				person.send("POST", "/api/usage/daily/batch", {
					records: [
						{
							machine_id: "m",
							date: "2026-03-02",
							input_tokens: 1,
							output_tokens: 1,
							total_tokens: 2,
							total_cost: 1,
						},
					],
				}),
		],
		["makes a key", (person) => person.send("POST", "/api/user/keys", { name: "late", kind: "read" })],
		["makes a link", (person) => person.send("POST", "/api/auth/link", {})],
		["logs in", (person) => server.ask("/login", form({ key: person.keys.full }))],
		[
			"counts days in another zone",
			(person) => person.send("PUT", "/api/user/email-preferences", { timezone: "Asia/Tokyo" }),
		],
		[
			"has reports mailed",
			(person) => person.send("PUT", "/api/user/email-preferences", { email_reports_enabled: true }),
		],
		["chooses a plan", (person) => person.send("PUT", "/api/user/plan-settings", { claude_plan: "max_100" })],
		["settles how long usage is kept", (person) => person.send("PUT", "/api/user/retention", { months: 3 })],
	];

	test.each(late)("%s and leaves nothing", async (_, act) => {
		const [erased, answer] = await Promise.all([erase(alice), act(alice)]);
		expect(erased.status).toBe(200);
		expect([200, 303, 401]).toContain(answer.status);
		expect(await placesOf(server.db, alice.account)).toEqual([]);
		expect(server.reported).toEqual([]);
	});

	test("invites nobody", async () => {
		const grace = await findAccountByName(server.db, "grace");
		await server.db.run("update accounts set role = 'admin' where user = ?", [alice.account.user]);
		await Promise.all([erase(alice), alice.send("POST", "/api/invites", {})]);
		expect(await placesOf(server.db, alice.account)).toEqual([]);
		expect(grace).toBeDefined();
	});
});

test("R40: an account that is erased while its collector uploads, fifty times, leaves no row behind", async () => {
	const seen = new Set<number>();
	for (let round = 0; round < 50; round++) {
		const person = await server.join(`person-${round}`);
		const answers: Promise<Response>[] = [];
		const upTo = round % 5;
		for (let i = 0; i < upTo; i++) answers.push(upload(person, i * 10));
		// Known before the account goes, and writing after it.
		const gone = erase(person);
		for (let i = 0; i < 4; i++) answers.push(upload(person, 1_000 + i * 10));
		expect((await gone).status).toBe(200);
		for (const answer of await Promise.all(answers)) {
			seen.add(answer.status);
			expect([200, 401]).toContain(answer.status);
			await answer.body?.cancel();
		}
		expect((await upload(person, 5_000)).status).toBe(401);
		expect(await placesOf(server.db, person.account)).toEqual([]);
	}
	expect([...seen].sort()).toEqual([200, 401]);
	expect(await server.db.all("select user from erasures")).toEqual([]);
	expect(server.reported).toEqual([]);
});

import { describe, expect, test } from "bun:test";
import type { Role } from "../../src/account/account.ts";
import { findAccountByName, listAccounts } from "../../src/ledger/accounts.ts";
import { saveNewInvite } from "../../src/ledger/invites.ts";
import { findUser } from "../../src/ledger/users.ts";
import { cookieOf, form } from "../support/forms.ts";
import { eventOf, ingestAll } from "../support/ledger.ts";
import { byId, elementsOf, plain } from "../support/markup.ts";
import { TestServer } from "../support/server.ts";

const MINUTE_MS = 60_000;

async function invite(server: TestServer, role: Role, createdBy: number | null = null): Promise<string> {
	const expiresAt = server.now + 30 * MINUTE_MS;
	const made = await server.db.transaction((tx) =>
		saveNewInvite(tx, { role, createdBy, expiresAt }, server.now),
	);
	return made.code;
}

describe("the set-up link", () => {
	test("leads to a form that makes the owner, shows the key once and logs the browser in", async () => {
		const server = await TestServer.start({ registration: "closed" });
		const link = `/setup/${await invite(server, "owner")}`;
		// Whatever looks where links lead uses nothing up.
		expect((await server.ask(link)).status).toBe(200);
		expect((await server.ask(link)).status).toBe(200);
		const response = await server.ask(link, form({ username: "ada", zone: "Europe/Berlin" }));
		expect(response.status).toBe(200);
		expect(response.headers.get("cache-control")).toBe("no-store");
		const elements = await elementsOf(await response.text());
		const key = plain(byId(elements, "command-key")?.text);
		expect(plain(byId(elements, "command-login")?.text)).toBe(
			`promptpulse login ${key} --server https://usage.example.com`,
		);
		expect(plain(byId(elements, "command-collect")?.text)).toBe("promptpulse collect");
		expect(plain(byId(elements, "command-setup")?.text)).toBe("promptpulse setup");
		const validated = await server.ask("/api/auth/validate", { headers: { "x-api-key": key } });
		expect(validated.status).toBe(200);
		const ada = await findAccountByName(server.db, "ada");
		expect(ada).toMatchObject({ role: "owner", email: null });
		expect((await findUser(server.db, ada?.user ?? 0))?.zone).toBe("Europe/Berlin");
		const cookie = cookieOf(response);
		const overview = await (await server.ask("/", { headers: { cookie } })).text();
		expect(overview).toContain("No usage has arrived yet");
		expect(overview).not.toContain(key);
	});

	test("is gone when it was used, from a second browser too", async () => {
		const server = await TestServer.start();
		const link = `/setup/${await invite(server, "owner")}`;
		const both = await Promise.all([
			server.ask(link, form({ username: "ada" })),
			server.ask(link, form({ username: "eve" })),
		]);
		expect(both.map(({ status }) => status).sort()).toEqual([200, 410]);
		expect((await server.ask(link)).status).toBe(410);
		expect((await server.ask(link, form({ username: "mallory" }))).status).toBe(410);
		expect(await listAccounts(server.db)).toHaveLength(1);
	});

	test("is gone after its time", async () => {
		const server = await TestServer.start();
		const link = `/setup/${await invite(server, "owner")}`;
		server.now += 30 * MINUTE_MS;
		const response = await server.ask(link);
		expect(response.status).toBe(410);
		expect(await response.text()).toContain("start promptpulse serve again");
		expect((await server.ask(link, form({ username: "ada" }))).status).toBe(410);
		expect(await listAccounts(server.db)).toEqual([]);
	});

	test("is gone as soon as anyone has an account", async () => {
		const server = await TestServer.start();
		const code = await invite(server, "owner");
		await server.join("ada", "owner");
		expect((await server.ask(`/setup/${code}`)).status).toBe(410);
		expect((await server.ask(`/setup/${code}`, form({ username: "eve" }))).status).toBe(410);
		const body = JSON.stringify({ username: "eve", invite: code });
		const headers = { "content-type": "application/json" };
		expect((await server.ask("/api/users", { method: "POST", headers, body })).status).toBe(403);
		expect(await listAccounts(server.db)).toHaveLength(1);
	});

	test("is not the link of an invite, and the other way round", async () => {
		const server = await TestServer.start();
		const owner = await invite(server, "owner");
		expect((await server.ask(`/join/${owner}`)).status).toBe(410);
		const { account } = await server.join("ada", "owner");
		const member = await invite(server, "member", account.user);
		expect((await server.ask(`/setup/${member}`)).status).toBe(410);
	});

	test("cannot be guessed forever, and the right one is taken all the same", async () => {
		const server = await TestServer.start();
		const code = await invite(server, "owner");
		const statuses: number[] = [];
		for (let i = 0; i < 11; i++) statuses.push((await server.ask(`/setup/${i}`)).status);
		expect(statuses).toEqual([...Array(10).fill(410), 429]);
		const again = await TestServer.start({ db: server.db });
		expect((await again.ask("/join/x")).status).toBe(429);
		expect((await again.ask(`/setup/${code}`)).status).toBe(200);
	});

	test("without its code says where it is found, as long as it is needed", async () => {
		const server = await TestServer.start();
		expect(await (await server.ask("/setup")).text()).toContain("printed a set-up link");
		await server.join("ada", "owner");
		expect(await (await server.ask("/setup")).text()).toContain("This server is set up");
	});
});

describe("an invite's link", () => {
	test("makes an account of its role, once", async () => {
		const server = await TestServer.start();
		const { account } = await server.join("ada", "owner");
		const link = `/join/${await invite(server, "admin", account.user)}`;
		expect(await (await server.ask(link)).text()).toContain("Join usage.example.com");
		expect((await server.ask(link, form({ username: "grace", email: "g@example.com" }))).status).toBe(200);
		expect(await findAccountByName(server.db, "grace")).toMatchObject({
			role: "admin",
			email: "g@example.com",
		});
		expect((await server.ask(link, form({ username: "eve" }))).status).toBe(410);
	});

	test("makes no owner of a member where nobody is there, and is good when somebody is", async () => {
		const server = await TestServer.start();
		const code = await invite(server, "member", null);
		expect((await server.ask(`/join/${code}`)).status).toBe(410);
		const body = JSON.stringify({ username: "eve", invite: code });
		const headers = { "content-type": "application/json" };
		const made = await server.ask("/api/users", { method: "POST", headers, body });
		expect(made.status).toBe(403);
		await server.join("ada", "owner");
		expect((await server.ask(`/join/${code}`, form({ username: "eve" }))).status).toBe(200);
		expect((await findAccountByName(server.db, "eve"))?.role).toBe("member");
	});

	test("makes no owner when the only account was erased", async () => {
		const server = await TestServer.start();
		const ada = await server.join("ada", "owner");
		const code = await invite(server, "member", null);
		const erased = await ada.send("DELETE", "/api/user", { confirm: "ada" });
		expect(erased.status).toBe(200);
		expect((await server.ask(`/join/${code}`, form({ username: "eve" }))).status).toBe(410);
		expect(await findAccountByName(server.db, "eve")).toBeUndefined();
	});

	test("opens nothing where the server takes nobody in", async () => {
		const server = await TestServer.start({ registration: "closed" });
		const { account } = await server.join("ada", "owner");
		const code = await invite(server, "member", account.user);
		expect((await server.ask(`/join/${code}`)).status).toBe(410);
	});

	test("says at the field what is wrong, keeps what was typed, and is still good", async () => {
		const server = await TestServer.start();
		const { account } = await server.join("ada", "owner");
		const link = `/join/${await invite(server, "member", account.user)}`;
		const wrong = await server.ask(link, form({ username: "no spaces", email: "nowhere" }));
		expect(wrong.status).toBe(422);
		const fields = await elementsOf(await wrong.text());
		expect(byId(fields, "username")?.attributes.get("value")).toBe("no spaces");
		expect(byId(fields, "username")?.attributes.get("aria-describedby")).toContain("username-wrong");
		expect(plain(byId(fields, "username-wrong")?.text)).toStartWith("Use letters, digits");
		expect(plain(byId(fields, "email-wrong")?.text)).toStartWith("This is not an e-mail address.");
		const taken = await server.ask(link, form({ username: "ADA" }));
		expect(taken.status).toBe(409);
		expect(plain(byId(await elementsOf(await taken.text()), "username-wrong")?.text)).toBe(
			"Somebody else is known here by this name, or by one that looks the same. Choose another one.",
		);
		expect((await server.ask(link, form({ username: "bob" }))).status).toBe(200);
	});

	test("waits on the form where too many accounts were made from one address", async () => {
		const server = await TestServer.start();
		const { account } = await server.join("ada", "owner");
		const link = `/join/${await invite(server, "member", account.user)}`;
		for (let i = 0; i < 10; i++) {
			expect((await server.ask(link, form({ username: "ada" }))).status).toBe(409);
		}
		const response = await server.ask(link, form({ username: "bob" }));
		expect(response.status).toBe(429);
		expect(await response.text()).toContain("Try again in 10 minutes.");
	});
});

describe("waiting for the first usage", () => {
	test("goes on until some has arrived", async () => {
		const server = await TestServer.start();
		const { alice, bob } = await server.joinAll();
		const part = { headers: { ...alice.browser, "hx-request": "true" } };
		expect((await server.ask("/setup/waiting", part)).status).toBe(204);
		expect(await (await alice.visit("/setup/waiting")).text()).toContain("Waiting for the first usage");
		const user = { id: alice.account.user, zone: "UTC", horizon: 0 };
		await ingestAll({ db: server.db, user }, [
			eventOf({ id: "a" }),
			eventOf({ id: "b" }),
			eventOf({ id: "c" }),
		]);
		const arrived = await server.ask("/setup/waiting", part);
		expect(arrived.headers.get("vary")).toContain("hx-request");
		const text = await arrived.text();
		expect(text).toContain("First usage received: 3 responses");
		expect(text).not.toContain("hx-get");
		expect(await (await alice.visit("/setup/waiting")).text()).toContain("First usage received");
		expect(await (await bob.visit("/setup/waiting")).text()).toContain("Waiting");
	});

	test("is for who is logged in", async () => {
		const server = await TestServer.start();
		await server.join("ada", "owner");
		expect((await server.ask("/setup/waiting")).headers.get("location")).toBe(
			"/login?next=%2Fsetup%2Fwaiting",
		);
	});
});

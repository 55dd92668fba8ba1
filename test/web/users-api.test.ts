import { describe, expect, test } from "bun:test";
import { findAccountByName, listAccounts } from "../../src/ledger/accounts.ts";
import { saveNewInvite } from "../../src/ledger/invites.ts";
import { findUser } from "../../src/ledger/users.ts";
import { replyOf } from "../support/replies.ts";
import { TestServer } from "../support/server.ts";

describe("a key", () => {
	test("tells whose it is", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		const response = await alice.ask("/api/auth/validate");
		expect(response.status).toBe(200);
		expect(await response.json()).toEqual({
			user: { id: alice.account.id, email: null, username: "alice" },
		});
		expect(server.reported).toEqual([]);
	});
});

test("a visitor without a session is led to the log-in, and one with a session sees the overview", async () => {
	const server = await TestServer.start();
	const { alice } = await server.joinAll();
	const stranger = await server.ask("/?range=7d");
	expect(stranger.status).toBe(303);
	expect(stranger.headers.get("location")).toBe("/login?next=%2F%3Frange%3D7d");
	expect((await alice.visit("/")).status).toBe(200);
	expect(server.reported).toEqual([]);
});

describe("a new account", () => {
	const json = { "content-type": "application/json" };
	const signUp = (server: TestServer, body: object, address?: string) =>
		server.ask("/api/users", { method: "POST", headers: json, body: JSON.stringify(body) }, address);

	test("is made with its first key, and counts its days in its own zone", async () => {
		const server = await TestServer.start({ registration: "open" });
		await server.join("ada", "owner");
		const person = { username: "carol", email: "carol@example.com", zone: "Pacific/Chatham", role: "owner" };
		const made = await replyOf<{ user: { id: string; ksuid: string; apiKey: string } }>(
			server,
			["POST", "/api/users"],
			await signUp(server, person),
		);
		expect(made.user.ksuid).toBe(made.user.id);
		const { apiKey } = made.user;
		const validated = await server.ask("/api/auth/validate", { headers: { "x-api-key": apiKey } });
		expect(await validated.json()).toEqual({
			user: { id: made.user.id, email: "carol@example.com", username: "carol" },
		});
		const carol = await findAccountByName(server.db, "carol");
		expect(carol?.role).toBe("member");
		expect((await findUser(server.db, carol?.user ?? 0))?.zone).toBe("Pacific/Chatham");
	});

	test("is made all the same where the zone is unknown", async () => {
		const server = await TestServer.start({ registration: "open" });
		await server.join("ada", "owner");
		expect((await signUp(server, { username: "carol", zone: "Mars/Olympus" })).status).toBe(200);
		const carol = await findAccountByName(server.db, "carol");
		expect((await findUser(server.db, carol?.user ?? 0))?.zone).toBe("UTC");
	});

	test.each(["closed", "invite", "open"] as const)(
		"is nobody's who comes first without the set-up code, with registration %s",
		async (registration) => {
			const server = await TestServer.start({ registration });
			const response = await signUp(server, { username: "eve" });
			expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
				403,
				"registration_closed",
			]);
			expect(await listAccounts(server.db)).toEqual([]);
			const { code } = await server.db.transaction((tx) =>
				saveNewInvite(tx, { role: "owner", createdBy: null, expiresAt: server.now + 1_000 }, server.now),
			);
			expect((await signUp(server, { username: "ada", invite: code })).status).toBe(200);
			expect((await findAccountByName(server.db, "ada"))?.role).toBe("owner");
		},
	);

	test("needs a name that nobody has, whatever its case; an address may be claimed by several", async () => {
		const server = await TestServer.start({ registration: "open" });
		await server.join("ada", "owner");
		await signUp(server, { username: "carol", email: "carol@example.com" });
		const code = async (body: object) =>
			((await (await signUp(server, body)).json()) as { code: string }).code;
		expect(await code({ username: "CAROL" })).toBe("username_taken");
		expect(await code({ username: "dan", email: "Carol@Example.com" })).toBeUndefined();
		expect(await code({ username: "a b" })).toBe("invalid_body");
		expect(await code({ username: "dave", email: "nowhere" })).toBe("invalid_body");
	});

	test("takes no name that somebody shows, and none that looks like a name that is there", async () => {
		const server = await TestServer.start({ registration: "open" });
		const { ada, bob } = await server.joinAll();
		await ada.send("PUT", "/api/user/profile", { display_name: "Countess-Lovelace" });
		await ada.send("PATCH", "/api/admin/settings", { leaderboard: true });
		const shown = { leaderboard_enabled: true, display_name: "R\u00f6\u00f6k" };
		await bob.send("PUT", "/api/user/leaderboard-settings", shown);
		const statusOf = async (username: string) => (await signUp(server, { username })).status;
		for (const username of ["countess-lovelace", "CountESS-l0velace", "rook", "B0b", "a1ice"])
			expect([username, await statusOf(username)]).toEqual([username, 409]);
		await bob.send("PUT", "/api/user/leaderboard-settings", { leaderboard_enabled: false });
		expect(await statusOf("rook")).toBe(200);
		const long = `o${"x".repeat(63)}`;
		expect([await statusOf(long), await statusOf(long.replace("o", "0"))]).toEqual([200, 409]);
	});

	test("is made ten times in ten minutes from one address, whichever server is asked", async () => {
		const server = await TestServer.start({ registration: "open" });
		await server.join("ada", "owner");
		const statuses: number[] = [];
		for (let i = 0; i < 11; i++)
			statuses.push((await signUp(server, { username: `u${i}` }, "192.0.2.1")).status);
		expect(statuses).toEqual([...Array(10).fill(200), 429]);
		expect((await signUp(server, { username: "v" }, "192.0.2.2")).status).toBe(200);
		const beside = await TestServer.start({ db: server.db, registration: "open" });
		expect((await signUp(beside, { username: "w" }, "192.0.2.1")).status).toBe(429);
		server.now += 10 * 60_000;
		expect((await signUp(server, { username: "w" }, "192.0.2.1")).status).toBe(200);
	});

	test("is not had by guessing invites", async () => {
		const server = await TestServer.start();
		await server.join("ada", "owner");
		const statuses: number[] = [];
		for (let i = 0; i < 11; i++) {
			// As slowly as accounts may be made.
			server.now += 10_000;
			statuses.push((await signUp(server, { username: "eve", invite: "0".repeat(24) })).status);
		}
		expect(statuses).toEqual([...Array(10).fill(403), 429]);
		const again = await TestServer.start({ db: server.db });
		again.now = server.now;
		expect((await signUp(again, { username: "eve", invite: "0".repeat(24) })).status).toBe(429);
	});
});

test("there is no looking up of people by name", async () => {
	const server = await TestServer.start();
	const { alice } = await server.joinAll();
	expect((await alice.ask("/api/users/by-username/bob")).status).toBe(404);
});

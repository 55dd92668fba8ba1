import { describe, expect, test } from "bun:test";
import { form } from "../support/forms.ts";
import { replyOf } from "../support/replies.ts";
import { type Person, SERVER, TestServer } from "../support/server.ts";

const HOUR_MS = 3_600_000;

type Made = { id: string; code: string; url: string; role: string; expires_at: string };
type Row = { id: string; role: string; created_by: string | null; used_by: string | null };

async function invite(server: TestServer, by: Person, body: object = {}): Promise<Made> {
	return replyOf<Made>(server, ["POST", "/api/invites"], await by.send("POST", "/api/invites", body));
}

async function rows(server: TestServer, by: Person): Promise<Row[]> {
	return replyOf<Row[]>(server, ["GET", "/api/invites"], await by.ask("/api/invites"));
}

describe("an invite", () => {
	test("takes one person in, and is listed without its code", async () => {
		const server = await TestServer.start();
		const { ada, grace } = await server.joinAll();
		const made = await invite(server, grace);
		expect(made.url).toBe(`${SERVER}/join/${made.code}`);
		expect(made.expires_at).toBe(new Date(server.now + 72 * HOUR_MS).toISOString());
		const body = { username: "carol", invite: made.code, zone: "Asia/Kolkata" };
		const headers = { "content-type": "application/json" };
		const join = (username: string) =>
			server.ask("/api/users", {
				method: "POST",
				headers,
				body: JSON.stringify({ ...body, username }),
			});
		const joined = await replyOf<{ user: { username: string } }>(
			server,
			["POST", "/api/users"],
			await join("carol"),
		);
		expect(joined.user.username).toBe("carol");
		const second = await join("dave");
		expect([second.status, ((await second.json()) as { code: string }).code]).toEqual([
			403,
			"registration_closed",
		]);
		const [row] = await rows(server, ada);
		expect(row).toMatchObject({ id: made.id, role: "member", created_by: "grace", used_by: "carol" });
		expect(JSON.stringify(await rows(server, ada))).not.toContain(made.code);
	});

	test("is good for as many hours as were asked for", async () => {
		const server = await TestServer.start();
		const { ada } = await server.joinAll();
		const { url } = await invite(server, ada, { expires_in_hours: 1 });
		server.now += HOUR_MS;
		expect((await server.ask(url.slice(SERVER.length))).status).toBe(410);
		for (const hours of [0, 721, "3"]) {
			const response = await ada.send("POST", "/api/invites", { expires_in_hours: hours });
			expect(response.status).toBe(422);
		}
	});

	test("of an admin comes from the owner alone", async () => {
		const server = await TestServer.start();
		const { ada, grace } = await server.joinAll();
		expect((await invite(server, ada, { role: "admin" })).role).toBe("admin");
		const response = await grace.send("POST", "/api/invites", { role: "admin" });
		expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
			403,
			"owner_only",
		]);
		expect((await ada.send("POST", "/api/invites", { role: "owner" })).status).toBe(422);
	});

	test("can be withdrawn until it is used", async () => {
		const server = await TestServer.start();
		const { ada } = await server.joinAll();
		const made = await invite(server, ada);
		const response = await ada.ask(`/api/invites/${made.id}`, { method: "DELETE" });
		await replyOf(server, ["DELETE", "/api/invites/:id"], response);
		expect((await server.ask(`/join/${made.code}`, form({ username: "carol" }))).status).toBe(410);
		expect((await ada.ask(`/api/invites/${made.id}`, { method: "DELETE" })).status).toBe(404);
	});

	test("is not made by members, and not where the server takes nobody in", async () => {
		const server = await TestServer.start();
		const { alice } = await server.joinAll();
		expect((await alice.send("POST", "/api/invites", {})).status).toBe(403);
		expect((await alice.ask("/api/invites")).status).toBe(403);
		const closed = await TestServer.start({ registration: "closed" });
		const owner = await closed.join("ada", "owner");
		expect((await owner.send("POST", "/api/invites", {})).status).toBe(409);
	});
});

import { describe, expect, test } from "bun:test";
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

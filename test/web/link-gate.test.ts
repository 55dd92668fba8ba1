import { describe, expect, test } from "bun:test";
import { ORIGIN, type Visit, visitDashboard } from "../support/app.ts";
import { emptyLedger } from "../support/scan.ts";

const PATHS = ["/", "/?range=7d", "/api/views/overview/projects", "/api/views/overview/no-such-panel"];

async function visit(): Promise<Visit> {
	return visitDashboard(await emptyLedger());
}

describe("the link", () => {
	test("lets in who comes by it, and a cookie remembers that in no script and on no other page", async () => {
		const { app, access, get } = await visit();
		const entry = await app.handle(new Request(`${ORIGIN}${access.path}`));
		expect(entry.status).toBe(303);
		expect(entry.headers.get("location")).toBe("/");
		expect(entry.headers.get("set-cookie")).toMatch(
			/^promptpulse-4000=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
		);
		expect((await get("/")).status).toBe(200);
	});

	test("has a token that is not the cookie", async () => {
		const { access, app } = await visit();
		const token = access.path.split("/").at(-1) ?? "";
		const headers = { cookie: `promptpulse-4000=${token}` };
		expect((await app.handle(new Request(`${ORIGIN}/`, { headers }))).status).toBe(403);
	});

	test.each(PATHS)("is needed for %s: a bare visit is told how to get in", async (path) => {
		const { app } = await visit();
		const response = await app.handle(new Request(`${ORIGIN}${path}`));
		expect(response.status).toBe(403);
		expect(await response.text()).toContain("promptpulse dashboard");
	});

	test.each(["x", "", "%", "%00", "a".repeat(5_000)])(
		"with a wrong token opens nothing (%#)",
		async (token) => {
			const { app } = await visit();
			const response = await app.handle(new Request(`${ORIGIN}/open/${token}`));
			expect(response.status).toBeGreaterThanOrEqual(400);
			expect(response.headers.has("set-cookie")).toBe(false);
		},
	);

	test("of another dashboard on this machine is another one", async () => {
		const [mine, other] = [await visit(), await visit()];
		expect((await mine.app.handle(new Request(`${ORIGIN}${other.access.path}`))).status).toBe(403);
	});
});

describe("the host", () => {
	test.each(["localhost:4000", "127.0.0.1:4000", "127.1.2.3", "[::1]:4000"])(
		"%s is this machine",
		async (host) => {
			const { app, access } = await visit();
			expect((await app.handle(new Request(`http://${host}${access.path}`))).status).toBe(303);
		},
	);

	test.each([
		"evil.example",
		"localhost.evil.example:4000",
		"192.168.0.2:4000",
		"127.0.0.1.evil.example",
		"0.0.0.0",
	])("%s is refused, link or not", async (host) => {
		const { app, access } = await visit();
		for (const path of [access.path, "/", "/assets/app.css", "/livez"]) {
			expect((await app.handle(new Request(`http://${host}${path}`))).status).toBe(403);
		}
	});
});

describe("a form", () => {
	const post = (headers: Record<string, string>) => ({ method: "POST", headers, body: "theme=dark&next=/" });
	const form = { "content-type": "application/x-www-form-urlencoded" };

	async function cookieOf({ app, access }: Visit): Promise<string> {
		const entry = await app.handle(new Request(`${ORIGIN}${access.path}`));
		return entry.headers.get("set-cookie")?.split(";")[0] ?? "";
	}

	test("of the dashboard's own page is taken", async () => {
		const dashboard = await visit();
		const cookie = await cookieOf(dashboard);
		// The pages' referrer policy hides their origin from the form's request.
		for (const from of [{ origin: "null", "sec-fetch-site": "same-origin" }, { origin: ORIGIN }]) {
			expect((await dashboard.get("/theme", post({ ...form, cookie, ...from }))).status).toBe(303);
		}
	});

	test.each([
		{ origin: "http://evil.example", "sec-fetch-site": "cross-site" },
		{ origin: ORIGIN, "sec-fetch-site": "cross-site" },
		{ origin: "http://localhost:4001", "sec-fetch-site": "same-site" },
		{ origin: "null" },
		{ "sec-fetch-site": "same-site" },
	])("from elsewhere is refused: %j", async (headers) => {
		const dashboard = await visit();
		const cookie = await cookieOf(dashboard);
		const response = await dashboard.get("/theme", post({ ...form, cookie, ...headers }));
		expect(response.status).toBe(403);
		expect(response.headers.has("set-cookie")).toBe(false);
	});
});

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { ASSET_URLS } from "../../src/web/assets.ts";
import { localPath } from "../../src/web/pages/see-other.ts";
import { ORIGIN, visitDashboard } from "../support/app.ts";
import { collectFrom, emptyLedger } from "../support/scan.ts";

const FIXTURES = join(import.meta.dir, "../fixtures/claude");

async function visitFixtures() {
	const db = await emptyLedger();
	await collectFrom(db, FIXTURES);
	return { db, ...(await visitDashboard(db)) };
}

describe("every answer", () => {
	const PATHS = [
		"/",
		"/?range=nonsense",
		"/api/views/overview/models",
		"/api/views/overview/none",
		"/none",
		"/livez",
		"/open/x",
		ASSET_URLS.css,
	];

	test.each(PATHS)("has what protects it in a browser: %s", async (path) => {
		const { get } = await visitFixtures();
		const { headers } = await get(path);
		expect(headers.get("content-security-policy")).toBe(
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		);
		expect(headers.get("x-content-type-options")).toBe("nosniff");
		expect(headers.get("referrer-policy")).toBe("same-origin");
		expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
		expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
		expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
		const isAsset = path.startsWith("/assets/");
		expect(headers.get("cache-control")).toBe(isAsset ? "public, max-age=31536000, immutable" : "no-store");
	});

	test("is packed where the browser takes it and it is worth it", async () => {
		const { app, access } = await visitFixtures();
		const entry = await app.handle(new Request(`${ORIGIN}${access.path}`));
		const cookie = entry.headers.get("set-cookie")?.split(";")[0] ?? "";
		const packed = await app.handle(
			new Request(`${ORIGIN}/`, { headers: { cookie, "accept-encoding": "gzip" } }),
		);
		expect(packed.headers.get("content-encoding")).toBe("gzip");
		expect(packed.headers.get("vary")).toContain("accept-encoding");
		const text = new TextDecoder().decode(Bun.gunzipSync(await packed.arrayBuffer()));
		expect(text).toStartWith("<!doctype html>");
	});
});

describe("an error", () => {
	test("is a page with no more than it says, and JSON under /api", async () => {
		const { get } = await visitFixtures();
		const page = await get("/?range=<script>alert(1)</script>");
		expect(page.status).toBe(422);
		expect(await page.text()).not.toContain("alert(1)");
		const json = await get("/api/views/overview/projects?from=2026-99-99");
		expect(json.status).toBe(422);
		expect(await json.json()).toEqual({ error: expect.stringContaining('"from"'), code: "invalid_query" });
		for (const path of ["/api/none", "/api/views/overview/none", "/api/views/overview/__proto__"]) {
			const none = await get(path);
			expect(none.status).toBe(404);
			expect(await none.json()).toMatchObject({ code: "not_found" });
		}
	});

	test("that nobody expected tells nothing of itself but to the terminal", async () => {
		const { db, get, reported } = await visitFixtures();
		await db.run("drop table usage_days");
		for (const path of ["/", "/api/views/overview/projects"]) {
			const response = await get(path);
			expect(response.status).toBe(500);
			expect(await response.text()).not.toMatch(/usage_days|sqlite|at .*\.ts/i);
		}
		expect(String(reported[0])).toContain("usage_days");
	});
});

describe("a body", () => {
	test.each([
		["application/json", "{", 400],
		["multipart/form-data; boundary=x", "junk", 415],
		["application/x-www-form-urlencoded", `theme=${"x".repeat(70_000)}`, 413],
	])("of %s that cannot be taken is refused with all headers", async (type, body, status) => {
		const { app, access, reported } = await visitFixtures();
		const entry = await app.handle(new Request(`${ORIGIN}${access.path}`));
		const cookie = entry.headers.get("set-cookie")?.split(";")[0] ?? "";
		const headers = { cookie, "content-type": type, "content-length": String(body.length) };
		const response = await app.handle(new Request(`${ORIGIN}/theme`, { method: "POST", body, headers }));
		expect(response.status).toBe(status);
		expect(response.headers.has("content-security-policy")).toBe(true);
		expect(reported).toEqual([]);
	});
});

describe("the pages' files", () => {
	test.each(Object.values(ASSET_URLS))("%s is served, packed or plain, and alike", async (address) => {
		const { get } = await visitFixtures();
		const plain = await get(address);
		expect(plain.status).toBe(200);
		const packed = await get(address, { headers: { "accept-encoding": "br, gzip" } });
		if (!address.endsWith(".woff2")) expect(packed.headers.get("content-encoding")).toBe("br");
		const gzip = await get(address, { headers: { "accept-encoding": "gzip" } });
		const bytes = await gzip.arrayBuffer();
		const unpacked = gzip.headers.has("content-encoding") ? Bun.gunzipSync(bytes) : bytes;
		expect(Bun.deepEquals(new Uint8Array(unpacked), new Uint8Array(await plain.arrayBuffer()))).toBe(true);
	});

	test("are small: scripts and style sheet at most 96 KB as they travel, the font 30 KB", async () => {
		const { get } = await visitFixtures();
		const sizeOf = async (address: string) =>
			(await (await get(address, { headers: { "accept-encoding": "gzip" } })).arrayBuffer()).byteLength;
		const { css, htmx, charts, font } = ASSET_URLS;
		expect((await sizeOf(css)) + (await sizeOf(htmx)) + (await sizeOf(charts))).toBeLessThanOrEqual(
			96 * 1024,
		);
		expect(await sizeOf(font)).toBeLessThanOrEqual(30 * 1024);
	});

	test.each(["../package.json", "..%2fpackage.json", "%2e%2e/app.ts", "app.css", "x", "__proto__", "%00"])(
		"there is none called %s",
		async (name) => {
			const { get } = await visitFixtures();
			expect((await get(`/assets/${name}`)).status).toBe(404);
		},
	);
});

describe("a choice", () => {
	test("of theme is kept and leads back to where it was made", async () => {
		const { get, app, access } = await visitFixtures();
		const entry = await app.handle(new Request(`${ORIGIN}${access.path}`));
		const cookie = entry.headers.get("set-cookie")?.split(";")[0] ?? "";
		const body = new URLSearchParams({ theme: "dark", next: "/?range=7d" });
		const response = await get("/theme", { method: "POST", body, headers: { cookie } });
		expect(response.headers.get("location")).toBe("/?range=7d");
		expect(response.headers.get("set-cookie")).toStartWith("theme=dark;");
		const page = await get("/", { headers: { cookie: `${cookie}; theme=dark` } });
		expect(await page.text()).toContain('data-theme="dark"');
	});

	test.each([
		["/?range=7d", "/?range=7d"],
		["//evil.example", "/"],
		["/\\evil.example", "/"],
		["https:evil.example", "/"],
		["https://evil.example/", "/"],
		["\\evil", "/"],
		["/\t/evil.example", "/"],
		["/..//evil.example/a", "/"],
		["", "/"],
		[undefined, "/"],
	])("never leads away: %j → %s", (next, path) => {
		expect(localPath(next)).toBe(path);
	});
});

import { describe, expect, test } from "bun:test";
import type { App } from "../../src/web/site.ts";
import { listening, sendRaw } from "../support/raw-request.ts";
import { TestServer } from "../support/server.ts";

const server = await TestServer.start();
const { alice } = await server.joinAll();
const key = alice.keys.full;
const HOST = "Host: usage.example.com";

/** What came back, and how many requests the site was asked: what is refused before that reached nobody. */
async function send(lines: string[], body?: string): Promise<{ said: string; asked: number }> {
	let asked = 0;
	const site: App = {
		handle(request, address) {
			asked++;
			return server.server.handle(request, address);
		},
	};
	const said = await listening(site, (port) => sendRaw(port, lines, body));
	return { said, asked };
}

/** The status of each answer, in order. */
function statusesOf(said: string): number[] {
	return [...said.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

describe("a request that could be read in two ways is read in none", () => {
	const JSON_TYPE = "Content-Type: application/json";
	const HIDDEN = `GET /api/auth/validate HTTP/1.1\r\n${HOST}\r\nConnection: close\r\nX-API-Key: ${key}\r\n\r\n`;

	test("in which there is nothing of the kind is answered", async () => {
		const head = ["POST /api/users HTTP/1.1", HOST, JSON_TYPE, "Content-Length: 2", "Connection: close"];
		const { said, asked } = await send(head, "{}");
		expect(statusesOf(said)).toEqual([422]);
		expect(asked).toBe(1);
	});

	test.each([
		["a length and pieces", ["Content-Length: 4", "Transfer-Encoding: chunked"], "0\r\n\r\n"],
		["pieces and a length", ["Transfer-Encoding: chunked", "Content-Length: 4"], "0\r\n\r\n"],
		["two lengths", ["Content-Length: 4", "Content-Length: 2"], "{}{}"],
		["a length that is none", ["Content-Length: 4x"], "{}{}"],
		["a negative length", ["Content-Length: -1"], "{}"],
		["an unknown coding", ["Transfer-Encoding: chunked, identity"], "0\r\n\r\n"],
		["a size of a piece that is none", ["Transfer-Encoding: chunked"], "zz\r\n{}\r\n0\r\n\r\n"],
	])("%s", async (_what, headers, body) => {
		const { said, asked } = await send(
			["POST /api/users HTTP/1.1", HOST, JSON_TYPE, ...headers],
			`${body}${HIDDEN}`,
		);
		expect(statusesOf(said)).toEqual([400]);
		expect(said).not.toContain("alice");
		// A wrong piece is found when somebody reads it.
		expect(asked).toBeLessThanOrEqual(1);
	});

	test.each(["evil.example.com", "usage.example.com"])("a second host, %s", async (second) => {
		const { said } = await send(["GET /livez HTTP/1.1", HOST, `Host: ${second}`, "Connection: close"]);
		expect(statusesOf(said)).toEqual([400]);
		expect(said).not.toContain(second);
	});
});

describe("a header", () => {
	test("of a key with a line break in it is no second header", async () => {
		const response = await fetch404(`x\r\nX-Evil: 1`);
		expect(response).toBe("refused by the client");
	});

	test.each([
		["with a bare return", "X-API-Key: a\rSet-Cookie: evil=1"],
		["with a NUL", "X-API-Key: a\0b"],
		["that is folded", "X-API-Key: a\r\n b"],
		["without a colon", "X-API-Key"],
		["with a space before the colon", "X-API-Key : a"],
	])("%s is refused and not repeated", async (_what, header) => {
		const { said, asked } = await send([
			"GET /api/auth/validate HTTP/1.1",
			HOST,
			header,
			"Connection: close",
		]);
		expect(statusesOf(said)).toEqual([400]);
		expect(said).not.toContain("evil");
		expect(asked).toBe(0);
	});

	test("of 64 KiB is refused", async () => {
		const long = `X-API-Key: ${"k".repeat(64 * 1024)}`;
		const { said, asked } = await send(["GET /api/auth/validate HTTP/1.1", HOST, long, "Connection: close"]);
		// Who still sends when the connection ends may find the refusal gone with it; that nobody was asked is what counts.
		expect(statusesOf(said).filter((status) => status !== 431)).toEqual([]);
		expect(said).not.toContain("kkkk");
		expect(asked).toBe(0);
	});

	test("in letters of no alphabet is no key", async () => {
		const { said } = await send([
			"GET /api/auth/validate HTTP/1.1",
			HOST,
			"X-API-Key: k\xe9y",
			"Connection: close",
		]);
		expect(said).toStartWith("HTTP/1.1 401 ");
		expect(said).not.toContain("k\xe9y");
	});
});

async function fetch404(value: string): Promise<string> {
	try {
		return String((await alice.ask("/none", { headers: { "x-api-key": value } })).status);
	} catch {
		return "refused by the client";
	}
}

describe("an address", () => {
	test.each([
		"/assets/../package.json",
		"/assets/%2e%2e/package.json",
		"/assets/%2e%2e%2fpackage.json",
		"/assets/..%5c..%5cpackage.json",
		"/assets/..\\package.json",
		"/assets//etc/passwd",
		"/assets/%00",
		"/assets/app.css%00.js",
		"//evil.example.com/assets",
		"/.git/config",
		"/.env",
		"/src/main.ts",
		"/assets/....//....//etc/passwd",
		"/%2e%2e/%2e%2e/etc/passwd",
		"/assets/file:///etc/passwd",
	])("%s leads to no file", async (path) => {
		const { said } = await send([`GET ${path} HTTP/1.1`, HOST, "Connection: close"]);
		expect(said).toMatch(/^HTTP\/1\.1 (404|400)/);
		expect(said).not.toMatch(/root:|"name": "promptpulse"|\[core\]/);
	});

	test("of another site, in full, is answered by this one", async () => {
		const { said } = await send(["GET http://evil.example.com/livez HTTP/1.1", HOST, "Connection: close"]);
		expect(statusesOf(said)).toEqual([200]);
		expect(said).not.toContain("evil.example.com");
	});

	test.each(["TRACE", "CONNECT", "PROPFIND"])("is not there for the method %s", async (method) => {
		const { said } = await send([`${method} / HTTP/1.1`, HOST, `X-API-Key: ${key}`, "Connection: close"]);
		expect(statusesOf(said)).toEqual([404]);
		expect(said).not.toContain(key);
	});

	test("is not asked with a method that nobody knows", async () => {
		const { said, asked } = await send(["DEBUG / HTTP/1.1", HOST, `X-API-Key: ${key}`, "Connection: close"]);
		expect(said).toBe("");
		expect(asked).toBe(0);
	});
});

test("nothing of all this was an error of the server's own", () => {
	expect(server.reported).toEqual([]);
});

import { describe, expect, test } from "bun:test";
import { listening, sendRaw } from "../support/raw-request.ts";
import { TestServer } from "../support/server.ts";

const server = await TestServer.start();
const { alice } = await server.joinAll();
const key = alice.keys.full;
const HOST = "Host: usage.example.com";

function send(lines: string[], body?: string): Promise<string> {
	return listening(server.server, (port) => sendRaw(port, lines, body));
}

describe("a request that could be read in two ways is read in none", () => {
	const JSON_TYPE = "Content-Type: application/json";
	test.each([
		["a length and pieces", ["Content-Length: 4", "Transfer-Encoding: chunked"], "0\r\n\r\n"],
		["pieces and a length", ["Transfer-Encoding: chunked", "Content-Length: 4"], "0\r\n\r\n"],
		["two lengths", ["Content-Length: 4", "Content-Length: 2"], "{}{}"],
		["a length that is none", ["Content-Length: 4x"], "{}{}"],
		["a negative length", ["Content-Length: -1"], "{}"],
		["an unknown coding", ["Transfer-Encoding: chunked, identity"], "0\r\n\r\n"],
		["a size of a piece that is none", ["Transfer-Encoding: chunked"], "zz\r\n{}\r\n0\r\n\r\n"],
	])("%s", async (_what, headers, body) => {
		const hidden = `${body}GET /api/auth/validate HTTP/1.1\r\n${HOST}\r\nX-API-Key: ${key}\r\n\r\n`;
		const said = await send(
			["POST /api/users HTTP/1.1", HOST, JSON_TYPE, "Connection: close", ...headers],
			hidden,
		);
		expect(said.match(/^HTTP\/1\.1 \d+/gm)?.every((line) => line.endsWith(" 400")) ?? true).toBe(true);
		expect(said).not.toContain("alice");
	});

	test("a second host", async () => {
		const said = await send(["GET /livez HTTP/1.1", HOST, "Host: evil.example.com", "Connection: close"]);
		expect(said).not.toContain("evil");
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
		const said = await send(["GET /api/auth/validate HTTP/1.1", HOST, header, "Connection: close"]);
		expect(said).toMatch(/^HTTP\/1\.1 40[01]|^$/);
		expect(said).not.toContain("evil");
	});

	test("of 64 KiB is refused", async () => {
		const long = `X-API-Key: ${"k".repeat(64 * 1024)}`;
		const said = await send(["GET /api/auth/validate HTTP/1.1", HOST, long, "Connection: close"]);
		expect(said).toMatch(/^HTTP\/1\.1 (431|400)|^$/);
		expect(said).not.toContain("kkkk");
	});

	test("in letters of no alphabet is no key", async () => {
		const said = await send([
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
		const said = await send([`GET ${path} HTTP/1.1`, HOST, "Connection: close"]);
		expect(said).toMatch(/^HTTP\/1\.1 (404|400)/);
		expect(said).not.toMatch(/root:|"name": "promptpulse"|\[core\]/);
	});

	test("of another site, in full, is answered by this one", async () => {
		const said = await send(["GET http://evil.example.com/livez HTTP/1.1", HOST, "Connection: close"]);
		expect(said).not.toContain("evil.example.com");
	});

	test("may not be asked with a method that only proxies and debuggers use", async () => {
		for (const method of ["TRACE", "CONNECT", "DEBUG", "PROPFIND"]) {
			const said = await send([`${method} / HTTP/1.1`, HOST, `X-API-Key: ${key}`, "Connection: close"]);
			expect(said).toMatch(/^HTTP\/1\.1 4\d\d|^$/);
			expect(said).not.toContain(key);
		}
	});
});

test("nothing of all this was an error of the server's own", () => {
	expect(server.reported).toEqual([]);
});

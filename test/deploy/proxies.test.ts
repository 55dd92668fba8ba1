import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLedger } from "../../src/ledger/open.ts";
import { LARGEST_BODY } from "../../src/web/listen.ts";
import { EventStream } from "../support/event-stream.ts";
import { cookieOf, form } from "../support/forms.ts";
import { PROGRAM } from "../support/program.ts";
import { CADDYFILE, findProgram, NGINX_CONF, PROXY_KINDS, RunningProxy } from "../support/reverse-proxies.ts";
import { environmentOf } from "../support/run-cli.ts";
import { freePort, makeUploader } from "../support/serve-process.ts";
import { until } from "../support/until.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** An address that is nobody's. */
const INVENTED = "203.0.113.9";
const FORGED = {
	"x-forwarded-for": INVENTED,
	"x-forwarded-proto": "http",
	"x-forwarded-host": "evil.example",
	"x-real-ip": INVENTED,
	forwarded: `for=${INVENTED};proto=http;host=evil.example`,
};

describe("the file for nginx", () => {
	test("sets where a request came from, and adds to nothing that a client says", () => {
		expect(NGINX_CONF).toContain("proxy_set_header X-Forwarded-For $remote_addr;");
		expect(NGINX_CONF).not.toContain("$proxy_add_x_forwarded_for");
		expect(NGINX_CONF).toContain("proxy_set_header X-Forwarded-Proto $scheme;");
		for (const name of ["X-Forwarded-Host", "Forwarded", "X-Real-IP"]) {
			expect(NGINX_CONF).toContain(`proxy_set_header ${name} "";`);
		}
	});

	test("takes bodies as large as the server does, and holds no event back", () => {
		const [, megabytes] = /client_max_body_size (\d+)m;/.exec(NGINX_CONF) ?? [];
		expect(Number(megabytes) * 1024 ** 2).toBe(LARGEST_BODY);
		expect(NGINX_CONF).toMatch(/location = \/events \{[^}]*proxy_buffering off;/);
	});

	test("closes every brace, ends every line, and has no header set in a place that hides those above", () => {
		const code = NGINX_CONF.replaceAll(/#.*/g, "");
		expect(code.split("{")).toHaveLength(code.split("}").length);
		for (const line of code.split("\n").filter((text) => text.trim())) expect(line).toMatch(/[;{}]\s*$/);
		for (const [location] of code.matchAll(/location [^}]*\}/g))
			expect(location).not.toContain("proxy_set_header");
	});
});

describe("the file for Caddy", () => {
	test("believes no client, and takes bodies as large as the server does", () => {
		expect(CADDYFILE).not.toContain("trusted_proxies");
		const [, megabytes] = /max_size (\d+)MiB/.exec(CADDYFILE) ?? [];
		expect(Number(megabytes) * 1024 ** 2).toBe(LARGEST_BODY);
	});
});

for (const kind of PROXY_KINDS) {
	// Neither is installed everywhere; what is said above holds without them.
	describe.skipIf(findProgram(kind.name) === null)(`behind ${kind.name}`, () => {
		const folder = mkdtempSync(join(tmpdir(), "promptpulse-"));
		let proxy: RunningProxy;
		let server: Bun.Subprocess<"ignore", "pipe", "ignore">;
		let log = "";
		let key = "";

		beforeAll(async () => {
			const port = freePort();
			const db = await openLedger(join(folder, "server.db"), Date.now());
			key = (await makeUploader(db, "ada")).key;
			await db.close();
			server = Bun.spawn([...PROGRAM, "serve"], {
				cwd: folder,
				env: environmentOf({
					home: folder,
					env: {
						DATABASE_URL: join(folder, "server.db"),
						PORT: String(port),
						TRUSTED_PROXIES: "127.0.0.1",
						NODE_ENV: "production",
					},
				}),
				stdin: "ignore",
				stdout: "pipe",
				stderr: "ignore",
			});
			void (async () => {
				const decoder = new TextDecoder();
				for await (const bytes of server.stdout) log += decoder.decode(bytes, { stream: true });
			})();
			const own = join(folder, "proxy");
			mkdirSync(own);
			proxy = await RunningProxy.start(kind, own, port);
		});

		afterAll(async () => {
			await proxy?.[Symbol.asyncDispose]();
			server?.kill("SIGTERM");
			await server?.exited;
			rmSync(folder, { recursive: true, force: true });
		});

		async function logIn(): Promise<Response> {
			return proxy.ask("/login", form({ key }));
		}

		/** From which address the server thinks that it was asked for a path that nobody else asks for. */
		async function addressLogged(status: number): Promise<unknown> {
			const lines = () => log.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
			const found = () => lines().find((line) => line.message === "request" && line.status === status);
			await until("the line of a request", () => found() !== undefined);
			return found()?.address;
		}

		test("people log in, and their cookie goes over https alone", async () => {
			const answer = await logIn();
			expect(answer.status).toBe(303);
			expect(answer.headers.get("location")).toBe("/");
			expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-promptpulse=.*; Secure$/);
			const page = await proxy.ask("/", { headers: { cookie: cookieOf(answer) } });
			expect(page.status).toBe(200);
			expect(page.headers.get("strict-transport-security")).toContain("max-age=");
			expect(await page.text()).toContain("ada");
		});

		test("who comes by http is sent to https", async () => {
			const url = `http://localhost:${proxy.ports.http}/models?range=7d`;
			const answer = await fetch(url, { redirect: "manual" });
			expect([301, 308]).toContain(answer.status);
			expect(answer.headers.get("location")).toMatch(/^https:\/\/localhost(?::\d+)?\/models\?range=7d$/);
		});

		test("what a client says of where it comes from is not believed, also where it is on the proxy's machine", async () => {
			const answer = await proxy.ask("/api/usage/nothing-of-this-name", {
				headers: { ...FORGED, "x-api-key": key },
			});
			expect(answer.status).toBe(404);
			expect(["127.0.0.1", "::1"]).toContain(String(await addressLogged(404)));
			const login = await proxy.ask("/login", form({ key }, FORGED));
			expect(login.headers.getSetCookie()[0]).toContain("; Secure");
			expect(log).not.toContain(INVENTED);
		});

		test("an open page hears of its usage at once, though its answer has no end", async () => {
			const headers = { cookie: cookieOf(await logIn()) };
			const leaving = new AbortController();
			const stream = new EventStream(await proxy.ask("/events", { headers, signal: leaving.signal }));
			// Held back, it would come with the end of the answer, or when there is much of it.
			expect(await stream.version()).not.toBe("");
			leaving.abort();
		});

		test("bodies are taken as far as the server takes them, and no further", async () => {
			const headers = { "x-api-key": key, "content-type": "application/json" };
			const send = (size: number) =>
				proxy.ask("/api/usage/events", { method: "POST", headers, body: " ".repeat(size) });
			const large = await send(LARGEST_BODY - 1024);
			// The server's own word about it.
			expect(large.headers.get("content-type")).toContain("application/json");
			// The server may hang up before Caddy has read that much, which is a 502 then.
			expect([413, 502]).toContain((await send(LARGEST_BODY + 1024)).status);
		});
	});
}

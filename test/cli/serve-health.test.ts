import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { serveHealth } from "../../src/cli/server/serve-health.ts";
import { readConfig } from "../../src/config.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { HealthCheck } from "../../src/web/health.ts";
import { type Listening, listen } from "../../src/web/listen.ts";
import { runCli } from "../support/run-cli.ts";
import { inFolder } from "../support/scan.ts";
import { freePort, ServeProcess } from "../support/serve-process.ts";
import { TestServer } from "../support/server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** What is told of a server that listens where the environment says, and the exit code. */
async function look(environment: Record<string, string>, flags = {}, deadlineMs?: number) {
	const said: string[] = [];
	const say = (text: string) => said.push(text);
	const terminal = { out: say, err: say, columns: 80, color: false };
	const context = { config: readConfig(environment), terminal, now: Date.now };
	const code = await serveHealth(context, flags, deadlineMs);
	return { code, said: said.join("\n") };
}

const running: { stop(): unknown }[] = [];

afterEach(async () => {
	for (const one of running.splice(0)) await one.stop();
});

async function start(host: string, options: Parameters<typeof TestServer.start>[0] = {}): Promise<Listening> {
	const { server } = await TestServer.start(options);
	const listening = listen(server, { host, port: 0 });
	running.push(listening);
	return listening;
}

/** Another program, which gives this answer to everything. */
function other(answer: (request: Request) => Response | Promise<Response>): string {
	const program = Bun.serve({ hostname: "127.0.0.1", port: 0, development: false, fetch: answer });
	running.push({ stop: () => program.stop(true) });
	return String(program.port);
}

/** A machine may have no IPv6. */
const HAS_IPV6 = (() => {
	try {
		void Bun.serve({ hostname: "::1", port: 0, fetch: () => new Response() }).stop(true);
		return true;
	} catch {
		return false;
	}
})();

describe("a server that is ready is found", () => {
	test.each([
		["127.0.0.1", "127.0.0.1"],
		["localhost", "localhost"],
		["0.0.0.0", "127.0.0.1"],
	])("where it listens on %s", async (host, asked) => {
		const { port } = await start(host);
		const { code, said } = await look({ HOST: host, PORT: String(port) });
		expect(said).toBe(`The server at ${asked}:${port} is ready.`);
		expect(code).toBe(0);
	});

	test.skipIf(!HAS_IPV6).each([["::1"], ["::"]])("where it listens on %s", async (host) => {
		const { port } = await start(host);
		const { code, said } = await look({ HOST: host, PORT: String(port) });
		expect(said).toBe(`The server at [::1]:${port} is ready.`);
		expect(code).toBe(0);
	});

	test("by flags, which go before the environment", async () => {
		const { port } = await start("127.0.0.1");
		const { code } = await look({ HOST: "192.0.2.1", PORT: "1" }, { host: "127.0.0.1", port: String(port) });
		expect(code).toBe(0);
	});

	test("whatever address people see it under", async () => {
		const { port } = await start("127.0.0.1");
		const seen = { PUBLIC_URL: "https://usage.example.com", TRUSTED_PROXIES: "127.0.0.1" };
		expect((await look({ ...seen, PORT: String(port) })).code).toBe(0);
	});
});

describe("it is not ready", () => {
	test("where nothing answers", async () => {
		const port = String(freePort());
		const { code, said } = await look({ PORT: port });
		expect(said).toBe(`The server at 127.0.0.1:${port} is not ready: nothing answers there.`);
		expect(code).toBe(1);
	});

	test("where its database does not answer", async () => {
		await inFolder(async (folder) => {
			const db = openSqlite(`${folder}/gone.db`);
			await db.close();
			const { port } = await start("127.0.0.1", { health: new HealthCheck(db, undefined) });
			const { code, said } = await look({ PORT: String(port) });
			expect(said).toContain("its database does not answer, or the disk is nearly full");
			expect(code).toBe(1);
		});
	});

	test("where it is about to stop", async () => {
		const busy = () => new Response("The server is busy.", { status: 503 });
		const { code, said } = await look({ PORT: other(busy) });
		expect(said).toContain("it has too much to do, or is about to stop");
		expect(code).toBe(1);
	});

	test.each<[string, () => Response]>([
		["says something else", () => new Response("hello")],
		["says more", () => new Response("ready, and open to all")],
		["says nothing", () => new Response(null)],
		["says it with another status", () => new Response("ready", { status: 404 })],
		["leads elsewhere", () => Response.redirect("http://127.0.0.1:1/readyz")],
		["has no end", () => new Response(endless())],
	])("where another program answers that %s", async (_, answer) => {
		const { code, said } = await look({ PORT: other(answer) });
		expect(said).toContain("another program answers there");
		expect(code).toBe(1);
	});

	test("where it takes longer than Docker waits", async () => {
		const never = Promise.withResolvers<Response>();
		const port = other(() => never.promise);
		const { code, said } = await look({ PORT: port }, {}, 50);
		never.resolve(new Response("ready"));
		expect(said).toContain("it did not answer within 0.05 s");
		expect(code).toBe(1);
	});

	test("where it begins to answer and does not end", async () => {
		const begins = () =>
			new Response(
				new ReadableStream({ start: (writer) => writer.enqueue(new TextEncoder().encode("rea")) }),
			);
		const { code, said } = await look({ PORT: other(begins) }, {}, 50);
		expect(said).toContain("it did not answer within 0.05 s");
		expect(code).toBe(1);
	});
});

test("nobody looks where the port is not known", async () => {
	for (const port of ["0", "http", "65536"]) {
		await expect(look({ PORT: port })).rejects.toMatchObject({ code: "invalid_config" });
	}
});

test("as a command it ends with 0 while the server runs and with 1 afterwards, and no proxy comes between", async () => {
	await inFolder(async (folder) => {
		const serve = ServeProcess.in(folder);
		await serve.start();
		const env = {
			PORT: String(serve.port),
			HTTP_PROXY: "http://127.0.0.1:1",
			http_proxy: "http://127.0.0.1:1",
		};
		const health = () => runCli(["serve", "--health"], { home: folder, env });
		expect(await health()).toEqual({
			code: 0,
			out: `The server at 127.0.0.1:${serve.port} is ready.\n`,
			err: "",
		});
		await serve.end("SIGTERM");
		expect(await health()).toMatchObject({ code: 1, out: "" });
	});
});

test("with --check it is wrong usage", async () => {
	await inFolder(async (home) => {
		expect((await runCli(["serve", "--health", "--check"], { home })).code).toBe(2);
	});
});

function endless(): ReadableStream<Uint8Array> {
	return new ReadableStream({ pull: (writer) => writer.enqueue(new Uint8Array(65_536).fill(120)) });
}

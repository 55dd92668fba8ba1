import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { mintKey } from "../../src/account/api-key.ts";
import { inHome, startCli } from "../support/run-cli.ts";

setDefaultTimeout(120_000);

type Served = { address: string; setup: string | undefined; err: string };

/** Runs `serve` in a home until `use` is done, ends it by SIGTERM, and gives what it printed and its exit code. */
async function serving(
	home: string,
	flags: readonly string[],
	env: Record<string, string>,
	use: (served: Served) => Promise<void>,
): Promise<{ code: number; out: string; err: string }> {
	const child = startCli(["serve", "--port", "0", ...flags], { home, env });
	const out = child.stdout.text();
	let err = "";
	const told = (async () => {
		for await (const chunk of child.stderr) err += Buffer.from(chunk).toString();
	})();
	while (!/answers at \S+ until/.test(err)) {
		if (child.exitCode !== null) throw new Error(`it ended: ${err}`);
		await Bun.sleep(20);
	}
	// What leads a newcomer follows at once.
	await Bun.sleep(100);
	const address = /answers at (\S+) until/.exec(err)?.[1] ?? "";
	try {
		await use({ address, setup: /http\S+\/setup\/\S+/.exec(err)?.[0], err });
	} finally {
		child.kill("SIGTERM");
	}
	const code = await child.exited;
	await told;
	return { code, out: await out, err };
}

describe("promptpulse serve", () => {
	test("leads a newcomer by its own words from the link to the first machine's usage", async () => {
		await inHome({}, async ({ home, cli }) => {
			const { code } = await serving(home, [], {}, async ({ address, setup = "", err }) => {
				expect(err).toContain("Nobody has an account yet.");
				expect(err).toContain(`promptpulse login --server ${address} --invite ${setup.split("/").at(-1)}`);
				const page = await fetch(setup);
				expect(page.status).toBe(200);
				const origin = { origin: address, "content-type": "application/x-www-form-urlencoded" };
				const made = await fetch(setup, { method: "POST", headers: origin, body: "username=ada" });
				const text = await made.text();
				const key = /pk_f[0-9A-Za-z]{38}/.exec(text)?.[0] ?? "";
				expect(text).toContain("promptpulse login");
				expect((await fetch(setup)).status).toBe(410);
				const login = await cli(["login", key, "--server", address, "--yes"]);
				expect(login.code).toBe(0);
				expect((await cli(["collect"])).code).toBe(0);
				const who = JSON.parse((await cli(["whoami", "--json"])).out);
				expect(JSON.stringify(who)).toContain("ada");
				const dashboard = await cli(["dashboard", "--no-open"]);
				const link = dashboard.out.trim();
				expect(link).toStartWith(`${address}/login/`);
				expect(link).not.toContain(key);
				const opened = await fetch(link, { redirect: "manual" });
				expect(opened.status).toBe(303);
				const cookie = opened.headers.get("set-cookie")?.split(";")[0] ?? "";
				const overview = await fetch(`${address}/`, { headers: { cookie } });
				expect(overview.status).toBe(200);
				expect((await fetch(link, { redirect: "manual" })).status).toBe(410);
			});
			expect(code).toBe(0);
			const again = await serving(home, [], {}, async ({ setup }) => expect(setup).toBeUndefined());
			expect(again.code).toBe(0);
		});
	});

	test("writes one JSON object an event, and no secret in it", async () => {
		await inHome({}, async ({ home, kept }) => {
			const key = mintKey("full");
			const env = { LOG_LEVEL: "debug", NODE_ENV: "production" };
			const { out } = await serving(home, [], env, async ({ address, setup = "" }) => {
				await fetch(setup);
				await fetch(`${address}/api/auth/validate?api_key=${key}`, { headers: { "x-api-key": key } });
				await fetch(`${address}/login/${"x".repeat(43)}`);
				await fetch(`${address}/no/such/%1b%5b31m/page?token=hunter2hunter2`);
			});
			const lines = out.trim().split("\n");
			const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
			expect(events.map(({ message }) => message)).toContain("listening");
			const requests = events.filter(({ message }) => message === "request");
			expect(requests.map(({ route, status }) => [route, status])).toEqual(
				expect.arrayContaining([
					["/setup/:code", 200],
					["/api/auth/validate", 401],
					["/login/:code", 410],
					["none", 404],
				]),
			);
			for (const event of requests) expect(event.requestId).toMatch(/^[0-9a-f-]{36}$/);
			expect(out).not.toContain(key);
			for (const secret of ["hunter2", "xxxxxxxx", "\u001b"]) expect(out).not.toContain(secret);
			expect(await Bun.file(join(kept, "server.db")).exists()).toBe(true);
		});
	});

	test("says where others could read keys on the way", async () => {
		await inHome({}, async ({ home }) => {
			const open = await serving(home, ["--host", "0.0.0.0"], {}, async () => {});
			expect(open.err).toContain("without encryption");
			const env = { PUBLIC_URL: "https://usage.example.com" };
			const behind = await serving(home, ["--host", "0.0.0.0"], env, async () => {});
			expect(behind.err).not.toContain("without encryption");
		});
	});

	test.each([
		[{ PORT: "70000" }, "PORT"],
		[{ PORT: "http" }, "PORT"],
		[{ REGISTRATION: "everyone" }, "REGISTRATION"],
		[{ LOG_LEVEL: "loud" }, "LOG_LEVEL"],
		[{ PUBLIC_URL: "usage.example.com" }, "PUBLIC_URL"],
		[{ PUBLIC_URL: "https://usage.example.com/path" }, "PUBLIC_URL"],
		[{ TRUSTED_PROXIES: "10.0.0.0/99" }, "TRUSTED_PROXIES"],
		[{ DATABASE_URL: "postgres://root:hunter2@localhost/usage" }, "DATABASE_URL"],
	])("--check names what is wrong: %j", async (env, name) => {
		await inHome({}, async ({ cli, kept }) => {
			const { code, out, err } = await cli(["serve", "--check"], { env });
			expect({ code, out }).toEqual({ code: 7, out: "" });
			expect(err).toContain(name);
			expect(err).not.toContain("hunter2");
			expect(await Bun.file(join(kept, "server.db")).exists()).toBe(false);
		});
	});

	test("--check says that all is well, and makes nothing", async () => {
		await inHome({}, async ({ cli, kept }) => {
			const { code, out } = await cli(["serve", "--check"]);
			expect(code).toBe(0);
			expect(out).toContain(join(kept, "server.db"));
			expect(await Bun.file(join(kept, "server.db")).exists()).toBe(false);
		});
	});

	test("on a port that is taken says so", async () => {
		const other = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
		await inHome({}, async ({ cli }) => {
			const { code, err } = await cli(["serve", "--port", String(other.port)]);
			expect(code).toBe(2);
			expect(err).toContain(`127.0.0.1:${other.port} cannot be listened on`);
		});
		await other.stop(true);
	});
});

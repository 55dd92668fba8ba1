import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mintKey } from "../../src/account/api-key.ts";
import { inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

type Shown = { path: string; settings: { name: string; value: string | null; source: string }[] };

test("user config show tells each setting and where it comes from, and of secrets only their ends", async () => {
	await inHome({}, async ({ cli, kept }) => {
		const [key, other] = [mintKey("full"), mintKey("ingest")];
		mkdirSync(kept, { mode: 0o700 });
		const login = {
			apiKey: key,
			userId: "u1",
			username: "ada",
			server: "https://usage.example.com",
			since: "2026-03-02T00:00:00.000Z",
		};
		writeFileSync(join(kept, "config.json"), JSON.stringify(login), { mode: 0o600 });
		const show = async (env: Record<string, string> = {}) => {
			const { code, out } = await cli(["user", "config", "show", "--json"], { env });
			expect(code).toBe(0);
			expect(out).not.toContain(key.slice(0, -8));
			expect(out).not.toContain(other.slice(0, -8));
			expect(out).not.toContain("hush");
			const { path, settings } = JSON.parse(out) as Shown;
			expect(path).toBe(join(kept, "config.json"));
			return (wanted: string) => settings.find(({ name }) => name === wanted);
		};
		const own = await show();
		expect(own("apiKey")).toEqual({ name: "apiKey", value: `…${key.slice(-8)}`, source: "config.json" });
		expect(own("server")).toMatchObject({ value: "https://usage.example.com", source: "config.json" });
		expect(own("since")).toMatchObject({ value: "2026-03-02T00:00:00.000Z", source: "config.json" });
		expect(own("email")).toMatchObject({ value: null, source: "default" });
		expect(own("projectPrivacy")).toMatchObject({ value: "basename", source: "default" });
		expect(own("machineLabel")).toMatchObject({ value: "laptop", source: "MACHINE_ID" });
		const over = await show({
			PROMPTPULSE_API_KEY: other,
			PROMPTPULSE_SERVER: "https://ada:hush@other.example.com/?key=hush",
			DATABASE_URL: "sqlitecloud://host:8860/db?apikey=hush",
			PROJECT_PATH_PRIVACY: "none",
		});
		expect(over("apiKey")).toMatchObject({ value: `…${other.slice(-8)}`, source: "PROMPTPULSE_API_KEY" });
		expect(over("server")).toMatchObject({
			value: "https://other.example.com",
			source: "PROMPTPULSE_SERVER",
		});
		expect(over("databaseUrl")).toMatchObject({
			value: "sqlitecloud://host:8860/db",
			source: "DATABASE_URL",
		});
		expect(over("projectPrivacy")).toMatchObject({ value: "none", source: "PROJECT_PATH_PRIVACY" });
		for (const wrong of ["sqlitecloud:/host?apikey=hush", "sqlitecloud:ada:hush@host", "host?apikey=hush"]) {
			const server = await show({ DATABASE_URL: wrong, RESEND_API_KEY: "re_hush_hush_12345678" });
			expect(server("databaseUrl")).toMatchObject({ value: "not an address" });
			expect(server("resendApiKey")).toMatchObject({ value: "…12345678", source: "RESEND_API_KEY" });
		}
		const path = "/srv/ada@home: all/server.db";
		expect((await show({ DATABASE_URL: path }))("databaseUrl")).toMatchObject({ value: path });
	});
});

test("user config show is a table for people, and makes nothing", async () => {
	await inHome({}, async ({ cli, kept }) => {
		const { code, out } = await cli(["user", "config", "show"]);
		expect(code).toBe(0);
		expect(out).toMatch(/^Setting +Value +From\n/);
		expect(out).toMatch(/\nprojectPrivacy +basename +default\n/);
		expect(existsSync(kept)).toBe(false);
	});
});

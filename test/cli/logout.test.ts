import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { inHome } from "../support/run-cli.ts";
import { KEY, withServer } from "../support/usage-server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

test("logout forgets the key and the server; usage and the machine's id stay", async () => {
	await withServer((server) =>
		inHome({ [MAIN]: [answer(0)] }, async ({ cli, kept, report }) => {
			const config = join(kept, "config.json");
			mkdirSync(kept, { mode: 0o700 });
			const login = { apiKey: KEY, userId: "account-1", username: "ada", server: server.address };
			writeFileSync(config, JSON.stringify(login), { mode: 0o600 });
			await cli(["collect"]);
			const machine = readFileSync(join(kept, "machine.json"), "utf8");
			const { code, out, err } = await cli(["logout"]);
			expect({ code, out }).toEqual({ code: 0, out: "" });
			expect(err).toContain("Logged out: the key is forgotten.");
			expect(existsSync(config)).toBe(false);
			expect(readFileSync(join(kept, "machine.json"), "utf8")).toBe(machine);
			expect((await report("daily")).totals.responses).toBe(1);
			const collected = await cli(["collect"]);
			expect(collected.code).toBe(0);
			expect(collected.err).toContain("Usage stays on this machine");
			writeFileSync(config, JSON.stringify(login), { mode: 0o600 });
			expect((await cli(["collect"])).out).toContain("has everything");
			expect(server.received).toHaveLength(1);
		}),
	);
});

test("logout without a login says so, and what the environment still says", async () => {
	await inHome({}, async ({ cli, kept }) => {
		const { code, err } = await cli(["logout"], { env: { PROMPTPULSE_API_KEY: "a-key" } });
		expect(code).toBe(0);
		expect(err).toBe(
			"This machine is not logged in.\nPROMPTPULSE_API_KEY is set, and is used as long as it is: unset it, too.\n",
		);
		expect(existsSync(kept)).toBe(false);
	});
});

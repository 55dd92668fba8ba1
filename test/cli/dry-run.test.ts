import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { bodiesIn } from "../support/recording-server.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";
import { KEY, type UsageServer, withServer } from "../support/usage-server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const TRANSCRIPTS = {
	[MAIN]: [answer(0), answer(1, { branch: "dev" })],
	"-home-dev-secret-tool/other.jsonl": [answer(2, { cwd: "/home/dev/secret/tool", session: "other" })],
};

async function loggedIn(
	use: (home: CliHome, server: UsageServer, env: Record<string, string>) => Promise<void>,
): Promise<void> {
	await withServer((server) =>
		inHome(TRANSCRIPTS, (home) =>
			use(home, server, { PROMPTPULSE_SERVER: server.address, PROMPTPULSE_API_KEY: KEY }),
		),
	);
}

describe("collect --dry-run", () => {
	test("with --json prints exactly what a collect sends then, and sends nothing itself", async () => {
		await loggedIn(async ({ cli }, server, env) => {
			for (const setting of ["basename", "full", "hash", "none"]) {
				const under = { env: { ...env, PROJECT_PATH_PRIVACY: setting } };
				const before = server.received.length;
				const { code, out, err } = await cli(["collect", "--dry-run", "--json", "--resend"], under);
				expect({ code, err }).toEqual({ code: 0, err: "Nothing was sent.\n" });
				expect(server.received).toHaveLength(before);
				await cli(["collect", "--resend"], under);
				const sent = server.received.slice(before).map(({ json }) => json);
				expect(sent).toHaveLength(1);
				expect(bodiesIn(out)).toEqual(sent);
			}
		});
	});

	test("prints nothing of what the server has", async () => {
		await loggedIn(async ({ cli }, server, env) => {
			await cli(["collect"], { env });
			const asked = server.asked.length;
			expect((await cli(["collect", "--dry-run", "--json"], { env })).out).toBe("[\n]\n");
			const { out } = await cli(["collect", "--dry-run"], { env });
			expect(out).toBe(`Would be sent  Nothing: 127.0.0.1:${server.port} has everything.\n`);
			expect(server.asked).toHaveLength(asked);
		});
	});

	test("tells people how much, and which names, with a login or without one", async () => {
		await loggedIn(async ({ cli, kept }, server, env) => {
			const alone = await cli(["collect", "--dry-run"]);
			expect(alone.code).toBe(0);
			expect(alone.out).toContain("if this machine were logged in");
			expect(alone.out).toMatch(/\nProjects +app, tool \(PROJECT_PATH_PRIVACY is basename\)\n/);
			expect(alone.out).not.toContain("secret");
			expect(JSON.parse((await cli(["collect", "--dry-run", "--json"])).out)[0].events).toHaveLength(3);
			const { out } = await cli(["collect", "--dry-run"], { env });
			expect(out).toMatch(new RegExp(`^Would be sent +3 responses of .+ to 127.0.0.1:${server.port}\\n`));
			expect(server.asked).toEqual([]);
			expect(existsSync(join(kept, "last-run.json"))).toBe(false);
		});
	});
});

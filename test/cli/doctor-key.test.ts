import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { judgeClock, judgeVersion } from "../../src/cli/doctor/server-checks.ts";
import { answer, MAIN } from "../support/answers.ts";
import { emptyPath, logIn } from "../support/doctor.ts";
import { inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const TRANSCRIPTS = { [MAIN]: [answer(1)] };

describe("a key", () => {
	test("is in nothing that the doctor says, whatever a server sends back", async () => {
		const key = "pk_marker-of-a-key-0123456789abcdef";
		const echo = (request: Request) => {
			const shown = `${request.headers.get("x-api-key")} ${key}`;
			const headers = { date: shown, "x-echo": shown };
			if (new URL(request.url).pathname === "/health") {
				const health = { status: "healthy", timestamp: shown, version: `1.2.3-${key}`, oldestClient: key };
				return Response.json(health, { headers });
			}
			return Response.json({ user: { id: key, username: shown, email: shown } }, { headers });
		};
		const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: echo });
		await inHome(TRANSCRIPTS, async (home) => {
			const { kept } = home;
			const address = `http://127.0.0.1:${server.port}`;
			for (const isKept of [true, false]) {
				logIn(home, isKept ? { apiKey: key, server: address } : {});
				const env: Record<string, string> = isKept
					? {}
					: { PROMPTPULSE_API_KEY: key, PROMPTPULSE_SERVER: address };
				await home.cli(["collect", "--quiet"], { env });
				for (const words of [[], ["--json"], ["--fix"], ["--fix", "--json"]]) {
					const { out, err } = await home.cli(["doctor", ...words], {
						env: { PATH: emptyPath(home.home), ...env },
					});
					expect(out).toContain("127.0.0.1");
					expect(out + err).not.toContain("marker-of-a-key");
				}
			}
			writeFileSync(join(kept, "config.json"), `{"apiKey": "${key}", `, { mode: 0o600 });
			const { out, err } = await home.cli(["doctor", "--json"]);
			expect(out + err).not.toContain("marker-of-a-key");
		});
		await server.stop(true);
	});
});

describe("how clocks and versions are judged", () => {
	test.each([
		[0, "passed"],
		[5 * 60_000, "passed"],
		[-5 * 60_000, "passed"],
		[5 * 60_000 + 1, "failed"],
		[-5 * 60_000 - 1, "failed"],
		[undefined, "passed"],
	] as const)("%p ms: %s", (behindMs, state) => expect(judgeClock({ behindMs }).state).toBe(state));

	test.each([
		["1.2.3", "1.2.3", "passed"],
		["1.10.0", "1.9.0", "passed"],
		["1.9.0", "1.10.0", "failed"],
		["1.9.0", undefined, "passed"],
	] as const)("%s, where %p is the oldest: %s", (here, oldestClient, state) => {
		expect(judgeVersion({ version: "2.0.0", oldestClient, behindMs: 0 }, here).state).toBe(state);
	});
});

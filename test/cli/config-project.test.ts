import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { runAtTerminal } from "../support/at-terminal.ts";
import { bodiesIn, type RecordingServer, withRecordingServer } from "../support/recording-server.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const SECRET = "/home/dev/secret";
const TRANSCRIPTS = {
	[MAIN]: [answer(0), answer(1, { branch: "dev" })],
	"-home-dev-secret-tool/other.jsonl": [
		answer(2, { cwd: `${SECRET}/tool`, session: "other", branch: "hush" }),
	],
};

async function loggedIn(use: (home: CliHome, served: RecordingServer) => Promise<void>): Promise<void> {
	await withRecordingServer((served) => inHome(TRANSCRIPTS, (home) => use(home, served)));
}

describe("config project --ignore", () => {
	test("keeps usage here, shown and never sent, and says so", async () => {
		await loggedIn(async ({ cli, report, kept }, { env, host, takeBodies }) => {
			expect(await cli(["config", "project", SECRET, "--ignore"])).toEqual({
				code: 0,
				out: "",
				err: `From now on ${SECRET} stays on this machine, with all that lies below.\n`,
			});
			const dry = await cli(["collect", "--dry-run", "--json"], { env });
			expect(dry.err).toBe("1 response of ignored projects stays here.\nNothing was sent.\n");
			const { out } = await cli(["collect"], { env });
			expect(out).toEndWith(
				`\n${host}: 2 responses sent, 0 others known already.\n1 response of ignored projects stays here.\n`,
			);
			const bodies = takeBodies();
			expect(bodies).toEqual(bodiesIn(dry.out));
			for (const kind of ["daily", "session", "blocks"]) await cli(["collect", "-g", kind], { env });
			bodies.push(...takeBodies());
			expect(bodies).toHaveLength(4);
			expect(bodies.join()).not.toMatch(/secret|tool|other|hush|hash_2/);
			expect((await report("project")).totals.responses).toBe(3);
			expect((await cli(["status"], { env })).out).toMatch(
				/\nIgnored +1 response of ignored projects stays here\.\n/,
			);
			expect((await cli(["verify"], { env })).code).toBe(0);
			expect(statSync(join(kept, "config.json")).mode & 0o777).toBe(
				process.platform === "win32" ? 0o666 : 0o600,
			);
			expect(await cli(["config", "project", `${SECRET}/`, "--clear"])).toEqual({
				code: 0,
				out: "",
				err: `The rule for ${SECRET} is forgotten.\nWhat stayed here meanwhile is sent by promptpulse collect --resend.\n`,
			});
			expect((await cli(["collect", "--resend"], { env })).out).toContain(
				"1 response sent, 2 others known already.",
			);
		});
	});

	test("says what has been sent already, and what is not there", async () => {
		await loggedIn(async ({ cli }, { env }) => {
			await cli(["collect"], { env });
			expect((await cli(["config", "project", SECRET, "--ignore"])).err).toEndWith(
				"\n1 response of it was sent before and stays at the server; its page of projects can leave the project out of lists.\n",
			);
			expect((await cli(["config", "project", "/home/dev/app", "--alias", "shop"])).err).toBe(
				"From now on /home/dev/app leaves as shop, with all that lies below.\n2 responses of it were sent before under another name; promptpulse collect --resend gives them this one.\n",
			);
			expect((await cli(["config", "project", "/home/dev/none", "--ignore"])).err).toEndWith(
				"\nNo project that is kept here lies there yet.\n",
			);
		});
	});
});

test("an alias is what leaves, whatever the setting", async () => {
	await loggedIn(async ({ cli }, { env, takeBodies }) => {
		await cli(["config", "project", SECRET, "--alias", "client x"]);
		for (const setting of ["none", "hash", "full"]) {
			const under = { env: { ...env, PROJECT_PATH_PRIVACY: setting } };
			const dry = await cli(["collect", "--dry-run", "--json", "--resend"], under);
			await cli(["collect", "--resend"], under);
			const [body = ""] = takeBodies();
			expect([body]).toEqual(bodiesIn(dry.out));
			expect(JSON.parse(body).events[2].project).toBe("client x");
			expect(body).not.toContain("secret");
		}
	});
});

test("rules are listed, with hostile names neutral", async () => {
	await inHome({}, async ({ cli, home, kept }) => {
		expect(await cli(["config", "project", "--list"])).toEqual({
			code: 0,
			out: "",
			err: "No project has a rule of its own.\n",
		});
		await cli(["config", "project", "a/../secret", "--ignore"], { cwd: home });
		await cli(["config", "project", "~/client", "--alias", "\u202ex"]);
		const rules = [
			{ path: join(home, "client"), alias: "\u202ex" },
			{ path: join(home, "secret"), ignore: true },
		];
		expect(JSON.parse((await cli(["config", "project", "--list", "--json"])).out)).toEqual({
			projects: rules,
		});
		expect(JSON.parse((await cli(["config", "list", "--json"])).out).projects).toEqual(rules);
		for (const words of [
			["config", "project"],
			["config", "list"],
			["user", "config", "show"],
		]) {
			const { out } = await cli(words);
			expect(out).toContain(`${join(home, "secret")}  stays on this machine`);
			expect(out).not.toContain("\u202e");
		}
		writeFileSync(join(kept, "config.json"), '{"projects":{"/\\u001b[31m":{}}}', { mode: 0o600 });
		const { code, err } = await cli(["config", "project", "--list"]);
		expect(code).toBe(7);
		expect(err).not.toContain("\u001b");
	});
});

test.each([
	[["/a"]],
	[["--ignore"]],
	[["--alias", "x"]],
	[["/a", "--ignore", "--alias", "x"]],
	[["/a", "--ignore", "--clear"]],
	[["/a", "--list"]],
	[["/a", "--ignore", "--json"]],
	[["/a", "--alias", " "]],
	[["/a", "--alias", "a\nb"]],
	[["", "--ignore"]],
	[["/a", "/b", "--ignore"]],
])("config project %j is wrong usage and changes nothing", async (words) => {
	await inHome({}, async ({ cli, kept }) => {
		const { code, err, out } = await cli(["config", "project", ...words]);
		expect({ code, out }).toEqual({ code: 2, out: "" });
		expect(err.trim()).not.toBe("");
		expect(() => readFileSync(join(kept, "config.json"))).toThrow("ENOENT");
	});
});

test("a rule that is not understood lets nothing leave, and costs nothing of what is collected", async () => {
	await loggedIn(async ({ cli, kept, report }, { env, recorded }) => {
		await cli(["collect", "--no-push"]);
		writeFileSync(join(kept, "config.json"), '{"projects":{"/home/dev/secret":{"ignored":true}}}', {
			mode: 0o600,
		});
		for (const words of [["collect"], ["collect", "-g", "daily"], ["collect", "--dry-run"], ["verify"]]) {
			expect((await cli(words, { env })).code).toBe(7);
		}
		expect(recorded).toEqual([]);
		expect((await report("daily")).totals.responses).toBe(3);
	});
});

test.each([40, 200])("rules fit a terminal of %d columns", async (columns) => {
	await inHome({}, async ({ cli, home }) => {
		const path = `/srv/${"deep/".repeat(8)}secret`;
		await cli(["config", "project", path, "--ignore"]);
		const words = ["config", "project", "--list"];
		const { code, screen } = await runAtTerminal(words, { home, env: { NO_COLOR: "1" } }, [], columns);
		expect(code).toBe(0);
		const lines = screen.trimEnd().split(/\r?\n/);
		expect(lines).toHaveLength(2);
		for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
		expect(lines[1]).toEndWith("stays on this machine");
		expect(lines[1]).toContain(columns === 200 ? path : "secret");
	});
});

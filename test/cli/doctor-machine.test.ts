import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ALL_CHECKS } from "../../src/cli/doctor/all-checks.ts";
import { answer, MAIN } from "../support/answers.ts";
import { emptyPath, examine } from "../support/doctor.ts";
import { AS_ORDINARY_USER, inHome, runCli } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** One that fits the default period, however old the other lines of tests are. */
const TODAY = new Date().toISOString();
const TRANSCRIPTS = { [MAIN]: [answer(1, { timestamp: TODAY }), answer(2, { timestamp: TODAY })] };

/** What every file below a folder looks like. */
function looksOf(folder: string): Record<string, unknown> {
	const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
	return Object.fromEntries(
		names.map((name) => {
			const path = join(folder, name);
			const stats = lstatSync(path);
			const text = stats.isFile() ? readFileSync(path, "latin1") : "";
			return [name, { mode: stats.mode, modified: stats.mtimeMs, text: Bun.hash(text) }];
		}),
	);
}

describe("promptpulse doctor", () => {
	test("tells a new user what to do first, and makes nothing", async () => {
		await inHome({}, async (home) => {
			const told = await examine(home);
			expect({ code: told.code, err: told.err, failing: told.failing }).toEqual({
				code: 0,
				err: "",
				failing: [],
			});
			expect(told.of("home")).toEqual({
				check: "home",
				state: "warning",
				found: `${home.kept} is not there yet.`,
				why: expect.stringContaining("kept in this folder"),
				mend: "Run promptpulse collect: it makes the folder and begins to keep.",
			});
			expect(told.of("key").found).toBe("Not logged in, nothing to check: usage stays on this machine.");
			expect(told.of("Claude directories")).toMatchObject({ state: "warning" });
			expect(existsSync(home.kept)).toBe(false);
		});
	});

	test("finds nothing wrong where all is well, and counts its checks", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			await home.cli(["collect", "--quiet"]);
			const told = await examine(home);
			expect(told.checks.map(({ check }) => check)).toEqual(ALL_CHECKS.map(({ name }) => name));
			expect(told.checks.filter(({ state }) => state !== "passed").map(({ check }) => check)).toEqual([
				"schedule",
			]);
			expect(told).toMatchObject({
				code: 0,
				passed: ALL_CHECKS.length - 1,
				warnings: 1,
				failed: 0,
				fixed: [],
			});
			expect(told.of("program")).toEqual({
				check: "program",
				state: "passed",
				found: expect.stringMatching(/^promptpulse \d+\.\d+\.\d+ for /),
				why: null,
				mend: null,
			});
			expect(told.of("SQLite").found).toMatch(/^3\.\d+\.\d+$/);
			expect(told.of("ledger").found).toMatch(/^2 responses since \d{4}-\d\d-\d\d, 1 MB, whole, schema \d+$/);
			expect(told.of("Claude directories").found).toContain(`${home.home}/.claude: 1 transcript`);
			expect(told.of("Claude's clean-up").found).toContain("kept for 30 days; all is collected");
			expect(told.of("last collect").state).toBe("passed");
		});
	});

	test("changes nothing in the home, whether a writer left something beside the ledger or not", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			await home.cli(["collect", "--quiet"]);
			const before = looksOf(home.kept);
			await examine(home);
			expect(looksOf(home.kept)).toEqual(before);
		});
	});

	test("tells people each check in a line, and beside trouble why it matters and what to do", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			await home.cli(["collect", "--quiet"]);
			rmSync(join(home.kept, "machine.json"));
			writeFileSync(join(home.kept, "machine.json"), "{}", { mode: 0o600 });
			const { code, out, err } = await home.cli(["doctor"], { env: { PATH: emptyPath(home.home) } });
			expect({ code, err }).toEqual({ code: 1, err: "" });
			expect(out).toContain("✓ config.json           There is none: nothing is set, nobody is logged in.\n");
			expect(out).toMatch(/^✗ machine id {12}\S+machine\.json has no machine id in it\.$/m);
			expect(out).toContain("                        Move it away: a new id is made");
			expect(out).toMatch(/^Of \d+ checks \d+ passed: 1 failed, 1 warning\.$/m);
		});
	});

	test("leaves no check out because of another one's trouble", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			await home.cli(["collect", "--quiet"]);
			for (const name of ["config.json", "ledger.db", "machine.json", "last-run.json", "prices.json"]) {
				writeFileSync(join(home.kept, name), "\0 not what it should be {", { mode: 0o600 });
			}
			for (const beside of ["ledger.db-wal", "ledger.db-shm"])
				rmSync(join(home.kept, beside), { force: true });
			writeFileSync(join(home.home, ".claude/settings.json"), "{ not json");
			const told = await examine(home);
			expect(told.code).toBe(1);
			expect(told.checks).toHaveLength(ALL_CHECKS.length);
			expect(told.failing).toEqual(["machine id", "config.json", "key", "ledger", "models without price"]);
		});
	});

	test("does not wait for pipes that lie where files should", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			mkdirSync(home.kept, { mode: 0o700 });
			const pipes = [
				"config.json",
				"ledger.db",
				"machine.json",
				"last-run.json",
				"prices.json",
				"secret.json",
			];
			for (const name of pipes) Bun.spawnSync(["mkfifo", "-m", "600", join(home.kept, name)]);
			Bun.spawnSync(["mkfifo", join(home.home, ".claude/settings.json")]);
			const told = await examine(home, [], { env: { PROJECT_PATH_PRIVACY: "hash" } });
			expect(told.checks).toHaveLength(ALL_CHECKS.length);
			expect(told.failing).toContain("files in it");
			expect(told.failing).toContain("ledger");
		});
	});

	test.if(AS_ORDINARY_USER !== undefined)("looks at a home that cannot be written", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			await home.cli(["collect", "--quiet"]);
			Bun.spawnSync(["chmod", "500", home.kept]);
			const told = await examine(home, [], { through: AS_ORDINARY_USER });
			Bun.spawnSync(["chmod", "700", home.kept]);
			expect(told.failing).toEqual(["home"]);
			expect(told.of("home").found).toBe(`${home.kept} cannot be written (EACCES).`);
			expect(told.of("ledger").state).toBe("passed");
		});
	});

	test("goes on when the home is deleted under it", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			await home.cli(["collect", "--quiet"]);
			const running = examine(home);
			rmSync(home.kept, { recursive: true });
			expect((await running).checks).toHaveLength(ALL_CHECKS.length);
			expect(existsSync(home.kept)).toBe(false);
		});
	});

	test("is read on a terminal of 40 columns", async () => {
		await inHome({}, async ({ home }) => {
			let screen = "";
			const decoder = new TextDecoder();
			const preload = ["--no-env-file", join(import.meta.dir, "../../src/main.ts")];
			const child = Bun.spawn([process.execPath, ...preload, "doctor"], {
				cwd: home,
				env: {
					HOME: home,
					PATH: emptyPath(home),
					TZ: "UTC",
					TERM: "xterm",
					NO_COLOR: "1",
					MACHINE_ID: "laptop",
				},
				terminal: {
					cols: 40,
					rows: 50,
					data(_terminal, bytes) {
						screen += decoder.decode(bytes, { stream: true });
					},
				},
			});
			expect(await child.exited).toBe(0);
			child.terminal?.close();
			const lines = Bun.stripANSI(screen).split(/\r?\n|\r/);
			const long = lines.filter((line) => Bun.stringWidth(line) > 40);
			// A path stays whole, for somebody may copy it.
			expect(long.filter((line) => line.trim().includes(" "))).toEqual([]);
			expect(lines).toContain("✓ files in it");
			expect(lines).toContain("  None yet.");
		});
	});

	test("shows no name that could move the cursor or turn the text around", async () => {
		const evil = "\x1b[2J\u202eevil\x07\u2028";
		const hostile = { [MAIN]: [answer(1, { model: `claude-${evil}`, timestamp: TODAY })] };
		await inHome(hostile, async (home) => {
			await home.cli(["collect", "--quiet"]);
			const claude = join(home.home, `named ${evil}`);
			const env = { CLAUDE_CONFIG_DIR: `${home.home}/.claude,${claude}`, PATH: emptyPath(home.home) };
			const people = await home.cli(["doctor"], { env });
			const { out } = await home.cli(["doctor", "--json"], { env });
			// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come.
			const moving = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028]/;
			expect(people.out).not.toMatch(moving);
			expect(out).not.toMatch(moving);
			expect(JSON.stringify(JSON.parse(out))).not.toMatch(/\\u001b|\\u0007/);
			expect(people.out).toContain("[2Jevil");
		});
	});

	test.each([
		["--quick", "--quick belongs to --database"],
		["--fix --database x.db", "--fix mends what is wrong on this machine"],
	])("does not take %s", async (words, sentence) => {
		await inHome({}, async ({ home }) => {
			const { code, out, err } = await runCli(["doctor", ...words.split(" ")], { home });
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toContain(sentence);
		});
	});
});

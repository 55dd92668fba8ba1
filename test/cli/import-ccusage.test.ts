import { describe, expect, test } from "bun:test";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { homeAt } from "../../src/collector/home.ts";
import { holdLock } from "../../src/ledger/sqlite.ts";
import { answer, MAIN } from "../support/answers.ts";
import { CTRL_C, ENTER, runAtTerminal, runWithInput } from "../support/at-terminal.ts";
import { ccusageFile, ccusageOutput } from "../support/importing.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { AS_ORDINARY_USER, type CliHome, inHome } from "../support/run-cli.ts";

const DAILY = ccusageFile("v18-daily");
/** Usage of the first of the two days that the file tells. */
const FIRST_DAY = { [MAIN]: [answer(1, { timestamp: "2026-03-02T12:00:00.000Z" })] };

/** Days that are shown, and what is reported of them. */
async function daysOf({ report }: CliHome): Promise<[string, unknown, unknown][]> {
	const { daily = [] } = await report("daily", "--no-collect");
	return daily.map(({ date, reported, totalTokens }) => [String(date), reported, totalTokens]);
}

const TAKEN: [string, unknown, unknown][] = [
	["2026-03-02", true, 134_828],
	["2026-03-03", true, 45_432],
];

describe("promptpulse import ccusage", () => {
	test("shows what it would take, and takes nothing", async () => {
		await inHome({}, async (home) => {
			const { code, out, err } = await home.cli(["import", "ccusage", DAILY, "--dry-run"]);
			expect({ code, err }).toEqual({ code: 0, err: "Nothing was taken.\n" });
			expect(out).toContain("2 days from 2026-03-02 to 2026-03-03: 180K tokens, $0.22");
			expect(out).toContain("2 are new.");
			expect(out).toMatch(/Models +opus-4, sonnet-4/);
			expect(out).toMatch(/Machine +laptop/);
			expect(await daysOf(home)).toEqual([]);
		});
	});

	test("takes them where it is told to, and marks them wherever they are shown", async () => {
		await inHome({}, async (home) => {
			const { code, err } = await home.cli(["import", "ccusage", DAILY, "--yes"]);
			expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("are kept on this machine") });
			expect(await daysOf(home)).toEqual(TAKEN);
		});
	});

	test("takes nothing without a word, where nobody can be asked", async () => {
		await inHome({}, async (home) => {
			for (const flags of [[], ["--json"]]) {
				const { code, out, err } = await home.cli(["import", "ccusage", DAILY, ...flags]);
				expect({ code, out }).toEqual({ code: 2, out: "" });
				expect(err).toContain("--dry-run");
			}
			const missing = await home.cli(["import", "ccusage", "/nowhere/usage.json"]);
			expect(missing.code).toBe(2);
			expect(missing.err).toStartWith("/nowhere/usage.json was not taken. There is no such file.");
			expect(missing.err).not.toContain("--yes");
			expect(await daysOf(home)).toEqual([]);
		});
	});

	test("collects first, so that it can tell what counts nothing", async () => {
		await inHome(FIRST_DAY, async (home) => {
			const { out } = await home.cli(["import", "ccusage", DAILY, "--yes", "--json"]);
			expect(JSON.parse(out)).toMatchObject({
				file: DAILY,
				source: "ccusage",
				taken: true,
				days: {
					rows: 2,
					from: "2026-03-02",
					to: "2026-03-03",
					added: 2,
					superseded: 1,
					totalTokens: 180_260,
				},
				sessions: { rows: 0, from: null },
				machines: ["laptop"],
				models: ["claude-opus-4-20250514", "claude-sonnet-4-20250514"],
				leftOut: {},
				notes: [],
			});
			expect((await daysOf(home)).map(([day, reported]) => [day, reported])).toEqual([
				["2026-03-02", undefined],
				["2026-03-03", true],
			]);
		});
	});

	test("says of another machine's name that no machine has it", async () => {
		await inHome(FIRST_DAY, async (home) => {
			const { code, err } = await home.cli([
				"import",
				"ccusage",
				DAILY,
				"--yes",
				"--machine",
				"desk\u202etop",
			]);
			expect(code).toBe(0);
			expect(err).toContain("No machine that is known here is called desktop");
			expect(await daysOf(home)).toEqual([["2026-03-02", undefined, expect.any(Number)], ...TAKEN]);
			const { daily } = await home.report("daily", "--machine", "desk\u202etop");
			expect(daily).toHaveLength(2);
		});
	});

	test("does nothing the second time", async () => {
		await inHome({}, async ({ cli }) => {
			await cli(["import", "ccusage", DAILY, "--yes"]);
			const { code, out, err } = await cli(["import", "ccusage", DAILY, "--yes"]);
			expect({ code, err }).toEqual({ code: 0, err: "There is nothing to take that is not here already.\n" });
			expect(out).toContain("2 are there already.");
		});
	});

	test("reads the standard input", async () => {
		await inHome({}, async (home) => {
			const { code } = await runWithInput(
				["import", "ccusage", "-", "--yes"],
				home,
				readFileSync(DAILY, "utf8"),
			);
			expect(code).toBe(0);
			expect(await daysOf(home)).toEqual(TAKEN);
			const bad = await runWithInput(["import", "ccusage", "-", "--yes"], home, "{");
			expect({ code: bad.code, out: bad.out }).toEqual({ code: 2, out: "" });
			expect(bad.err).toStartWith("The standard input was not taken: it is not whole JSON.");
		});
	});

	test("takes or leaves a file as a whole", async () => {
		await inHome({}, async (home) => {
			const odd = ccusageOutput("v20-sections");
			odd.session[1].inputTokens = -1;
			const path = join(home.home, "odd.json");
			writeFileSync(path, JSON.stringify(odd));
			const { code, out, err } = await home.cli(["import", "ccusage", path, "--yes"]);
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toContain("odd.json was not taken: $.session[1].inputTokens is not a whole number");
			expect((await home.cli(["import", "list", "--json"])).out).toBe('{\n  "imports": []\n}\n');
		});
	});

	test("killed on the way has taken all or nothing", async () => {
		await inHome({}, async (home) => {
			await home.cli(["collect"]);
			const program = fromSourcesAfter("dying-at-commit.ts");
			let killed = 0;
			for (let commit = 1; commit < 20; commit++) {
				const env = { DIE_AT_COMMIT: `${commit}` };
				const { code } = await home.cli(["import", "ccusage", ccusageFile("v20-sections"), "--yes"], {
					program,
					env,
				});
				const { imports } = JSON.parse((await home.cli(["import", "list", "--json"])).out);
				if (code === 0) {
					expect(imports).toMatchObject([{ days: 1, sessions: 3 }]);
					break;
				}
				expect({ code, imports }).toEqual({ code: 137, imports: [] });
				killed++;
			}
			expect(killed).toBeGreaterThan(0);
		});
	});

	test("two at once leave what one would", async () => {
		await inHome({}, async (home) => {
			const names = ["v18-daily", "v20-sections", "v20-claude-daily", "v18-blocks"];
			const runs = await Promise.all(
				names.map((name) => home.cli(["import", "ccusage", ccusageFile(name), "--yes"])),
			);
			// Whoever came while another one collected was told so.
			expect(runs.every(({ code }) => code === 0 || code === 8)).toBe(true);
			for (const name of names) {
				expect((await home.cli(["import", "ccusage", ccusageFile(name), "--yes"])).code).toBe(0);
			}
			expect(await daysOf(home)).toEqual(TAKEN);
		});
	});

	test("neutralizes names on the screen", async () => {
		await inHome({}, async (home) => {
			const odd = ccusageOutput("v18-daily");
			odd.daily[0].modelsUsed = ["\x1b[31mred\u202e\nline"];
			const path = join(home.home, "\x1b[2Jodd\u202e.json");
			writeFileSync(path, JSON.stringify(odd));
			const { out, err } = await home.cli(["import", "ccusage", path, "--yes"]);
			const report = await home.cli(["report", "daily"]);
			const bad = await home.cli(["import", "ccusage", `${path}.not`, "--yes"]);
			const unknown = join(home.home, "unknown.json");
			writeFileSync(unknown, JSON.stringify({ "\x1b[31m\u202e": 1 }));
			const shape = await home.cli(["import", "ccusage", unknown, "--yes"]);
			for (const text of [out, err, report.out, bad.err, shape.err]) {
				expect(text).not.toContain("\x1b");
				expect(text).not.toContain("\u202e");
			}
			expect(out).toContain("[31mredline");
		});
	});

	test.if(AS_ORDINARY_USER !== undefined)(
		"a home that cannot be written keeps nothing, and says so",
		async () => {
			await inHome({}, async (home) => {
				await home.cli(["collect"]);
				chmodSync(join(home.kept, "ledger.db"), 0o400);
				chmodSync(home.kept, 0o500);
				const { code, err } = await home.cli(["import", "ccusage", DAILY, "--yes"], {
					through: AS_ORDINARY_USER,
				});
				chmodSync(home.kept, 0o700);
				expect({ code, err }).toEqual({ code: 7, err: expect.not.stringContaining("are kept") });
			});
		},
	);

	test("says that the next collect sends them where usage goes to a server", async () => {
		await inHome({}, async (home) => {
			const env = { PROMPTPULSE_SERVER: "https://usage.example.com" };
			const { err } = await home.cli(["import", "ccusage", DAILY, "--yes"], { env });
			expect(err).toContain("The next promptpulse collect sends them to usage.example.com.");
		});
	});
});

describe("at a terminal, promptpulse import ccusage", () => {
	const asks = "Take these totals?";

	test("asks, and takes them", async () => {
		await inHome({}, async (home) => {
			const { code, screen } = await runAtTerminal(["import", "ccusage", DAILY], home, [[asks, "y"]]);
			expect(code).toBe(0);
			expect(screen.indexOf("2 days from 2026-03-02")).toBeLessThan(screen.indexOf(asks));
			expect(await daysOf(home)).toEqual(TAKEN);
			// What is there already is nothing to be asked about.
			const again = await runAtTerminal(["import", "ccusage", DAILY], home, []);
			expect(again.screen).toContain("There is nothing to take that is not here already.");
		});
	});

	test("takes nothing from who says no, or nothing, or leaves", async () => {
		await inHome({}, async (home) => {
			for (const [typed, code] of [
				["n", 0],
				[ENTER, 0],
				[CTRL_C, 130],
			] as const) {
				const run = await runAtTerminal(["import", "ccusage", DAILY], home, [[asks, typed]]);
				expect(run.code).toBe(code);
			}
			expect(await daysOf(home)).toEqual([]);
		});
	});
});

describe("promptpulse import list and remove", () => {
	test("show and take out again what was imported, but not while a collect may be sending it", async () => {
		await inHome({}, async (home) => {
			expect((await home.cli(["import", "list"])).err).toBe("Nothing was imported yet.\n");
			await home.cli(["import", "ccusage", DAILY, "--yes"]);
			await home.cli(["import", "ccusage", DAILY, "--yes", "--machine", "desktop"]);
			const { out } = await home.cli(["import", "list"]);
			expect(out).toMatch(/ccusage +desktop +2026-03-02 to 2026-03-03 +2 of 2/);
			const { imports } = JSON.parse((await home.cli(["import", "list", "--json"])).out);
			expect(imports).toMatchObject([
				{ source: "ccusage", machine: "desktop", days: 2, countingDays: 2, totalCost: 0.222312 },
				{ source: "ccusage", machine: "laptop", from: "2026-03-02", to: "2026-03-03" },
			]);
			expect((await home.cli(["import", "remove", "ccusage"])).code).toBe(2);
			const release = holdLock(homeAt(home.kept).lock);
			expect((await home.cli(["import", "remove", "ccusage", "--yes"])).code).toBe(8);
			release?.();
			const one = await home.cli(["import", "remove", "ccusage", "--machine", "desktop", "--yes"]);
			expect(one.out).toBe(
				"What was imported from ccusage of desktop is removed: 2 days, 0 sessions, 0 blocks.\n",
			);
			expect(await daysOf(home)).toEqual(TAKEN);
			const rest = await runAtTerminal(["import", "remove", "ccusage"], home, [
				["Remove what was imported", "y"],
			]);
			expect(rest.code).toBe(0);
			expect(await daysOf(home)).toEqual([]);
			expect((await home.cli(["import", "remove", "ccusage", "--yes"])).err).toBe(
				"Nothing was imported from ccusage.\n",
			);
			expect((await home.cli(["import", "remove", "upload", "--yes"])).code).toBe(2);
		});
	});
});

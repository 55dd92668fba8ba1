import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GROUPING_NAMES } from "../../src/cli/report/grouping-names.ts";
import { GROUPINGS } from "../../src/cli/report/groupings.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { VERSION } from "../../src/version.ts";
import { answer, MAIN } from "../support/answers.ts";
import { type CliHome, homeIn, inHome } from "../support/run-cli.ts";
import { writeTranscripts } from "../support/transcript.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** 11 + 20 + 30 + 40 tokens of Sonnet 4.5, 5-minute writes. */
const COST_OF_FIRST = (11 * 3 + 20 * 15 + 30 * 3.75 + 40 * 0.3) / 1e6;
const COST_OF_SECOND = (12 * 5 + 20 * 25 + 30 * 6.25 + 40 * 0.5) / 1e6;

const ANSWERS = [
	answer(1, { timestamp: "2026-03-01T23:30:00.000Z" }),
	answer(2, { timestamp: "2026-03-02T10:30:00.000Z", model: "claude-opus-4-5", branch: "dev" }),
	answer(3, { timestamp: "2026-03-02T10:45:00.000Z", model: "gpt-99", line: { costUSD: 0.5 } }),
];

let it: CliHome;

/** One home for all tests that only ask. */
beforeAll(() => {
	it = homeIn(realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-"))));
	writeTranscripts(it.projects, { [MAIN]: ANSWERS });
});

afterAll(() => rmSync(it.home, { recursive: true }));

describe("promptpulse", () => {
	test("alone shows today, lately and ever, and nothing on stderr", async () => {
		const { code, out, err } = await it.cli([]);
		expect({ code, err }).toEqual({ code: 0, err: "" });
		expect(out).toMatch(/^ +Cost +Tokens +Responses\nToday +\$0\.00 +0 +0\n/);
		expect(out).toMatch(/\nEver +≥ \$0\.00 +306 +3\n/);
		expect(out).toContain("Estimate at list price, not a bill. Days of UTC.");
		expect(out).toContain("1 response has no known price");
	});

	test("alone tells programs the same", async () => {
		const { code, out, err } = await it.cli(["--json"]);
		expect({ code, err }).toEqual({ code: 0, err: "" });
		const { today, allTime, models, projects, activeBlock } = JSON.parse(out);
		expect(today.responses).toBe(0);
		expect(allTime).toMatchObject({ responses: 3, unpricedResponses: 1, totalTokens: 306 });
		expect(models).toHaveLength(3);
		expect(projects).toMatchObject([{ project: "/home/dev/app", responses: 3 }]);
		expect(activeBlock).toBeNull();
	});

	test("counts what was used a minute ago in every stretch of time, and shows the block that is running", async () => {
		const now = Date.now();
		const minutesAgo = (n: number) => new Date(now - n * 60_000).toISOString();
		const lines = [answer(1, { timestamp: minutesAgo(2) }), answer(2, { timestamp: minutesAgo(1) })];
		await inHome({ [MAIN]: lines }, async ({ cli }) => {
			const { out } = await cli([]);
			expect(out).toMatch(
				/Running block {2}\d\d:00 to \d\d:00, \d h \d\d min left, \$0\.00 so far, \$\d\.\d\d at/,
			);
			const json = await cli(["summary", "--json", "--no-collect", "--timezone", zoneAtNoon(now)]);
			const { activeBlock, ...lists } = JSON.parse(json.out);
			for (const stretch of ["today", "last7Days", "last30Days", "allTime"]) {
				expect(lists[stretch]).toMatchObject({ responses: 2, totalTokens: 203 });
			}
			expect(activeBlock).toMatchObject({ isActive: true, entries: 2, totalTokens: 203 });
			expect(activeBlock.burnRate.tokensPerMinute).toBe(203);
		});
	});

	test("--version is the version and nothing else", async () => {
		expect(await it.cli(["--version"])).toEqual({ code: 0, out: `${VERSION}\n`, err: "" });
		expect(await it.cli(["-V"])).toEqual({ code: 0, out: `${VERSION}\n`, err: "" });
	});

	test("--help starts with examples and tells the exit codes, and each command has its own", async () => {
		const { code, out, err } = await it.cli(["--help"]);
		expect({ code, err }).toEqual({ code: 0, err: "" });
		expect(out).toStartWith("Examples:\n  promptpulse ");
		expect(out).toContain("Usage: promptpulse [options] [command]");
		expect(out).toMatch(/Exit codes:\n +0 .*\n +1 .*\n +2 /);
		for (const command of ["summary", "collect", "report", "migrate"]) {
			const help = await it.cli([command, "--help"]);
			expect(help.out).toContain(`Usage: promptpulse ${command}`);
			expect(help.code).toBe(0);
			expect(await it.cli(["help", command])).toEqual(help);
		}
		expect(await it.cli(["help"])).toEqual({ code, out, err });
		expect((await it.cli(["help", "config", "set"])).out).toContain("Usage: promptpulse config set");
	});
});

describe("promptpulse collect", () => {
	test("says what it found, once", async () => {
		await inHome({ [MAIN]: [...ANSWERS, ANSWERS[0] ?? ""] }, async ({ cli, kept }) => {
			expect(await cli(["collect", "--no-push"])).toEqual({
				code: 0,
				out:
					"laptop: 1 transcript, 1 file with something new (1 MB read).\n" +
					"3 new responses, 0 known ones updated, 1 repeated line dropped.\n",
				err: "",
			});
			expect((await cli(["collect"])).out).toBe("laptop: 1 transcript, nothing new (0 MB read).\n");
			expect((await cli(["collect", "--full"])).out).toContain("0 new responses");
			expect(existsSync(join(kept, "ledger.db"))).toBe(true);
		});
	});

	test("tells programs, or nobody", async () => {
		await inHome({ [MAIN]: ANSWERS }, async ({ cli }) => {
			expect(await cli(["collect", "--quiet"])).toEqual({ code: 0, out: "", err: "" });
			const { out, err } = await cli(["collect", "--json", "--full", "--no-push"]);
			expect(err).toBe("");
			expect(JSON.parse(out)).toMatchObject({
				machine: "laptop",
				files: 1,
				sightings: 3,
				stored: 0,
				duplicates: 3,
				unreadable: [],
			});
		});
	});

	test("says where it looked where there is nothing", async () => {
		await inHome({}, async ({ home, cli }) => {
			for (const command of [["collect"], ["report"], []]) {
				const { code, out } = await cli(command);
				expect(code).toBe(0);
				expect(out).toContain(join(home, ".config/claude/projects"));
				expect(out).toContain(join(home, ".claude/projects"));
				expect(out).toContain("CLAUDE_CONFIG_DIR");
			}
			const elsewhere = await cli(["collect"], { claude: "/no/where,~/neither" });
			expect(elsewhere.out).toContain("/no/where/projects");
			expect(elsewhere.out).toContain(join(home, "neither/projects"));
			expect(elsewhere.out).not.toContain(".claude/");
		});
	});
});

describe("promptpulse report", () => {
	test("is daily unless told otherwise", async () => {
		const { code, out, err } = await it.cli(["report"]);
		expect({ code, err }).toEqual({ code: 0, err: "" });
		expect(out.split("\n").slice(0, 4)).toEqual([
			"Day         Models            Input  Output  Cache write  Cache read  Tokens     Cost",
			"2026-03-01  sonnet-4-5           11      20           30          40     101    $0.00",
			"2026-03-02  opus-4-5, gpt-99     25      40           60          80     205  ≥ $0.00",
			"Total                            36      60           90         120     306  ≥ $0.00",
		]);
	});

	test.each(GROUPING_NAMES)("by %s is a table for people and JSON for programs", async (name) => {
		const { list, titles, hasTotals } = GROUPINGS[name];
		const people = await it.cli(["report", name]);
		expect({ code: people.code, err: people.err }).toEqual({ code: 0, err: "" });
		expect(people.out).toStartWith(titles[0].text);
		expect(people.out).toContain("\nTotal ");
		const json = await it.report(name);
		expect(Object.keys(json)).toEqual(hasTotals ? [list, "totals"] : [list]);
		const responses = json[list]?.reduce((sum, { responses }) => sum + Number(responses), 0);
		expect(responses).toBe(3);
		if (hasTotals) expect(json.totals).toMatchObject({ responses: 3, totalTokens: 306 });
	});

	test("keeps to --since and --until, in days of --timezone", async () => {
		const daysOf = async (...flags: string[]) =>
			(await it.report("daily", ...flags)).daily?.map(({ date, responses }) => [date, responses]);
		expect(await daysOf("--since", "2026-03-02")).toEqual([["2026-03-02", 2]]);
		expect(await daysOf("--until", "20260301")).toEqual([["2026-03-01", 1]]);
		expect(await daysOf("--timezone", "Europe/Berlin")).toEqual([["2026-03-02", 3]]);
		expect(await daysOf("--timezone", "America/Los_Angeles", "--until=2026-03-01")).toEqual([
			["2026-03-01", 1],
		]);
		expect(await daysOf("--since", "2026-03-03")).toEqual([]);
		expect((await it.cli(["report", "--since", "2026-03-03"])).out).toBe("No usage from 2026-03-03.\n");
	});

	test("takes costs from where --mode says", async () => {
		const costOf = async (mode: string) => (await it.report("daily", "--mode", mode)).totals;
		const calculated = Number((COST_OF_FIRST + COST_OF_SECOND).toFixed(9));
		expect(await costOf("calculate")).toMatchObject({ totalCost: calculated, unpricedResponses: 1 });
		expect(await costOf("auto")).toMatchObject({
			totalCost: Number((calculated + 0.5).toFixed(9)),
			unpricedResponses: 0,
		});
		expect(await costOf("display")).toMatchObject({ totalCost: 0.5, unpricedResponses: 0 });
	});

	test("reads no transcript with --no-collect", async () => {
		await inHome({ [MAIN]: ANSWERS }, async ({ report, kept }) => {
			expect((await report("daily", "--no-collect")).totals.responses).toBe(0);
			expect((await report("daily")).totals.responses).toBe(3);
			expect(existsSync(join(kept, "ledger.db"))).toBe(true);
		});
	});
});

describe("prices.json of the person", () => {
	const own = (models: object) => JSON.stringify({ models });
	const flat = (usd: number) => ({
		input: usd,
		output: usd,
		cacheWrite5m: usd,
		cacheWrite1h: usd,
		cacheRead: usd,
	});

	test("wins over the built-in prices, and prices what had none from then on", async () => {
		await inHome({ [MAIN]: ANSWERS }, async ({ cli, report, kept }) => {
			await cli(["collect"]);
			writeFileSync(join(kept, "prices.json"), own({ "gpt-99": flat(1), "claude-opus-4-5": flat(2) }));
			const { out } = await cli(["collect"]);
			expect(out).toContain("1 response had no price before and has one now.");
			const calculated = Number((COST_OF_FIRST + COST_OF_SECOND + 103 / 1e6).toFixed(9));
			expect((await report("daily")).totals).toMatchObject({
				totalCost: calculated,
				unpricedResponses: 0,
			});
			expect((await cli(["migrate", "--reprice"])).out).toContain(
				"1 response of 3 cost something else now: $0.00 became $0.00.",
			);
			const repriced = Number((COST_OF_FIRST + (2 * 102 + 103) / 1e6).toFixed(9));
			expect((await report("daily")).totals.totalCost).toBe(repriced);
		});
	});
});

describe("promptpulse migrate", () => {
	test("makes a ledger, and says nothing else", async () => {
		await inHome({}, async ({ cli, kept }) => {
			expect(await cli(["migrate"])).toEqual({
				code: 0,
				out: `${join(kept, "ledger.db")} has the newest schema.\n`,
				err: "",
			});
		});
	});

	test("--rebuild makes lost and wrong sums anew", async () => {
		await inHome({ [MAIN]: ANSWERS }, async ({ cli, report, kept }) => {
			const before = await report("daily");
			const db = openSqlite(join(kept, "ledger.db"));
			await db.run("delete from model_days");
			await db.run("update usage_slots set input = input + 1");
			await db.run("delete from blocks");
			await db.close();
			expect((await report("daily")).daily).toEqual([]);
			const { code, out, err } = await cli(["migrate", "--rebuild"]);
			expect({ code, err }).toEqual({ code: 0, err: "" });
			expect(out).toContain("All sums were made anew from the events.");
			expect(await report("daily")).toEqual(before);
			expect((await report("blocks")).blocks).toHaveLength(3);
			expect((await report("daily", "--timezone", "Asia/Tokyo")).totals).toEqual(before.totals);
		});
	});
});

/** A zone in which it is about noon, so that no midnight comes between two moments of a test. */
function zoneAtNoon(now: number): string {
	const behind = new Date(now).getUTCHours() - 12;
	return `Etc/GMT${behind < 0 ? "" : "+"}${behind}`;
}

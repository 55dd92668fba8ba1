import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	chmodSync,
	mkdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { findCleanUp } from "../../src/transcripts/claude-settings.ts";
import { answer, MAIN } from "../support/answers.ts";
import { type Examined, examine } from "../support/doctor.ts";
import { AS_ORDINARY_USER, type CliHome, inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const DAY_S = 86_400;
const LINES = [answer(1, { timestamp: new Date().toISOString() })];

describe("the doctor, of transcripts", () => {
	/** Makes the transcript look as if it had been written so many days ago. */
	async function agedBy(
		days: number,
		settings: string | undefined,
		use: (told: Examined, home: CliHome) => void,
		isCollected = false,
	): Promise<void> {
		await inHome({ [MAIN]: LINES }, async (home) => {
			if (settings !== undefined) writeFileSync(join(home.home, ".claude/settings.json"), settings);
			const at = Date.now() / 1000 - days * DAY_S;
			utimesSync(join(home.projects, MAIN), at, at);
			if (isCollected) await home.cli(["collect", "--quiet"]);
			use(await examine(home), home);
		});
	}
	const NAME = "Claude's clean-up";
	const days = (count: number) => JSON.stringify({ theme: "dark", cleanupPeriodDays: count });

	test.each([
		[
			"fresh, and nothing set",
			1,
			undefined,
			"passed",
			/kept for 30 days; the oldest that is not collected goes in 2[89] days$/,
		],
		["soon to go", 28, undefined, "warning", /goes in [12] days?\.$/],
		[
			"overdue",
			31,
			undefined,
			"failed",
			/kept for 30 days, and a transcript that is not collected is older\.$/,
		],
		["overdue by a setting", 6, days(5), "failed", /kept for 5 days \(\S+settings\.json\), and a transcript/],
		["safe by a setting", 100, days(365), "passed", /kept for 365 days \(\S+settings\.json\); the oldest/],
		["never written", 0, days(0), "failed", /cleanupPeriodDays is 0 in \S+settings\.json/],
		[
			"of a setting that is none",
			0,
			'{"cleanupPeriodDays": "long"}',
			"warning",
			/cleanupPeriodDays that is no number/,
		],
		["of settings that are no JSON", 0, "{", "warning", /settings\.json is not valid JSON/],
	] as const)("that is %s", async (_what, age, settings, state, found) => {
		await agedBy(age, settings, (told) => {
			expect(told.of(NAME)).toMatchObject({ state, found: expect.stringMatching(found) });
			expect(told.of(NAME).mend === null).toBe(state === "passed");
		});
	});

	test("that is collected goes without harm, but a short time is warned of", async () => {
		await agedBy(40, undefined, (told) => expect(told.of(NAME).state).toBe("passed"), true);
		await agedBy(0, days(3), (told) => expect(told.of(NAME).mend).toContain("Set cleanupPeriodDays"), true);
	});

	test("fails where no collect has run for as long as transcripts are kept", async () => {
		await inHome({ [MAIN]: LINES }, async (home) => {
			await home.cli(["collect", "--quiet"]);
			const ledger = join(home.kept, "ledger.db");
			const path = join(home.kept, "last-run.json");
			const before = new Date(Date.now() - 40 * DAY_S * 1000).toISOString();
			const run = { ...JSON.parse(readFileSync(path, "utf8")), finishedAt: before, lastSuccessAt: before };
			writeFileSync(path, JSON.stringify(run), { mode: 0o600 });
			const at = Date.now() / 1000 - 40 * DAY_S;
			utimesSync(ledger, at, at);
			const told = await examine(home);
			expect(told.failing).toEqual([NAME]);
			expect(told.of(NAME).found).toContain("and the last collect was 40 days ago.");
			// Reports collect too, and leave no other note.
			utimesSync(ledger, Date.now() / 1000, Date.now() / 1000);
			expect((await examine(home)).failing).toEqual([]);
		});
	});

	test("counts them directory by directory, and tells those that are named and not there", async () => {
		await inHome({ [MAIN]: LINES }, async (home) => {
			const { home: folder } = home;
			const env = { CLAUDE_CONFIG_DIR: ` ${folder}/.claude , ${folder}/gone,${folder}/.claude/` };
			const told = await examine(home, [], { env });
			expect(told.failing).toEqual(["Claude directories"]);
			expect(told.of("Claude directories").found).toBe(
				`${folder}/.claude: 1 transcript; ${folder}/gone: no transcripts there`,
			);
			expect((await examine(home)).of("Claude directories")).toMatchObject({
				state: "passed",
				found: `${folder}/.config/claude: no transcripts there; ${folder}/.claude: 1 transcript`,
			});
		});
	});

	test.if(AS_ORDINARY_USER !== undefined)("tells files and folders that cannot be read", async () => {
		const others = { "-home-dev-b/x.jsonl": LINES, "-home-dev-c/y.jsonl": LINES };
		await inHome({ [MAIN]: LINES, ...others }, async (home) => {
			const [file, folder] = [join(home.projects, MAIN), join(home.projects, "-home-dev-b")];
			chmodSync(file, 0);
			chmodSync(folder, 0);
			const told = await examine(home, ["--fix"], { through: AS_ORDINARY_USER });
			chmodSync(folder, 0o700);
			expect(told.failing).toEqual(["unreadable files"]);
			expect(told.of("unreadable files")).toMatchObject({
				found: `2 files or folders: ${folder} (EACCES), ${file} (EACCES)`,
				mend: "Give yourself the right to read them (chmod u+rX), and run promptpulse collect.",
			});
			expect(statSync(file).mode & 0o777).toBe(0);
		});
	});

	test("warns of links that are not followed", async () => {
		await inHome({ [MAIN]: LINES }, async (home) => {
			const [outside, link] = [join(home.home, "outside"), join(home.projects, "-link")];
			mkdirSync(outside);
			symlinkSync(outside, link);
			expect((await examine(home)).of("unreadable files")).toMatchObject({
				state: "warning",
				found: `None, but links out of the transcripts are not followed: ${link}`,
			});
		});
	});

	test("takes what holds for the machine before all, and else the shortest time", () => {
		const settings = (path: string, days: unknown) => ({ path, fields: { cleanupPeriodDays: days } });
		const [own, local, managed] = [settings("own", 90), settings("local", 20), settings("managed", 60)];
		expect(findCleanUp([own, local], "managed")).toEqual({ days: 20, from: "local" });
		expect(findCleanUp([own, local, managed], "managed")).toEqual({ days: 60, from: "managed" });
		expect(findCleanUp([settings("own", "long")], "managed")).toEqual({ days: 30, from: undefined });
	});
});

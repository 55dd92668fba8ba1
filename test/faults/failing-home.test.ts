import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openLedger } from "../../src/ledger/open.ts";
import { answer, MAIN } from "../support/answers.ts";
import { withDatabase } from "../support/database-files.ts";
import { countNaively } from "../support/naive-count.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { Random } from "../support/random.ts";
import { countByReports } from "../support/reports.ts";
import { type CliHome, type CliResult, inHome } from "../support/run-cli.ts";
import { forSeeds, isFull, PATIENCE, runs } from "../support/runs.ts";
import { collectFrom, NOW } from "../support/scan.ts";
import { writeTranscripts } from "../support/transcript.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(Math.max(PATIENCE, 120_000));

const OTHER = "-home-dev-web/22222222-2222-4222-8222-222222222222.jsonl";
const BEFORE = 200;
const ALL = 400;

function answers(from: number, to: number): string[] {
	return Array.from({ length: to - from }, (_, n) => answer(from + n, { session: `session-${n % 20}` }));
}

/** Brings a home's own ledger to date, in which everything has to be sound and to count once. */
async function expectNextCollectWhole({ kept, home, projects }: CliHome): Promise<void> {
	mkdirSync(kept, { recursive: true });
	await withDatabase(
		() => openLedger(join(kept, "ledger.db"), NOW),
		async (db) => {
			expect(await db.all<object>("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
			const { scan } = await collectFrom(db, join(home, ".claude"));
			expect({ unreadable: scan.unreadable, skipped: scan.skipped }).toEqual({ unreadable: [], skipped: {} });
			const naive = countNaively(projects);
			expect(await countByReports(db, naive.lines)).toEqual(naive);
		},
	);
}

/** The homes that a fault meets: none, and one that has usage already, with more in the transcripts. */
const HOMES: [string, (home: CliHome) => Promise<void>][] = [
	[
		"for the first time",
		async ({ projects }) =>
			writeTranscripts(projects, { [MAIN]: answers(0, BEFORE), [OTHER]: answers(BEFORE, ALL) }),
	],
	[
		"for another time",
		async ({ projects, cli }) => {
			writeTranscripts(projects, { [MAIN]: answers(0, BEFORE) });
			expect((await cli(["collect"])).code).toBe(0);
			writeTranscripts(projects, { [OTHER]: answers(BEFORE, ALL) });
		},
	],
];

/** Lets a home be as it was, as often as is wanted. */
async function inSameHome(
	make: (home: CliHome) => Promise<void>,
	use: (home: CliHome, reset: () => void) => Promise<void>,
): Promise<void> {
	await inHome({}, async (home) => {
		await make(home);
		const saved = join(home.home, "saved");
		if (existsSync(home.kept)) cpSync(home.kept, saved, { recursive: true });
		await use(home, () => {
			rmSync(home.kept, { recursive: true, force: true });
			if (existsSync(saved)) cpSync(saved, home.kept, { recursive: true });
		});
	});
}

/** Whole sentences, each on its line, and no stack. */
const SENTENCES = /^(?:[~/A-Z].*\.\n)+$/;

function expectTold({ code, err }: CliResult): void {
	if (code === 0) return;
	expect(err).toMatch(SENTENCES);
	expect([6, 7]).toContain(code);
}

describe("a call of the file system that fails", () => {
	const program = fromSourcesAfter("failing-files.ts");
	const codes = ["EIO", "ENOSPC", "EACCES", "EMFILE"];

	test.each(HOMES)(
		"ends a collect %s with a sentence, whichever it is, and the next one counts all",
		(_, make) =>
			inSameHome(make, async (home, reset) => {
				const count = join(home.home, "count");
				const collect = (call: number, code: string) => {
					reset();
					const env = { FAIL_CALL: String(call), FAIL_CODE: code, FAIL_COUNT: count };
					return home.cli(["collect", "--quiet"], { program, env });
				};
				expect(await collect(0, "")).toEqual({ code: 0, out: "", err: "" });
				const calls = Number(readFileSync(count, "utf8"));
				expect(calls).toBeGreaterThan(10);
				// A thorough run has each call with each code, any other one every third call with one of them.
				const [tried, step] = isFull ? [calls * codes.length, 1] : [Math.ceil(calls / 3), 3];
				await forSeeds(tried, async (seed) => {
					const code = codes[(seed + Math.floor(seed / calls)) % codes.length] ?? "";
					expectTold(await collect(1 + ((seed * step) % calls), code));
					await expectNextCollectWhole(home);
				});
			}),
	);
});

if (Bun.which("prlimit")) {
	describe("a disk that takes no more from some byte on", () => {
		test.each(HOMES)(
			"is told by a collect %s, leaves a report what there is, and with room all is counted",
			(what, make) =>
				inSameHome(make, async (home, reset) => {
					const known = what === "for the first time" ? 0 : BEFORE;
					const sizes = [0, 1, 100, 4_096, 8_192, 40_000];
					await forSeeds(runs(10, 200).numRuns, async (seed) => {
						reset();
						const size = sizes[seed - 1] ?? new Random(seed).integer(0, 500_000);
						const through = ["prlimit", `--fsize=${size}`];
						const collected = await home.cli(["collect", "--quiet"], { through });
						expectTold(collected);
						if (collected.code !== 0) {
							expect(collected.code).toBe(7);
							expect(collected.err).toContain("cannot be written (");
							expect(collected.err).toContain("Check that the disk has room");
						}
						const report = await home.cli(["report", "--json"], { through });
						expect({ ...report, out: "" }).toEqual({ code: 0, out: "", err: report.err });
						const { responses } = JSON.parse(report.out).totals;
						expect([known, ALL]).toContain(responses);
						if (responses === known)
							expect(report.err).toContain("These are the figures up to the last collect.");
						await expectNextCollectWhole(home);
					});
				}),
		);

		test.each([0, 60_000])(
			"leaves nothing of a first collect that a report would trip over: %d",
			async (size) => {
				await inHome({ [MAIN]: answers(0, ALL) }, async (home) => {
					const through = ["prlimit", `--fsize=${size}`];
					expect((await home.cli(["collect"], { through })).code).toBe(7);
					const { code, out, err } = await home.cli(["report", "--json"], { through });
					expect({ code, responses: JSON.parse(out).totals.responses }).toEqual({ code: 0, responses: ALL });
					expect(err).toContain("These are the figures of the transcripts alone; nothing was kept.");
					const unread = await home.cli(["report", "--json", "--no-collect"], { through });
					expect({ code: unread.code, err: unread.err }).toEqual({ code: 0, err: "" });
					expect(JSON.parse(unread.out).totals.responses).toBe(0);
					await expectNextCollectWhole(home);
				});
			},
		);
	});
}

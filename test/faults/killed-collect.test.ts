import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "../../src/ledger/database.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { answer } from "../support/answers.ts";
import { withDatabase } from "../support/database-files.ts";
import { dumpLedger } from "../support/ledger.ts";
import { countNaively } from "../support/naive-count.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";
import { Random } from "../support/random.ts";
import { countByReports } from "../support/reports.ts";
import { type CliHome, inHome, startCli } from "../support/run-cli.ts";
import { PATIENCE, runs } from "../support/runs.ts";
import { NOW } from "../support/scan.ts";

setDefaultTimeout(Math.max(PATIENCE, 120_000));

const ANSWERS_EACH = 300;
/** In a thorough run so many that a collect writes more than once. */
const SESSIONS = runs(10, 80).numRuns;

function manyTranscripts(): Record<string, string[]> {
	const files = Array.from({ length: SESSIONS }, (_, s) => {
		const lines = Array.from({ length: ANSWERS_EACH }, (__, n) => {
			const timestamp = new Date(Date.UTC(2026, 2, 1 + (n % 28), s % 24, n % 60)).toISOString();
			return answer(s * ANSWERS_EACH + n, {
				session: `session-${s}`,
				timestamp,
				usage: { output_tokens: n },
			});
		});
		return [`-home-dev-app/session-${s}.jsonl`, lines];
	});
	return Object.fromEntries(files);
}

function inLedger<Result>({ kept }: CliHome, use: (db: Database) => Promise<Result>): Promise<Result> {
	return withDatabase(() => openLedger(join(kept, "ledger.db"), NOW), use);
}

/** Starts a collect and kills it after `ms`, if it is still there then. */
async function killAfter({ home }: CliHome, ms: number): Promise<void> {
	const child = startCli(["collect", "--quiet"], { home });
	await Bun.sleep(ms);
	child.kill("SIGKILL");
	await child.exited;
}

async function expectSound(db: Database): Promise<void> {
	expect(await db.all<object>("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
	const dump = await dumpLedger(db);
	expect(rollupsOf(dump)).toEqual(countRollups(dump.events, "UTC"));
}

test("a collect that is killed at any moment leaves a sound ledger and no lock, and the next one counts all", async () => {
	await inHome(manyTranscripts(), async (home) => {
		const expected = countNaively(home.projects);
		const random = new Random(runs(10).numRuns);
		const started = performance.now();
		expect((await home.cli(["collect"])).code).toBe(0);
		const whole = performance.now() - started;
		for (let kills = 0; kills < runs(10, 50).numRuns; ) {
			rmSync(home.kept, { recursive: true });
			for (let again = random.integer(1, 3); again > 0; again--, kills++) {
				await killAfter(home, random.next() * whole);
				if (existsSync(join(home.kept, "ledger.db"))) await inLedger(home, expectSound);
			}
			expect(await home.cli(["collect", "--quiet"])).toEqual({ code: 0, out: "", err: "" });
			await inLedger(home, async (db) => {
				expect(await countByReports(db, expected.lines)).toEqual(expected);
			});
		}
		await inLedger(home, expectSound);
	});
});

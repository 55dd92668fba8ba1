import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openLedger } from "../../src/ledger/open.ts";
import { answer } from "../support/answers.ts";
import { withDatabase } from "../support/database-files.ts";
import { countNaively } from "../support/naive-count.ts";
import { Random } from "../support/random.ts";
import { countByReports } from "../support/reports.ts";
import { inHome, startCli } from "../support/run-cli.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";
import { NOW } from "../support/scan.ts";
import { writeTranscripts } from "../support/transcript.ts";

setDefaultTimeout(Math.max(PATIENCE, 120_000));

const SESSIONS = Array.from({ length: 10 }, (_, n) => `session-${n}`);

function transcripts(answersEach: number): Record<string, string[]> {
	const files = SESSIONS.map((session, s) => [
		`-home-dev-app/${session}.jsonl`,
		Array.from({ length: answersEach }, (_, n) => answer(s * 1_000 + n, { session })),
	]);
	return Object.fromEntries(files);
}

test("a home that is deleted or moved away at any moment of a collect is made anew, and the next collect counts all", async () => {
	await inHome(transcripts(200), async (home) => {
		const started = performance.now();
		expect((await home.cli(["collect"])).code).toBe(0);
		const whole = performance.now() - started;
		const expected = countNaively(home.projects);
		await forSeeds(runs(8, 80).numRuns, async (seed) => {
			const random = new Random(seed);
			if (random.next() < 0.5) rmSync(home.kept, { recursive: true, force: true });
			const child = startCli(["collect", "--quiet"], { home: home.home });
			await Bun.sleep(random.next() * whole);
			if (random.next() < 0.5) rmSync(home.kept, { recursive: true, force: true });
			else if (existsSync(home.kept)) renameSync(home.kept, join(home.home, `away-${seed}`));
			const err = await child.stderr.text();
			const code = await child.exited;
			expect(err).toMatch(code === 0 ? /^$/ : /^(?:\/.*\.\n)(?:[A-Z].*\.\n)+$/);
			expect([0, 1, 7]).toContain(code);
			expect(await home.cli(["collect", "--quiet"])).toEqual({ code: 0, out: "", err: "" });
			await withDatabase(
				() => openLedger(join(home.kept, "ledger.db"), NOW),
				async (db) => expect(await countByReports(db, expected.lines)).toEqual(expected),
			);
		});
	});
});

test("a home that is gone between two collects is as a new one: what the transcripts have is counted once", async () => {
	await inHome(transcripts(2), async (home) => {
		expect((await home.cli(["collect"])).code).toBe(0);
		rmSync(home.kept, { recursive: true });
		writeTranscripts(home.projects, { "-home-dev-app/later.jsonl": [answer(99_999, { session: "later" })] });
		expect((await home.report("daily")).totals.responses).toBe(2 * SESSIONS.length + 1);
		rmSync(join(home.kept, "ledger.db"));
		expect((await home.report("daily")).totals.responses).toBe(2 * SESSIONS.length + 1);
		rmSync(join(home.kept, "machine.json"));
		expect((await home.report("daily")).totals.responses).toBe(2 * SESSIONS.length + 1);
	});
});

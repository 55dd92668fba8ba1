import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Home, homeAt } from "../../src/collector/home.ts";
import { type Outcome, readLastRun, saveLastRun } from "../../src/collector/last-run.ts";
import type { Trigger } from "../../src/collector/triggers.ts";
import { inFolder, NOW } from "../support/scan.ts";

const SECOND = 1_000;

/** Notes a run that began at this second and took one. */
function note(home: Home, second: number, outcome: Outcome, trigger: Trigger = "hook"): void {
	const startedAt = NOW + second * SECOND;
	saveLastRun(home, { startedAt, finishedAt: startedAt + SECOND }, trigger, outcome);
}

function inHomeFolder(use: (home: Home) => void): Promise<void> {
	return inFolder(async (folder) => use(homeAt(folder)));
}

describe("the note of the last run", () => {
	test("has its times in ISO, who began it, and what it came to", async () => {
		await inHomeFolder((home) => {
			note(home, 0, { exitCode: 0, files: 3, stored: 2, skipped: { bad_json: 1 }, push: { sent: 2 } });
			const expected = {
				startedAt: "2026-12-01T00:00:00.000Z",
				finishedAt: "2026-12-01T00:00:01.000Z",
				trigger: "hook",
				exitCode: 0,
				files: 3,
				stored: 2,
				skipped: { bad_json: 1 },
				push: { sent: 2 },
				lastSuccessAt: "2026-12-01T00:00:01.000Z",
			};
			expect(JSON.parse(readFileSync(home.lastRun, "utf8"))).toEqual(expected);
			expect(readLastRun(home)).toEqual(expected as never);
		});
	});

	test.each([0, 5, 6])("that ended with %d is a success", async (exitCode) => {
		await inHomeFolder((home) => {
			note(home, 0, { exitCode: 0 });
			note(home, 60, { exitCode });
			expect(readLastRun(home)).toMatchObject({ exitCode, lastSuccessAt: "2026-12-01T00:01:01.000Z" });
		});
	});

	test.each([1, 3, 4, 7])(
		"that ended with %d keeps the success before it, run after run",
		async (exitCode) => {
			await inHomeFolder((home) => {
				note(home, 0, { exitCode: 0 });
				for (const second of [60, 120]) note(home, second, { exitCode, error: "It went wrong." });
				expect(readLastRun(home)).toMatchObject({
					finishedAt: "2026-12-01T00:02:01.000Z",
					exitCode,
					error: "It went wrong.",
					lastSuccessAt: "2026-12-01T00:00:01.000Z",
				});
			});
		},
	);

	test("that failed with none before it knows of no success", async () => {
		await inHomeFolder((home) => {
			note(home, 0, { exitCode: 4 });
			expect(readLastRun(home)?.exitCode).toBe(4);
			expect(readLastRun(home)).not.toHaveProperty("lastSuccessAt");
		});
	});

	test("remembers when the scheduler last ran one, well or not, whatever ran since", async () => {
		await inHomeFolder((home) => {
			note(home, 0, { exitCode: 0 });
			expect(readLastRun(home)).not.toHaveProperty("lastScheduledAt");
			note(home, 60, { exitCode: 4 }, "schedule");
			for (const second of [120, 180]) note(home, second, { exitCode: 0 }, "manual");
			expect(readLastRun(home)).toMatchObject({
				trigger: "manual",
				lastScheduledAt: "2026-12-01T00:01:01.000Z",
			});
			note(home, 240, { exitCode: 0 }, "schedule");
			expect(readLastRun(home)).toMatchObject({ lastScheduledAt: "2026-12-01T00:04:01.000Z" });
		});
	});

	test("is its owner's alone, and nothing lies beside it", async () => {
		await inHomeFolder((home) => {
			note(home, 0, { exitCode: 0 });
			expect(readdirSync(home.path)).toEqual(["last-run.json"]);
			if (process.platform !== "win32") expect(statSync(home.lastRun).mode & 0o777).toBe(0o600);
		});
	});
});

const SOUND = {
	startedAt: "2026-12-01T00:00:00.000Z",
	finishedAt: "2026-12-01T00:00:01.000Z",
	trigger: "manual",
	exitCode: 0,
};

describe("a note that cannot be understood", () => {
	test.each([
		["is empty", ""],
		["was cut off", '{"startedAt": "2026-12-01T0'],
		["is another thing", "[]"],
		["is nothing", "null"],
		["has no times", '{"exitCode": 0, "trigger": "manual"}'],
		["has a time that is none", JSON.stringify({ ...SOUND, finishedAt: "yesterday" })],
		["has a number for a time", JSON.stringify({ ...SOUND, startedAt: 0 })],
		["has no exit code", JSON.stringify({ ...SOUND, exitCode: "0" })],
		["was begun by nobody", JSON.stringify({ ...SOUND, trigger: "moon" })],
		["has an error that is no sentence", JSON.stringify({ ...SOUND, error: {} })],
		["was begun by the clock at no time", JSON.stringify({ ...SOUND, lastScheduledAt: 1 })],
		["had its success at no time", JSON.stringify({ ...SOUND, lastSuccessAt: "soon" })],
	])("because it %s is none, and the next run writes a new one", async (_what, text) => {
		await inHomeFolder((home) => {
			writeFileSync(home.lastRun, JSON.stringify(SOUND));
			expect(readLastRun(home)).toEqual(SOUND as never);
			writeFileSync(home.lastRun, text);
			expect(readLastRun(home)).toBeUndefined();
			note(home, 0, { exitCode: 7 });
			expect(readLastRun(home)?.exitCode).toBe(7);
		});
	});
});

describe("where the note cannot be written", () => {
	test("because the home is gone, it is left out", async () => {
		await inHomeFolder(({ path }) => {
			const gone = homeAt(join(path, "gone"));
			note(gone, 0, { exitCode: 0 });
			expect(readLastRun(gone)).toBeUndefined();
			expect(readdirSync(path)).toEqual([]);
		});
	});

	test("because a folder is in its place, it is left out, and nothing stays beside it", async () => {
		await inHomeFolder((home) => {
			mkdirSync(home.lastRun);
			note(home, 0, { exitCode: 0 });
			expect(readLastRun(home)).toBeUndefined();
			expect(readdirSync(home.path)).toEqual(["last-run.json"]);
		});
	});
});

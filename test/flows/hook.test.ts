import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { needsNoTable } from "../../src/cli/collect/detach.ts";
import { homeAt } from "../../src/collector/home.ts";
import { type LastRun, readLastRun } from "../../src/collector/last-run.ts";
import { answer, MAIN } from "../support/answers.ts";
import { inOtherProcess } from "../support/other-process.ts";
import { PROGRAM } from "../support/program.ts";
import { type CliHome, environmentOf, inHome } from "../support/run-cli.ts";
import { until } from "../support/until.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const ANSWERS = { [MAIN]: [answer(1), answer(2)] };

/** What the collect in the background came to, once it has ended. */
async function noteOf(kept: string): Promise<LastRun | undefined> {
	await until(`a note in ${kept}`, () => readLastRun(homeAt(kept)) !== undefined);
	return readLastRun(homeAt(kept));
}

async function responsesIn(home: CliHome): Promise<unknown> {
	return (await home.report("daily", "--no-collect")).totals.responses;
}

describe("a detached collect", () => {
	test.each([
		[["collect", "--detach"], "hook"],
		[["collect", "--detach", "--debounce", "200ms"], "hook"],
		[["collect", "--json", "--debounce=200ms", "--full", "--detach"], "hook"],
		[["collect", "--detach", "--no-push", "--trigger", "schedule"], "schedule"],
	])("says nothing, and in the background it is done: %p", async (words, trigger) => {
		await inHome(ANSWERS, async (home) => {
			expect(await home.cli(words)).toEqual({ code: 0, out: "", err: "" });
			expect(await noteOf(home.kept)).toMatchObject({ trigger, exitCode: 0, files: 1, stored: 2 });
			expect(await responsesIn(home)).toBe(2);
		});
	});

	test("that fails leaves a note of why", async () => {
		await inHome(ANSWERS, async (home) => {
			mkdirSync(home.kept);
			writeFileSync(join(home.kept, "prices.json"), "{");
			expect(await home.cli(["collect", "--detach"])).toEqual({ code: 0, out: "", err: "" });
			const note = await noteOf(home.kept);
			expect(note).toMatchObject({ exitCode: 7, error: expect.stringContaining("prices.json") });
			expect(note).not.toHaveProperty("lastSuccessAt");
		});
	});

	test("finds what is named relative to the folder where it was started", async () => {
		await inHome(ANSWERS, async (home) => {
			const env = { PROMPTPULSE_HOME: "mine" };
			await home.cli(["collect", "--detach", "--debounce", "0s"], { env, claude: "../x/.claude,./.claude" });
			expect(await noteOf(join(home.home, "mine"))).toMatchObject({ stored: 2 });
		});
	});

	test.skipIf(process.platform === "win32")("outlives the terminal that it was started in", async () => {
		await inHome(ANSWERS, async (home) => {
			let screen = "";
			const shell = Bun.spawn(["sh", "-c", '"$@" collect --detach --debounce 500ms', "sh", ...PROGRAM], {
				cwd: home.home,
				env: environmentOf({ home: home.home }),
				terminal: {
					cols: 80,
					rows: 24,
					data: (_terminal, bytes) => {
						screen += Buffer.from(bytes).toString();
					},
				},
			});
			expect(await shell.exited).toBe(0);
			shell.terminal?.close();
			expect(await noteOf(home.kept)).toMatchObject({ exitCode: 0, stored: 2 });
			expect(screen).toBe("");
		});
	});
});

test("the words that setup gives to hooks are understood at once", async () => {
	await inHome({}, async ({ cli }) => {
		const { out } = await cli(["setup", "--hook", "--print"]);
		const hooks: Record<string, { hooks: { command: string }[] }[]> = JSON.parse(out).hooks;
		expect(Object.keys(hooks)).toEqual(["Stop", "SessionEnd"]);
		const lines = Object.values(hooks).flatMap((groups) => groups.flatMap((group) => group.hooks));
		for (const { command } of lines) {
			const words = command.slice(command.lastIndexOf(" collect ") + 1).split(" ");
			expect(words[0]).toBe("collect");
			expect(needsNoTable(words)).toBe(true);
		}
	});
});

describe("words that cannot be meant", () => {
	test.each([
		[["--debounce", "60"], '--debounce "60" is not a time.'],
		[["--debounce", "1h"], '--debounce "1h" is not a time.'],
		[["--detach", "--debounce", "61m"], '--debounce "61m" is not a time.'],
		[["--detach", "--debounce=soon"], '--debounce "soon" is not a time.'],
		[["--detach", "--debounce"], "argument missing"],
		[["--debounce", "--detach"], '--debounce "--detach" is not a time.'],
		[["--detach", "--quite"], "unknown option '--quite'"],
		[["--detach", "--trigger", "moon"], "'moon' is invalid"],
		[["--detach", "now"], "too many arguments"],
	])("are told, and nothing is started: %p", async (flags, what) => {
		await inHome(ANSWERS, async (home) => {
			const { code, out, err } = await home.cli(["collect", ...flags]);
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toContain(what);
			expect(existsSync(home.kept)).toBe(false);
		});
	});
});

describe("while another collect runs", () => {
	/** Runs `use` in a home that has a ledger with nothing in it, where another process has the turn until it is killed. */
	async function besideAnother(
		use: (home: CliHome, end: () => Promise<void>) => Promise<void>,
	): Promise<void> {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["report", "--no-collect"]);
			await inOtherProcess("lock", join(home.kept, "collect.lock"), async (other) => {
				await use(home, async () => {
					other.kill("SIGKILL");
					await other.exited;
				});
			});
		});
	}

	test("what triggers come to is one collect, which begins when that has ended", async () => {
		await besideAnother(async (home, end) => {
			let ended = 0;
			const triggers = Array.from({ length: 5 }, async () => {
				const result = await home.cli(["collect", "--debounce", "0s", "--no-push"]);
				ended++;
				return result;
			});
			await until("all triggers but one to end", () => ended === triggers.length - 1);
			expect(readLastRun(homeAt(home.kept))).toBeUndefined();
			await end();
			const results = (await Promise.all(triggers)).toSorted((a, b) => a.out.length - b.out.length);
			const told = { code: 0, out: "", err: "Another collect is waiting already, and finds the same.\n" };
			expect(results.slice(0, -1)).toEqual(results.slice(0, -1).map(() => told));
			expect(results.at(-1)).toMatchObject({ code: 0, err: "" });
			expect(results.at(-1)?.out).toContain("2 new responses");
		});
	});

	test.each([[["--detach"]], [["--detach", "--debounce", "100ms"]]])(
		"what came before a trigger is collected after it: %p",
		async (flags) => {
			await besideAnother(async (home, end) => {
				appendFileSync(join(home.projects, MAIN), `${answer(3)}\n`);
				expect(await home.cli(["collect", ...flags])).toEqual({ code: 0, out: "", err: "" });
				expect(readLastRun(homeAt(home.kept))).toBeUndefined();
				await end();
				expect(await noteOf(home.kept)).toMatchObject({ exitCode: 0, stored: 3 });
				expect(await responsesIn(home)).toBe(3);
			});
		},
	);
});

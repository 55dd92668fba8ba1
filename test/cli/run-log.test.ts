import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mintKey } from "../../src/account/api-key.ts";
import { answer, MAIN } from "../support/answers.ts";
import { inOtherProcess } from "../support/other-process.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const BY_THE_CLOCK = ["collect", "--quiet", "--log", "--trigger", "schedule"];
const ANSWERS = { [MAIN]: [answer(1), answer(2)] };

const logOf = ({ kept }: CliHome) => join(kept, "collect.log");

/** The log without its times, which have to be there. */
function linesOf(home: CliHome): string[] {
	const lines = readFileSync(logOf(home), "utf8").split("\n");
	expect(lines.pop()).toBe("");
	return lines.map((line) => {
		expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /);
		return line.slice(25);
	});
}

describe("a collect by the clock", () => {
	test("that goes well leaves no word anywhere", async () => {
		await inHome(ANSWERS, async (home) => {
			expect(await home.cli(BY_THE_CLOCK)).toEqual({ code: 0, out: "", err: "" });
			expect(existsSync(logOf(home))).toBe(false);
			expect(JSON.parse((await home.cli(["status", "--json"])).out).lastRun.trigger).toBe("schedule");
		});
	});

	test("tells its trouble to the log alone, with the time, and ends as any other", async () => {
		await inHome(ANSWERS, async (home) => {
			mkdirSync(home.kept, { mode: 0o700 });
			writeFileSync(join(home.kept, "prices.json"), "{", { mode: 0o600 });
			for (const times of [1, 2]) {
				expect(await home.cli(BY_THE_CLOCK)).toEqual({ code: 7, out: "", err: "" });
				const lines = linesOf(home);
				expect(lines).toHaveLength(2 * times);
				expect(lines.at(-2)).toContain(`${join(home.kept, "prices.json")} cannot be read`);
			}
			if (process.platform !== "win32") expect(statSync(logOf(home)).mode & 0o777).toBe(0o600);
		});
	});

	test("that meets an error nobody foresaw tells it there too, and no key with it", async () => {
		await inHome(ANSWERS, async (home) => {
			const key = mintKey("full");
			const env = { CRASH_AT: "command", CRASH_WITH: `it was ${key}`, PROMPTPULSE_API_KEY: key };
			const program = fromSourcesAfter("crashing.ts");
			expect(await home.cli([...BY_THE_CLOCK, "--no-push"], { env, program })).toEqual({
				code: 1,
				out: "",
				err: "",
			});
			expect(linesOf(home)[0]).toBe("promptpulse has met an error that it did not expect.");
			expect(linesOf(home)[1]).toContain("it was ***");
		});
	});

	test("notes that another one was running", async () => {
		await inHome(ANSWERS, async (home) => {
			await home.cli(["collect"]);
			await inOtherProcess("lock", join(home.kept, "collect.lock"), async () => {
				expect(await home.cli(BY_THE_CLOCK)).toEqual({ code: 8, out: "", err: "" });
			});
			expect(linesOf(home)[0]).toBe("Another collect is running on this machine.");
		});
	});

	test("begins a new log when the old one is long, and keeps that one", async () => {
		await inHome(ANSWERS, async (home) => {
			mkdirSync(home.kept, { mode: 0o700 });
			writeFileSync(join(home.kept, "prices.json"), "{", { mode: 0o600 });
			const long = "x".repeat(1_000_001);
			writeFileSync(logOf(home), long);
			writeFileSync(`${logOf(home)}.1`, "older");
			await home.cli(BY_THE_CLOCK);
			expect(linesOf(home)).toHaveLength(2);
			expect(readFileSync(`${logOf(home)}.1`, "utf8")).toBe(long);
		});
	});

	test.skipIf(process.platform === "win32")("follows no link that lies in its log's place", async () => {
		await inHome(ANSWERS, async (home) => {
			mkdirSync(home.kept, { mode: 0o700 });
			writeFileSync(join(home.home, "mine"), "mine");
			symlinkSync(join(home.home, "mine"), logOf(home));
			const { code, out, err } = await home.cli(BY_THE_CLOCK);
			expect({ code, out }).toEqual({ code: 7, out: "" });
			expect(err).toContain("collect.log is a link");
			expect(readFileSync(join(home.home, "mine"), "utf8")).toBe("mine");
		});
	});

	test.skipIf(process.platform === "win32")(
		"waits for no pipe in the place of its log or its note",
		async () => {
			await inHome(ANSWERS, async (home) => {
				mkdirSync(home.kept, { mode: 0o700 });
				for (const pipe of [logOf(home), join(home.kept, "last-run.json")]) {
					expect(Bun.spawnSync(["mkfifo", "-m", "600", pipe]).exitCode).toBe(0);
					expect((await home.cli(BY_THE_CLOCK)).code).toBe(7);
					rmSync(pipe);
				}
				expect((await home.cli(BY_THE_CLOCK)).code).toBe(0);
			});
		},
	);

	test("whose home cannot be made tells it to whoever runs it", async () => {
		await inHome(ANSWERS, async (home) => {
			writeFileSync(home.kept, "in the way");
			const { code, out, err } = await home.cli(BY_THE_CLOCK);
			expect({ code, out }).toEqual({ code: 7, out: "" });
			expect(err).toContain(`${home.kept} cannot be written`);
		});
	});

	test("keeps the lines of one trouble apart from those of another at the same moment", async () => {
		await inHome(ANSWERS, async (home) => {
			mkdirSync(home.kept, { mode: 0o700 });
			writeFileSync(join(home.kept, "prices.json"), "{", { mode: 0o600 });
			await Promise.all(Array.from({ length: 6 }, () => home.cli(BY_THE_CLOCK)));
			for (const line of linesOf(home)) {
				expect(line).toMatch(
					/cannot be read: |^Correct the file or move it away\.$|^Another collect is running|^Nothing is lost/,
				);
			}
		});
	});
});

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { homeAt } from "../../src/collector/home.ts";
import { readLastRun } from "../../src/collector/last-run.ts";
import { answer, MAIN } from "../support/answers.ts";
import { PROGRAM } from "../support/program.ts";
import { type CliHome, homeIn } from "../support/run-cli.ts";
import { isFull } from "../support/runs.ts";
import { inFolder } from "../support/scan.ts";
import { writeTranscripts } from "../support/transcript.ts";

/** A minute until cron looks, and as much again. */
setDefaultTimeout(180_000);

/** A user that every Debian has and nobody is, whose crontab may be made and taken away. */
const USER = "daemon";
const THROUGH = ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"];
const CRON = "/usr/sbin/cron";

/** Runs a program as that user. */
function asUser(words: readonly string[], input = ""): { code: number; out: string } {
	const ran = Bun.spawnSync([...THROUGH, ...words], { stdin: Buffer.from(input) });
	return { code: ran.exitCode, out: ran.stdout.toString("latin1") };
}

/** Whether there is a real cron here, and a crontab of nobody's to try it with. */
function canTry(): boolean {
	if (process.getuid?.() !== 0 || !existsSync(CRON) || !Bun.which("crontab") || !Bun.which("setpriv"))
		return false;
	return asUser([...PROGRAM, "--version"]).code === 0 && asUser(["crontab", "-l"]).code !== 0;
}

/** Runs `use` as that user in a home whose path has what cron and shells would read otherwise. */
async function asThatUser(use: (home: CliHome) => Promise<void>): Promise<void> {
	await inFolder(async (folder) => {
		const path = join(folder, "it's 100% $HOME \\ `x`");
		mkdirSync(path);
		const home = homeIn(path, { through: THROUGH, env: { PATH: "/usr/bin:/bin" } });
		writeTranscripts(home.projects, { [MAIN]: [answer(1), answer(2)] });
		Bun.spawnSync(["chown", "-R", USER, folder]);
		try {
			await use(home);
		} finally {
			asUser(["crontab", "-r"]);
		}
	});
}

if (canTry()) {
	describe("Debian's cron", () => {
		test("takes the lines, gives them back, and has every other line as before", async () => {
			await asThatUser(async ({ cli }) => {
				const own = 'MAILTO=""\n# \u00e9 100% `date` $HOME \\\n*/5 * * * * echo "a\\%b"\r\n';
				asUser(["crontab", "-"], own);
				const before = asUser(["crontab", "-l"]).out;
				for (const flags of [[], ["--interval", "60"], ["--interval", "daily"]]) {
					expect(await cli(["setup", ...flags])).toMatchObject({ code: 0, err: "" });
					expect(asUser(["crontab", "-l"]).out).toEndWith(before);
				}
				expect((await cli(["setup"])).out).toStartWith("Nothing to change: ");
				expect((await cli(["setup", "--remove"])).code).toBe(0);
				expect(asUser(["crontab", "-l"]).out).toBe(before);
				asUser(["crontab", "-r"]);
				await cli(["setup"]);
				await cli(["setup", "--remove"]);
				expect(asUser(["crontab", "-l"]).code).not.toBe(0);
			});
		});

		// It looks once a minute, which only a thorough run can wait for.
		if (isFull) {
			test("runs the line, and usage is collected", async () => {
				await asThatUser(async ({ cli, kept }) => {
					await cli(["setup"]);
					const soon = asUser(["crontab", "-l"]).out.replace(/^[\d,]+ \* /m, "* * ");
					asUser(["crontab", "-"], soon);
					// Where one runs already this one ends at once, and that one does the work.
					const daemon = Bun.spawn([CRON, "-f"], { stdio: ["ignore", "ignore", "ignore"] });
					try {
						const note = () => readLastRun(homeAt(kept));
						for (let second = 0; second < 130 && !note(); second++) await Bun.sleep(1_000);
						expect(note()).toMatchObject({ trigger: "schedule", exitCode: 0, stored: 2 });
						expect(existsSync(join(kept, "collect.log"))).toBe(false);
					} finally {
						daemon.kill();
						await daemon.exited;
					}
				});
			});
		}
	});
}

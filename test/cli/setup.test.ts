import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mintKey } from "../../src/account/api-key.ts";
import { answer, MAIN } from "../support/answers.ts";
import { type OwnMachine, onMachine } from "../support/own-machine.ts";
import { FROM_SOURCES } from "../support/program.ts";
import { writeTranscripts } from "../support/transcript.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const isWindows = process.platform === "win32";

/** As people have it; what means something to a shell must reach nothing. */
const OWN = `MAILTO=""\n*/5 * * * * echo "$HOME \`date\` 100\\%" 'x'\\\n# \u00fcml\u00e4ut\r\n0 1 * * * backup`;

/** The line that runs by the clock, without its times. */
function commandIn(crontab: string | undefined): string {
	return /^[\d,]+ (?:\*|\d+) \* \* \* (.*--trigger schedule)$/m.exec(crontab ?? "")?.[1] ?? "";
}

async function stateOf({ cli }: OwnMachine) {
	const { code, out, err } = await cli(["setup", "--status", "--json"]);
	expect({ code, err }).toEqual({ code: 0, err: "" });
	return JSON.parse(out);
}

describe.skipIf(isWindows)("setup by cron", () => {
	test("is what a machine with a crontab has, and other lines stay byte for byte", async () => {
		await onMachine(["crontab", "systemctl"], async (machine) => {
			const before = Buffer.concat([Buffer.from(OWN), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from("\n")]);
			machine.setCrontab(before);
			const { out, err } = await machine.setup();
			expect(err).toBe("");
			expect(out).toMatch(
				/^From now on promptpulse collect runs every 15 minutes by cron, at minutes \d+, \d+, \d+ and \d+\.\nNext at /,
			);
			const set = machine.crontab();
			expect(set).toEndWith(before.toString("latin1"));
			const [begin, line, end] = set?.split("\n") ?? [];
			expect(begin).toStartWith("# BEGIN promptpulse:");
			expect(end).toBe("# END promptpulse");
			expect(line).toStartWith(/^([\d,]+ \* \* \* \*)/.exec(line ?? "")?.[1] ?? "?");
			expect(machine.calls().filter((call) => call === "crontab -")).toHaveLength(1);

			expect((await machine.setup("--interval", "60")).out).toContain("every hour by cron, at minute ");
			expect(machine.crontab()).toEndWith(before.toString("latin1"));
			const { out: removed } = await machine.setup("--remove");
			expect(removed).toBe("Taken away: crontab.\n");
			expect(machine.crontab()).toBe(before.toString("latin1"));
			expect((await machine.setup("--remove")).out).toBe(
				"Nothing to take away: promptpulse setup has made nothing here.\n",
			);
		});
	});

	test("run twice changes nothing, says so, and keeps the interval", async () => {
		await onMachine(["crontab"], async (machine) => {
			await machine.setup("--interval", "daily");
			const set = machine.crontab();
			machine.calls();
			expect((await machine.setup()).out).toMatch(
				/^Nothing to change: promptpulse collect runs once a day by cron, at 09:\d\d\.\n/,
			);
			expect(machine.crontab()).toBe(set);
			expect(machine.calls()).not.toContain("crontab -");
			await machine.setup("--remove");
			expect(machine.crontab()).toBeUndefined();
		});
	});

	test("runs this program with a clean environment that has the settings, and never the key", async () => {
		const key = mintKey("ingest");
		const env = {
			PROMPTPULSE_HOME: "kept here",
			CLAUDE_CONFIG_DIR: "../x, ~/y,/abs",
			PROMPTPULSE_API_KEY: key,
			BUN_OPTIONS: "--smol",
		};
		await onMachine(
			["crontab"],
			async (machine) => {
				const { out, err } = await machine.setup();
				expect(err).toBe(
					"PROMPTPULSE_API_KEY is set here, and what runs by the clock does not have it: nothing would be sent. Run promptpulse login --key-stdin, which keeps the key.\n",
				);
				expect(out + machine.crontab()).not.toContain(key);
				const command = commandIn(machine.crontab());
				const { home } = machine;
				expect(command).toBe(
					[
						`/usr/bin/env -i HOME=${home} PATH=/usr/bin:/bin 'PROMPTPULSE_HOME=${home}/kept here' MACHINE_ID=laptop`,
						`'CLAUDE_CONFIG_DIR=${join(home, "../x")},~/y,/abs' TZ=UTC ${FROM_SOURCES.slice(0, -1).join(" ")}`,
						`--config=${join(import.meta.dir, "../../bunfig.toml")} ${FROM_SOURCES.at(-1)}`,
						"collect --quiet --log --trigger schedule",
					].join(" "),
				);
			},
			{ env, program: FROM_SOURCES },
		);
	});

	test("runs, by the very line, a collect that is noted and told by the status", async () => {
		await onMachine(["crontab"], async (machine) => {
			writeTranscripts(machine.projects, { [MAIN]: [answer(1), answer(2)] });
			await machine.setup();
			expect((await stateOf(machine)).lastScheduledAt).toBeNull();
			const ran = Bun.spawnSync(["/bin/sh", "-c", commandIn(machine.crontab())], { cwd: "/", env: {} });
			expect({ code: ran.exitCode, out: ran.stdout.toString(), err: ran.stderr.toString() }).toEqual({
				code: 0,
				out: "",
				err: "",
			});
			const lastRun = JSON.parse(readFileSync(join(machine.kept, "last-run.json"), "utf8"));
			expect(lastRun).toMatchObject({
				trigger: "schedule",
				exitCode: 0,
				stored: 2,
				lastScheduledAt: lastRun.finishedAt,
			});
			expect((await machine.cli(["collect"])).code).toBe(0);
			expect(await stateOf(machine)).toMatchObject({
				lastScheduledAt: lastRun.finishedAt,
				schedules: [{ scheduler: "cron", isActive: true, isCurrent: true, interval: "15" }],
			});
			expect((await machine.cli(["status"])).out).toMatch(
				/\nBy itself +Every 15 minutes by cron, next at [^\n]+\n +Last by schedule: [^\n]+ ago\.\n/,
			);
		});
	});

	test("says of another line that runs PromptPulse that it is there, and leaves it", async () => {
		await onMachine(["crontab"], async (machine) => {
			const old =
				"*/15 * * * * /home/ada/.promptpulse/cron-wrapper.sh >> x 2>&1\n# promptpulse collect\n5 * * * * ppulse collect\n";
			machine.setCrontab(old);
			const { err } = await machine.setup();
			expect(err.split("\n")).toEqual([
				expect.stringContaining("cron-wrapper.sh"),
				expect.stringContaining("5 * * * * ppulse collect"),
				"",
			]);
			expect(machine.crontab()).toEndWith(old);
		});
	});
});

describe.skipIf(isWindows)("a crontab that cannot be changed is left alone:", () => {
	test.each([
		[
			"crontab-trouble",
			"You (ada) are not allowed to use this program (crontab)\n",
			"You (ada) are not allowed to use this program (crontab)",
		],
		["crontab-refuses", "", "bad minute"],
		["crontab-forgets", "", "shows another one than was written"],
	])("%s", async (trouble, text, why) => {
		await onMachine(["crontab"], async (machine) => {
			machine.setCrontab(`${OWN}\n`);
			writeFileSync(join(machine.state, trouble), text);
			const { code, out, err } = await machine.cli(["setup"]);
			expect({ code, out }).toEqual({ code: 1, out: "" });
			expect(err).toContain(why);
			expect(machine.crontab()).toBe(Buffer.from(`${OWN}\n`).toString("latin1"));
			expect(machine.calls().includes("crontab -")).toBe(trouble !== "crontab-trouble");
		});
	});

	test("one whose block is damaged", async () => {
		await onMachine(["crontab"], async (machine) => {
			machine.setCrontab(`# BEGIN promptpulse\n${OWN}\n`);
			for (const flags of [[], ["--remove"], ["--interval", "30"]]) {
				const { code, out, err } = await machine.cli(["setup", ...flags]);
				expect({ code, out }).toEqual({ code: 7, out: "" });
				expect(err).toContain("The crontab was left as it is");
				expect(err).toContain("Run crontab -e");
			}
			expect(machine.calls()).not.toContain("crontab -");
			const { troubles } = await stateOf(machine);
			expect(troubles).toEqual([expect.stringContaining("The crontab was left as it is")]);
			expect((await machine.cli(["status"])).code).toBe(0);
		});
	});
});

describe.skipIf(isWindows)("setup --print", () => {
	test("prints the very text that is installed then, and touches nothing", async () => {
		await onMachine(["crontab"], async (machine) => {
			machine.setCrontab("0 1 * * * backup\n");
			// Bun itself keeps what it has compiled of the sources.
			const files = () =>
				readdirSync(machine.home, { recursive: true }).filter((path) => !path.toString().startsWith(".bun"));
			const before = files();
			expect((await machine.setup("--print")).err).toContain("this machine's id");
			expect(files()).toEqual(before);
			expect(machine.crontab()).toBe("0 1 * * * backup\n");
			await machine.cli(["collect"]);
			const { out, err } = await machine.setup("--print", "--interval", "30");
			expect(err).toBe("crontab:\n");
			await machine.setup("--interval", "30");
			expect(machine.crontab()).toBe(`${out}0 1 * * * backup\n`);
		});
	});
});

describe("setup refuses", () => {
	test.each([
		[["--print", "--status"], "--print and --status do not go together."],
		[["--remove", "--print"], "--print and --remove do not go together."],
		[["--hook", "--interval", "30"], "--hook and --interval do not go together."],
		[["--hook", "--scheduler", "cron"], "--hook and --scheduler do not go together."],
		[["--interval", "30", "--remove"], "--interval and --remove do not go together."],
		[["--interval", "5"], "Allowed choices are 15, 30, 60, daily."],
		[["--scheduler", "moon"], "Allowed choices are cron, systemd, launchd, schtasks."],
	])("%p", async (flags, why) => {
		await onMachine([], async ({ cli, kept }) => {
			const { code, out, err } = await cli(["setup", ...flags]);
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toContain(why);
			expect(existsSync(kept)).toBe(false);
		});
	});

	test.skipIf(process.platform !== "linux")(
		"where nothing runs programs by the clock, and says what to install",
		async () => {
			await onMachine([], async ({ cli }) => {
				const { code, out, err } = await cli(["setup"]);
				expect({ code, out }).toEqual({ code: 1, out: "" });
				expect(err).toContain("no crontab command, and no systemd that answers you");
				expect(err).toContain("Install cron");
				expect((await cli(["setup", "--scheduler", "cron"])).err).toContain(
					"This machine has no crontab command.",
				);
			});
		},
	);

	test.skipIf(isWindows)("a home whose path no line of a crontab can have", async () => {
		await onMachine(
			["crontab"],
			async (machine) => {
				const { code, err } = await machine.cli(["setup"]);
				expect(code).toBe(7);
				expect(err).toContain("that cron cannot be told");
				expect(machine.crontab()).toBeUndefined();
			},
			{ name: "ada\n* * * * * touch pwned" },
		);
	});
});

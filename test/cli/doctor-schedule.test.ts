import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { judgeRuns } from "../../src/cli/doctor/schedule-checks.ts";
import { pathsIn } from "../../src/cli/doctor/started-paths.ts";
import { cron } from "../../src/schedule/cron.ts";
import { launchdAt } from "../../src/schedule/launchd.ts";
import type { Job } from "../../src/schedule/scheduler.ts";
import { schtasksAt } from "../../src/schedule/schtasks.ts";
import { systemdAt } from "../../src/schedule/systemd.ts";
import { examine } from "../support/doctor.ts";
import { type OwnMachine, onMachine } from "../support/own-machine.ts";
import { PROGRAM_FILE } from "../support/program.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const MINUTE_MS = 60_000;

function before(minutes: number): string {
	return new Date(Date.now() - minutes * MINUTE_MS).toISOString();
}

/** Changes a file of the home as if time had passed. */
function note({ kept }: OwnMachine, name: string, over: object): void {
	const path = join(kept, name);
	const now = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
	writeFileSync(path, JSON.stringify({ ...now, ...over }), { mode: 0o600 });
}

/** The doctor on a machine whose own tools are the only ones. */
function examineOn(machine: OwnMachine, words: readonly string[] = []) {
	return examine(machine, words, { env: machine.env });
}

describe.skipIf(process.platform === "win32")("the doctor, of what collects by itself", () => {
	test("says that nothing does, and what to do", async () => {
		await onMachine(["crontab"], async (machine) => {
			const told = await examineOn(machine);
			expect(told.of("schedule")).toMatchObject({
				state: "warning",
				found: "Nothing collects by itself.",
				mend: "Run promptpulse setup.",
			});
			expect(told.of("hook")).toMatchObject({ state: "passed", found: "None." });
			expect(machine.calls()).not.toContain("crontab -");
		});
	});

	test("tells whether a schedule really runs, not whether anything collects", async () => {
		await onMachine(["crontab"], async (machine) => {
			await machine.setup();
			const fresh = await examineOn(machine);
			expect(fresh.of("schedule")).toMatchObject({
				state: "passed",
				found: "cron, every 15 minutes, was set up less than a minute ago; its first run is to come",
			});
			expect(fresh.of("hook").found).toBe("None; a schedule collects.");

			note(machine, "schedule.json", { since: before(20) });
			await machine.cli(["collect", "--quiet"]);
			const never = await examineOn(machine);
			expect(never.failing).toEqual(["schedule"]);
			expect(never.of("schedule").found).toBe(
				"cron, every 15 minutes, was set up 20 min ago, and has never run one.",
			);

			await machine.cli(["collect", "--quiet", "--trigger", "schedule"]);
			expect((await examineOn(machine)).of("schedule").state).toBe("passed");
			note(machine, "schedule.json", { since: before(60) });
			note(machine, "last-run.json", { lastScheduledAt: before(31) });
			await machine.cli(["collect", "--quiet"]);
			const stopped = await examineOn(machine);
			expect(stopped.failing).toEqual(["schedule"]);
			expect(stopped.of("schedule").found).toBe("cron, every 15 minutes, ran one last 31 min ago.");
		});
	});

	test("tells a schedule whose program is gone, and --fix lets it start this one", async () => {
		await onMachine(["crontab"], async (machine) => {
			await machine.setup("--interval", "30");
			const set = machine.crontab() ?? "";
			machine.setCrontab(
				`# mine\n5 4 * * * backup\n${set.replaceAll(PROGRAM_FILE, "/opt/gone/promptpulse")}`,
			);
			const told = await examineOn(machine);
			expect(told.failing).toEqual(["schedule"]);
			expect(told.of("schedule")).toMatchObject({
				found: "cron, every 30 minutes, starts /opt/gone/promptpulse, which is not there any more.",
				mend: "Run promptpulse setup.",
			});
			const mended = await examineOn(machine, ["--fix"]);
			expect(mended.failing).toEqual([]);
			expect(mended.fixed).toEqual([`cron starts ${PROGRAM_FILE} from now on.`]);
			expect(machine.crontab()).toBe(`# mine\n5 4 * * * backup\n${set}`);
		});
	});

	test("warns of a schedule that is another one than this program would install, and leaves it", async () => {
		await onMachine(["crontab"], async (machine) => {
			await machine.setup();
			await machine.cli(["collect", "--quiet", "--trigger", "schedule"]);
			const set = (machine.crontab() ?? "").replace("HOME=", "MACHINE_ID=other HOME=");
			machine.setCrontab(set);
			const told = await examineOn(machine, ["--fix"]);
			expect(told.of("schedule").state).toBe("warning");
			expect(told.of("schedule").found).toContain("it is not what this program would install here now.");
			expect(machine.crontab()).toBe(set);
		});
	});

	test("tells a timer that is installed and not heeded", async () => {
		await onMachine(["systemctl"], async (machine) => {
			await machine.setup();
			for (const file of ["active", "enabled"]) rmSync(join(machine.state, `${file}-promptpulse.timer`));
			const told = await examineOn(machine);
			expect(told.failing).toEqual(["schedule"]);
			expect(told.of("schedule").found).toBe(
				"systemd, every 15 minutes, is installed, and the system does not heed it.",
			);
		});
	});

	test("tells hooks, and those that start what is gone", async () => {
		await onMachine([], async (machine) => {
			await machine.setup("--hook");
			const settings = join(machine.home, ".claude/settings.json");
			const told = await examineOn(machine);
			expect(told.of("hook").found).toContain(`start a collect (${settings}).`);
			expect(told.of("schedule")).toMatchObject({
				state: "passed",
				found: "None; Claude Code's hooks start collects.",
			});
			const text = readFileSync(settings, "utf8");
			writeFileSync(settings, text.replaceAll(PROGRAM_FILE, "/opt/gone/promptpulse"));
			const gone = await examineOn(machine, ["--fix"]);
			expect(gone.failing).toEqual(["hook"]);
			expect(gone.of("hook")).toMatchObject({
				found: expect.stringContaining("/opt/gone/promptpulse is not there any more."),
				mend: "Run promptpulse setup --hook.",
			});
			expect(readFileSync(settings, "utf8")).toContain("/opt/gone/promptpulse");
			const elsewhere = join(machine.home, "promptpulse");
			cpSync("/bin/true", elsewhere);
			writeFileSync(settings, text.replaceAll(PROGRAM_FILE, elsewhere));
			expect((await examineOn(machine)).of("hook").state).toBe("warning");
		});
	});

	test("goes on where a scheduler cannot be asked", async () => {
		await onMachine(["crontab"], async (machine) => {
			writeFileSync(join(machine.state, "crontab-trouble"), "crontab: cannot open\x1b[2J it\n");
			const told = await examineOn(machine);
			expect(told.of("schedule")).toMatchObject({
				state: "warning",
				found: expect.stringMatching(/^It is not known: .*cannot open\[2J it/),
			});
		});
	});
});

describe("whether a scheduler does what it was told", () => {
	const now = 1_000 * MINUTE_MS;
	const ago = (minutes: number | undefined) => minutes && now - minutes * MINUTE_MS;
	test.each([
		["ran in time", 29, 5_000, "passed"],
		["ran too long ago", 31, 5_000, "failed"],
		["was set up anew since", 31, 5, "passed"],
		["never ran, and had no time to", undefined, 14, "passed"],
		["never ran, and should have", undefined, 16, "failed"],
		["never ran, and nobody knows since when", undefined, undefined, "warning"],
		["ran ahead of this clock", -60, 10, "passed"],
	] as const)("one that %s", (_what, last, installed, state) => {
		const runs = { lastAt: ago(last), installedAt: ago(installed) };
		expect(judgeRuns("cron", 15 * MINUTE_MS, runs, now).state).toBe(state);
	});
});

describe("what a scheduler's text starts", () => {
	const program = "/opt/my programs/promptpulse";
	const job: Job = {
		program: [program, "--flag=/not/a/word", "/opt/main.ts"],
		words: ["collect", "--quiet"],
		environment: { HOME: "/home/ada", CLAUDE_CONFIG_DIR: "/a,/b c" },
		times: { minutes: [7, 22, 37, 52], hour: undefined },
	};
	const places = { userHome: "/home/ada", xdgConfigHome: undefined, scratch: "/tmp" };

	test.each([cron, systemdAt(places), launchdAt(places)])("by $name", (scheduler) => {
		const paths = scheduler.plan(job).flatMap(({ text }) => pathsIn(text));
		expect(paths).toEqual(["/usr/bin/env", program, "/opt/main.ts"]);
	});

	test("by schtasks", () => {
		const onWindows: Job = { ...job, program: ["C:\\My Programs\\promptpulse.exe"] };
		const paths = schtasksAt(places)
			.plan(onWindows)
			.flatMap(({ text }) => pathsIn(text));
		expect(paths).toEqual(["C:\\My Programs\\promptpulse.exe"]);
	});

	test("tells nothing of a path with quotes", () => {
		const quoted: Job = { ...job, program: ["/opt/ada's/promptpulse"] };
		expect(cron.plan(quoted).flatMap(({ text }) => pathsIn(text))).toEqual([]);
	});

	test("by a hook", () => {
		expect(pathsIn("'/opt/my programs/promptpulse' collect --detach --debounce 60s")).toEqual([program]);
		expect(pathsIn("promptpulse collect --detach")).toEqual([]);
	});
});

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type OwnMachine, onMachine, type Tool } from "../support/own-machine.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const TOOLS: Tool[] = ["crontab", "systemctl", "loginctl", "launchctl", "schtasks"];
const LINGERS_NOT =
	"systemd runs it only while you are logged in. Run loginctl enable-linger once, and it runs always.\n";

const files = {
	service: ({ home }: OwnMachine) => join(home, ".config/systemd/user/promptpulse.service"),
	timer: ({ home }: OwnMachine) => join(home, ".config/systemd/user/promptpulse.timer"),
	plist: ({ home }: OwnMachine) => join(home, "Library/LaunchAgents/com.promptpulse.collect.plist"),
};

function taskOf({ state }: OwnMachine): string {
	return readFileSync(join(state, "task.xml")).toString("utf16le");
}

async function schedulesOf({ cli }: OwnMachine) {
	return JSON.parse((await cli(["setup", "--status", "--json"])).out).schedules;
}

describe.skipIf(process.platform === "win32")("setup by systemd", () => {
	test.skipIf(process.platform !== "linux")("is what a machine has that has no crontab", async () => {
		await onMachine(["systemctl", "loginctl"], async (machine) => {
			const { out, err } = await machine.setup();
			expect(out).toContain("runs every 15 minutes by systemd, at minutes ");
			expect(err).toBe(LINGERS_NOT);
			expect(machine.calls().filter((call) => !/is-|show-/.test(call))).toEqual([
				"systemctl --user daemon-reload",
				"systemctl --user enable --now promptpulse.timer",
				"systemctl --user restart promptpulse.timer",
			]);
			expect(readFileSync(files.timer(machine), "utf8")).toMatch(
				/^OnCalendar=\*-\*-\* \*:\d\d,\d\d,\d\d,\d\d:00$/m,
			);
			expect(readFileSync(files.service(machine), "utf8")).toMatch(
				/^ExecStart=\/usr\/bin\/env -i HOME=.* collect --quiet --log --trigger schedule$/m,
			);
			for (const file of [files.service(machine), files.timer(machine)])
				expect(statSync(file).mode & 0o777).toBe(0o600);
			writeFileSync(join(machine.state, "lingers"), "");
			const again = await machine.setup();
			expect(again).toMatchObject({ out: expect.stringMatching(/^Nothing to change: /), err: "" });
			expect((await machine.setup("--interval", "daily")).out).toMatch(
				/once a day by systemd, at 09:\d\d\.\n/,
			);
			expect(readFileSync(files.timer(machine), "utf8")).toMatch(/^OnCalendar=\*-\*-\* 09:\d\d:00$/m);
			expect(await schedulesOf(machine)).toMatchObject([
				{ scheduler: "systemd", interval: "daily", isActive: true, isCurrent: true },
			]);
			expect((await machine.setup("--remove")).out).toBe(
				`Taken away: ${files.service(machine)}.\nTaken away: ${files.timer(machine)}.\n`,
			);
			expect(readdirSync(dirname(files.timer(machine)))).toEqual([]);
			expect(readdirSync(machine.state).toSorted()).toEqual(["calls", "lingers"]);
		});
	});

	test("writes where XDG_CONFIG_HOME says, and takes it away where systemd does not answer any more", async () => {
		await onMachine(["systemctl"], async (machine) => {
			const env = { ...machine.env, XDG_CONFIG_HOME: join(machine.home, "xdg") };
			await machine.cli(["setup", "--scheduler", "systemd"], { env });
			const folder = join(machine.home, "xdg/systemd/user");
			expect(readdirSync(folder).toSorted()).toEqual(["promptpulse.service", "promptpulse.timer"]);
			writeFileSync(join(machine.state, "no-systemd"), "");
			expect(
				JSON.parse((await machine.cli(["setup", "--status", "--json"], { env })).out).schedules,
			).toMatchObject([{ isActive: false, nextRunAt: null }]);
			expect((await machine.cli(["setup", "--remove"], { env })).code).toBe(0);
			expect(readdirSync(folder)).toEqual([]);
		});
	});

	test("writes nothing where systemd does not answer", async () => {
		await onMachine(["systemctl"], async (machine) => {
			writeFileSync(join(machine.state, "no-systemd"), "");
			const { code, err } = await machine.cli(["setup", "--scheduler", "systemd"]);
			expect(code).toBe(1);
			expect(err).toContain("Failed to connect to bus: No medium found");
			expect(existsSync(files.timer(machine))).toBe(false);
			if (process.platform !== "linux") return;
			expect((await machine.cli(["setup"])).err).toContain("no systemd that answers you");
		});
	});

	test("that was stopped by hand is started again", async () => {
		await onMachine(["systemctl"], async (machine) => {
			await machine.setup("--scheduler", "systemd");
			await Bun.spawn(
				[
					join(import.meta.dir, "../support/schedulers/systemctl"),
					"--user",
					"disable",
					"--now",
					"promptpulse.timer",
				],
				{
					env: { SCHEDULERS_STATE: machine.state, HOME: machine.home },
				},
			).exited;
			expect((await machine.cli(["setup", "--status"])).out).toContain(
				"It is installed and does not run. Run promptpulse setup",
			);
			expect((await machine.setup()).out).toStartWith("From now on ");
			expect(await schedulesOf(machine)).toMatchObject([{ isActive: true }]);
		});
	});
});

describe.skipIf(process.platform === "win32")("setup by launchd", () => {
	test("writes an agent, waits until the former one has gone, and takes it away", async () => {
		await onMachine(["launchctl"], async (machine) => {
			const { out, err } = await machine.setup("--scheduler", "launchd");
			expect(out).toContain("every 15 minutes by launchd, at minutes ");
			expect(err).toBe("");
			const plist = () => readFileSync(files.plist(machine), "utf8");
			expect(plist().match(/<key>Minute<\/key>/g)).toHaveLength(4);
			machine.calls();
			expect((await machine.setup("--interval", "30")).out).toContain("every 30 minutes by launchd");
			const domain = `gui/${process.getuid?.()}`;
			const load = `launchctl bootstrap ${domain} ${files.plist(machine)}`;
			expect(machine.calls().slice(-3)).toEqual([
				`launchctl bootout ${domain}/com.promptpulse.collect`,
				load,
				load,
			]);
			expect(readFileSync(join(machine.state, "loaded-com.promptpulse.collect"), "utf8")).toBe(plist());
			expect(await schedulesOf(machine)).toMatchObject([
				{ scheduler: "launchd", interval: "30", isActive: true, isCurrent: true },
			]);
			expect((await machine.setup("--remove")).out).toBe(`Taken away: ${files.plist(machine)}.\n`);
			expect(existsSync(files.plist(machine))).toBe(false);
			expect(existsSync(join(machine.state, "loaded-com.promptpulse.collect"))).toBe(false);
		});
	});

	test("that is refused says why, and that it does not run", async () => {
		await onMachine(["launchctl"], async (machine) => {
			writeFileSync(join(machine.state, "launchctl-refuses"), "");
			const { code, err } = await machine.cli(["setup", "--scheduler", "launchd"]);
			expect(code).toBe(1);
			expect(err).toContain("Bootstrap failed: 5: Input/output error");
			expect(await schedulesOf(machine)).toMatchObject([{ isActive: false, nextRunAt: null }]);
		});
	});
});

describe.skipIf(process.platform === "win32")("setup by the Task Scheduler", () => {
	test("makes a task from a file that is gone afterwards, changes it and takes it away", async () => {
		await onMachine(["schtasks"], async (machine) => {
			const { out, err } = await machine.setup("--scheduler", "schtasks");
			expect(out).toContain("every 15 minutes by the Task Scheduler, at minutes ");
			expect(err).toBe(
				"A task has the variables of your account and no others: for its runs to have MACHINE_ID, TZ as here, set them with setx.\n",
			);
			expect(taskOf(machine)).toStartWith('\ufeff<?xml version="1.0" encoding="UTF-16"?>\n<Task ');
			expect(taskOf(machine)).toContain("<Interval>PT15M</Interval>");
			expect(readdirSync(machine.kept).filter((name) => name.includes("xml"))).toEqual([]);
			expect((await machine.setup()).out).toStartWith("Nothing to change: ");
			await machine.setup("--interval", "daily");
			expect(taskOf(machine)).toMatch(
				/<StartBoundary>2026-01-01T09:\d\d:00<\/StartBoundary>\s*<ScheduleByDay>/,
			);
			expect(await schedulesOf(machine)).toMatchObject([
				{ scheduler: "schtasks", interval: "daily", isActive: true, isCurrent: true },
			]);
			expect((await machine.setup("--remove")).out).toBe("Taken away: PromptPulse\\collect.\n");
			expect(existsSync(join(machine.state, "task.xml"))).toBe(false);
		});
	});

	test("knows a task again that Windows has laid out in its own way, and one that was switched off", async () => {
		await onMachine(["schtasks"], async (machine) => {
			await machine.setup("--scheduler", "schtasks");
			const laidOut = taskOf(machine)
				.slice(1)
				.replace(/>\s+</g, ">\r\n<")
				.replace("<RegistrationInfo>", "<RegistrationInfo><URI>\\PromptPulse\\collect</URI>");
			writeFileSync(join(machine.state, "task.xml"), laidOut);
			expect(await schedulesOf(machine)).toMatchObject([{ isActive: true, isCurrent: true }]);
			writeFileSync(join(machine.state, "task.xml"), laidOut.replace("<Enabled>true", "<Enabled>false"));
			expect(await schedulesOf(machine)).toMatchObject([{ isActive: false, isCurrent: true }]);
			writeFileSync(
				join(machine.state, "task.xml"),
				laidOut.replace("collect --quiet", "collect --full --quiet"),
			);
			expect(await schedulesOf(machine)).toMatchObject([{ isActive: true, isCurrent: false }]);
		});
	});
});

describe.skipIf(process.platform === "win32")("what somebody else made of that name", () => {
	test.each([
		["systemd", files.timer],
		["systemd", files.service],
		["launchd", files.plist],
	])("stays, and %s is not set up over it", async (scheduler, fileOf) => {
		await onMachine(TOOLS, async (machine) => {
			const file = fileOf(machine);
			mkdirSync(dirname(file), { recursive: true });
			writeFileSync(file, "mine\n");
			for (const flags of [["--scheduler", scheduler], ["--remove"]]) {
				const { code, err } = await machine.cli(["setup", ...flags]);
				expect(code).toBe(7);
				expect(err).toContain(`${file} was not made by promptpulse setup, and is left as it is.`);
			}
			expect(readFileSync(file, "utf8")).toBe("mine\n");
			expect(readdirSync(dirname(file))).toHaveLength(1);
			// Nor does it hinder another scheduler.
			expect(await machine.setup("--scheduler", "cron")).toMatchObject({
				code: 0,
				err: expect.stringContaining(file),
			});
		});
	});

	test("stays where it is a link, and where it is a task", async () => {
		await onMachine(TOOLS, async (machine) => {
			const file = files.timer(machine);
			mkdirSync(dirname(file), { recursive: true });
			writeFileSync(join(machine.home, "elsewhere"), "mine\n");
			symlinkSync(join(machine.home, "elsewhere"), file);
			expect((await machine.cli(["setup", "--scheduler", "systemd"])).code).toBe(7);
			expect(readFileSync(join(machine.home, "elsewhere"), "utf8")).toBe("mine\n");
			writeFileSync(join(machine.state, "task.xml"), "<Task/>");
			const { code, err } = await machine.cli(["setup", "--scheduler", "schtasks"]);
			expect(code).toBe(7);
			expect(err).toContain("There is a task PromptPulse\\collect that promptpulse setup did not make");
			expect(readFileSync(join(machine.state, "task.xml"), "utf8")).toBe("<Task/>");
		});
	});
});

describe.skipIf(process.platform === "win32")("another scheduler", () => {
	test("takes the place of the one before, with its interval", async () => {
		await onMachine(TOOLS, async (machine) => {
			await machine.setup("--scheduler", "cron", "--interval", "30");
			for (const scheduler of ["systemd", "launchd", "schtasks", "cron"]) {
				const { out } = await machine.setup("--scheduler", scheduler);
				expect(out).toContain("every 30 minutes by ");
				expect(out).toContain("What another scheduler had is taken away: ");
				expect(await schedulesOf(machine)).toMatchObject([
					{ scheduler, interval: "30", isActive: true, isCurrent: true },
				]);
			}
			expect((await machine.setup("--remove", "--scheduler", "launchd")).out).toStartWith(
				"Nothing to take away",
			);
			expect((await machine.setup("--remove")).out).toBe("Taken away: crontab.\n");
		});
	});

	test("is not given up where what is there is no longer what this program would install", async () => {
		await onMachine(TOOLS, async (machine) => {
			await machine.setup("--scheduler", "systemd");
			const { env } = machine;
			const moved = { ...env, PROMPTPULSE_HOME: join(machine.home, "elsewhere") };
			const told = await machine.cli(["setup", "--status"], { env: moved });
			expect(told.out).toContain("It is not what this program would install here now. Run promptpulse setup");
			expect((await machine.cli(["setup"], { env: moved })).out).toContain(
				"From now on promptpulse collect runs every 15 minutes by systemd",
			);
			expect(readFileSync(files.service(machine), "utf8")).toContain(
				`PROMPTPULSE_HOME=${machine.home}/elsewhere`,
			);
		});
	});
});

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { homeAt } from "../../src/collector/home.ts";
import { readLastRun } from "../../src/collector/last-run.ts";
import { answer, MAIN } from "../support/answers.ts";
import { onMachine } from "../support/own-machine.ts";
import type { CliHome } from "../support/run-cli.ts";
import { writeTranscripts } from "../support/transcript.ts";
import { until } from "../support/until.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const OWN = '{\n    "permissions": { "allow": ["Bash(ls:*)"] },\n    "n": 1.0\n}\n';

const settingsOf = ({ home }: CliHome) => join(home, ".claude/settings.json");

async function hooksOf({ cli }: CliHome) {
	return JSON.parse((await cli(["setup", "--status", "--json"])).out).hooks;
}

describe("setup --hook", () => {
	test("puts both hooks into the settings, changes nothing a second time, and takes them out again", async () => {
		await onMachine([], async (home) => {
			const path = settingsOf(home);
			writeFileSync(path, OWN);
			const { code, out, err } = await home.cli(["setup", "--hook"]);
			expect({ code, err }).toEqual({ code: 0, err: "" });
			expect(out).toContain("Claude Code starts a collect after every answer and at the end of a session");
			expect(out).toContain(`The settings before are in ${path}.promptpulse-backup.`);
			expect(readFileSync(path, "utf8")).toStartWith(OWN.slice(0, -3));
			expect(await hooksOf(home)).toEqual([{ path, isSet: true, isCurrent: true }]);
			const set = readFileSync(path, "utf8");
			expect((await home.cli(["setup", "--hook"])).out).toStartWith(
				"Nothing to change: Claude Code starts a collect",
			);
			expect(readFileSync(path, "utf8")).toBe(set);
			expect((await home.cli(["status"])).out).toContain("By Claude Code, after every answer.");
			expect((await home.cli(["setup", "--remove"])).err).toBe(
				"Claude Code's hooks stay: promptpulse setup --remove --hook takes them out too.\n",
			);
			expect(await home.cli(["setup", "--remove", "--hook"])).toEqual({
				code: 0,
				out: `Taken away: the hooks in ${path}.\n`,
				err: "",
			});
			expect(readFileSync(path, "utf8")).toBe(OWN);
			expect(readdirSync(join(home.home, ".claude")).toSorted()).toEqual(["projects", "settings.json"]);
			expect((await home.cli(["setup", "--remove", "--hook"])).out).toStartWith("Nothing to take away");
			expect(existsSync(home.kept)).toBe(false);
		});
	});

	test.skipIf(process.platform === "win32")(
		"gives Claude Code's shell a line that collects in the background",
		async () => {
			await onMachine([], async (home) => {
				writeTranscripts(home.projects, { [MAIN]: [answer(1), answer(2)] });
				await home.cli(["setup", "--hook"]);
				const { Stop } = JSON.parse(readFileSync(settingsOf(home), "utf8")).hooks;
				const command: string = Stop[0].hooks[0].command.replace("60s", "100ms");
				const ran = Bun.spawnSync(["sh", "-c", command], {
					cwd: "/",
					env: { HOME: home.home },
					stdin: Buffer.from("{}"),
				});
				expect({ code: ran.exitCode, out: ran.stdout.toString(), err: ran.stderr.toString() }).toEqual({
					code: 0,
					out: "",
					err: "",
				});
				await until("the collect in the background", () => readLastRun(homeAt(home.kept)) !== undefined);
				expect(readLastRun(homeAt(home.kept))).toMatchObject({ trigger: "hook", exitCode: 0, stored: 2 });
			});
		},
	);

	test("brings hooks of another program to date, and says of them that they are not", async () => {
		await onMachine([], async (home) => {
			const path = settingsOf(home);
			const command = "/old/promptpulse collect --detach --debounce 60s";
			writeFileSync(path, JSON.stringify({ hooks: { Stop: [{ hooks: [{ type: "command", command }] }] } }));
			expect(await hooksOf(home)).toEqual([{ path, isSet: true, isCurrent: false }]);
			expect((await home.cli(["setup", "--status"])).out).toContain("run promptpulse setup --hook.");
			expect((await home.cli(["status"])).out).toContain("Run promptpulse setup --hook.");
			await home.cli(["setup", "--hook"]);
			expect(readFileSync(path, "utf8")).not.toContain("/old/");
			expect(await hooksOf(home)).toEqual([{ path, isSet: true, isCurrent: true }]);
		});
	});

	test("goes by CLAUDE_CONFIG_DIR, also where that names several", async () => {
		await onMachine([], async (home) => {
			for (const folder of ["one", "two"]) mkdirSync(join(home.home, folder));
			const { code, out } = await home.cli(["setup", "--hook", "--json"], { claude: "~/one, ./two,/gone" });
			expect(code).toBe(0);
			const paths = ["one", "two"].map((folder) => join(home.home, folder, "settings.json"));
			expect(JSON.parse(out).hooks).toEqual(paths.map((path) => ({ path, change: "made" })));
			expect(existsSync(settingsOf(home))).toBe(false);
			await home.cli(["setup", "--hook", "--remove"], { claude: "~/one,./two" });
			for (const path of paths) expect(existsSync(path)).toBe(false);
		});
	});

	test("takes hooks out of what can be changed, and tells what was done beside what was not", async () => {
		await onMachine(["crontab"], async (home) => {
			for (const folder of ["one", "two"]) mkdirSync(join(home.home, folder));
			const claude = "~/one,~/two";
			await home.cli(["setup"], { claude });
			await home.cli(["setup", "--hook"], { claude });
			writeFileSync(join(home.home, "one/settings.json"), "{ broken");
			const { code, out, err } = await home.cli(["setup", "--remove", "--hook"], { claude });
			const other = join(home.home, "two/settings.json");
			expect({ code, out }).toEqual({
				code: 7,
				out: `Taken away: crontab.\nTaken away: the hooks in ${other}.\n`,
			});
			expect(err).toContain("one/settings.json is not valid JSON");
			expect(err).toContain("out of it by hand");
			expect(existsSync(other)).toBe(false);
		});
	});

	test("says so where Claude Code has no folder, and makes none", async () => {
		await onMachine([], async (home) => {
			rmSync(join(home.home, ".claude"), { recursive: true });
			const { code, out, err } = await home.cli(["setup", "--hook"]);
			expect({ code, out }).toEqual({ code: 7, out: "" });
			expect(err).toContain("Start Claude Code once");
			expect(existsSync(join(home.home, ".claude"))).toBe(false);
		});
	});

	test.each([
		["comments", "{\n  // mine\n}\n"],
		["an error", '{"a": 1,}'],
		["another form", '{"hooks": []}'],
	])("leaves settings with %s as they are, and gives the text to paste", async (_what, text) => {
		await onMachine([], async (home) => {
			writeFileSync(settingsOf(home), text);
			const { code, out, err } = await home.cli(["setup", "--hook"]);
			expect({ code, out }).toEqual({ code: 7, out: "" });
			const { out: printed } = await home.cli(["setup", "--hook", "--print"]);
			expect(err).toStartWith(printed);
			expect(err).toContain(`${settingsOf(home)} `);
			expect(err).toContain("and was left as it is.");
			expect(readFileSync(settingsOf(home), "utf8")).toBe(text);
			expect((await home.cli(["setup", "--status"])).out).toContain("Trouble");
			expect((await home.cli(["status"])).code).toBe(0);
		});
	});
});

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { AppError } from "../../src/errors.ts";
import { cron } from "../../src/schedule/cron.ts";
import { launchdAt } from "../../src/schedule/launchd.ts";
import type { Job, Scheduler } from "../../src/schedule/scheduler.ts";
import { schtasksAt } from "../../src/schedule/schtasks.ts";
import { quoteForShell } from "../../src/schedule/shell-words.ts";
import { systemdAt } from "../../src/schedule/systemd.ts";
import { asCronReads, asSystemdReads, asWindowsReads, asXmlReads, CRONS } from "../support/as-they-read.ts";
import { hostileWord } from "../support/hostile-words.ts";
import { PATIENCE, runs } from "../support/runs.ts";

setDefaultTimeout(PATIENCE);

const PLACES = { userHome: "/home/ada", xdgConfigHome: undefined, scratch: "/nowhere" };
const TIMES = { minutes: [7, 22, 37, 52], hour: undefined };
const WORDS = ["collect", "--quiet", "--log", "--trigger", "schedule"];

/** All of a job that can be hostile: the program's path and what is in its environment. */
const job = fc.record({ name: hostileWord, home: hostileWord, label: hostileWord }).map(
	({ name, home, label }): Job => ({
		program: [`/opt/${name}/promptpulse`],
		words: WORDS,
		environment: { HOME: `/home/${home}`, PATH: "/usr/bin:/bin", MACHINE_ID: label },
		times: TIMES,
	}),
);

/** The words that have to arrive. */
function wordsOf({ program, words, environment }: Job): string[] {
	const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
	return ["/usr/bin/env", "-i", ...variables, ...program, ...words];
}

/** The text that would be installed; undefined where it is refused with a sentence that says what to do. */
function planned(scheduler: Scheduler, wanted: Job, piece = 0): string | undefined {
	try {
		return scheduler.plan(wanted)[piece]?.text;
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== "invalid_config" || !error.hint) throw error;
		return undefined;
	}
}

function holds(property: (wanted: Job) => void, quick = 300): void {
	fc.assert(fc.property(job, property), runs(quick));
}

describe("the line for cron", () => {
	let folder = "";
	beforeAll(() => {
		folder = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-")));
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	test("is one line, and is refused only for what no line can hold", () => {
		holds((wanted) => {
			const text = planned(cron, wanted);
			// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it is about.
			const isUnwritable = wordsOf(wanted).some((word) => /[\u0000-\u001f\u007f]/.test(word));
			const isRefused = isUnwritable || wanted.program[0].includes("=");
			expect(text === undefined).toBe(isRefused);
			if (text !== undefined) expect(text.split("\n")).toHaveLength(4);
		});
	});

	test.skipIf(process.platform === "win32").each(Object.keys(CRONS) as (keyof typeof CRONS)[])(
		"brings a real sh to run exactly these words and nothing else, as %s reads it",
		(kind) => {
			let turn = 0;
			const writable = job.filter((wanted) => planned(cron, wanted) !== undefined);
			fc.assert(
				fc.property(writable, (wanted) => {
					const here = join(folder, kind, String(turn++));
					const program = join(here, wanted.program[0]);
					mkdirSync(dirname(program), { recursive: true });
					const tells = `#!/bin/sh\nprintf '%s\\0' "$0" "$@" "$HOME" "$MACHINE_ID" "$PATH" "\${LEAK-none}"\n`;
					writeFileSync(program, tells, { mode: 0o755 });
					const told: Job = { ...wanted, program: [program] };
					const command = asCronReads(planned(cron, told) ?? "", kind);
					const cwd = join(here, "cwd");
					mkdirSync(cwd);
					const ran = Bun.spawnSync(["/bin/sh", "-c", command], { cwd, env: { HOME: "/", LEAK: "leaks" } });
					const { HOME = "", MACHINE_ID = "", PATH = "" } = wanted.environment;
					expect(ran.stderr.toString()).toBe("");
					expect(ran.stdout.toString().split("\0")).toEqual([
						program,
						...WORDS,
						HOME,
						MACHINE_ID,
						PATH,
						"none",
						"",
					]);
					expect(readdirSync(cwd)).toEqual([]);
				}),
				runs(40),
			);
		},
	);

	test("that some crons would cut off is refused", () => {
		const long: Job = { program: [`/opt/${"x".repeat(950)}`], words: WORDS, environment: {}, times: TIMES };
		expect(() => cron.plan(long)).toThrow("some crons cut off");
	});
});

test("a unit of systemd holds exactly the words, and one line for them", () => {
	holds((wanted) => {
		const text = planned(systemdAt(PLACES), wanted);
		expect(text === undefined).toBe(wanted.program[0].includes("="));
		if (text === undefined) return;
		const lines = text.split("\n");
		expect(lines).toHaveLength(10);
		const [line = ""] = lines.filter((one) => one.startsWith("ExecStart="));
		expect(asSystemdReads(line.slice("ExecStart=".length))).toEqual(wordsOf(wanted));
	});
});

test("an agent of launchd holds exactly the words", () => {
	holds((wanted) => {
		const text = planned(launchdAt(PLACES), wanted);
		expect(text === undefined).toBe(wanted.program[0].includes("="));
		if (text === undefined) return;
		const [, list = ""] = /<key>ProgramArguments<\/key>\s*<array>(.*?)<\/array>/s.exec(text) ?? [];
		const words = [...list.matchAll(/<string>([^<]*)<\/string>/g)].map(([, word = ""]) => asXmlReads(word));
		expect(words).toEqual(wordsOf(wanted));
	});
});

test("a task of Windows holds exactly the words, and is refused where it would put something in their place", () => {
	const withWords = fc.tuple(job, hostileWord).map(
		([wanted, word]): Job => ({
			...wanted,
			program: [wanted.program[0], word, `${word}\\`],
		}),
	);
	fc.assert(
		fc.property(withWords, (wanted) => {
			const text = planned(schtasksAt(PLACES), wanted);
			const words = [...wanted.program, ...wanted.words];
			expect(text === undefined).toBe(words.some((word) => /%|\$\(/.test(word)));
			if (text === undefined) return;
			const [, command = ""] = /<Command>([^<]*)<\/Command>/.exec(text) ?? [];
			const [, line = ""] = /<Arguments>([^<]*)<\/Arguments>/.exec(text) ?? [];
			expect([asXmlReads(command), ...asWindowsReads(asXmlReads(line))]).toEqual(words);
		}),
		runs(300),
	);
});

test("a word of a hook is the same to a real sh", () => {
	fc.assert(
		fc.property(fc.array(hostileWord, { maxLength: 4 }), (words) => {
			const line = ["printf", "%s\\0", ...words].map(quoteForShell).join(" ");
			const ran = Bun.spawnSync(["sh", "-c", words.length > 0 ? line : ":"], { cwd: "/" });
			expect(ran.stdout.toString().split("\0").slice(0, -1)).toEqual(words);
		}),
		runs(40),
	);
});

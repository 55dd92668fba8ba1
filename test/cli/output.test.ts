import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { PROGRAM } from "../support/program.ts";
import { type CliHome, environmentOf, inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** The environment of a shell in which `promptpulse` is the program. */
function shellOf({ home }: CliHome, over: Record<string, string> = {}): Record<string, string> {
	const quoted = PROGRAM.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
	writeFileSync(join(home, "promptpulse"), `#!/bin/sh\nexec ${quoted.join(" ")} "$@"\n`);
	chmodSync(join(home, "promptpulse"), 0o700);
	const env = environmentOf({ home, env: over });
	return { ...env, PATH: `${home}:${env.PATH}` };
}

/** Runs a line of the shell. */
async function shell(home: CliHome, line: string): Promise<{ code: number; out: string; err: string }> {
	const child = Bun.spawn(["sh", "-c", line], {
		cwd: home.home,
		env: shellOf(home),
		stdin: "ignore",
		stdout: "pipe",
		stderr: "pipe",
	});
	const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
	return { code: await child.exited, out, err };
}

/** Each answer is a session of its own, so that their report is long. */
const SESSIONS = 1_500;
const MANY = Array.from({ length: SESSIONS }, (_, n) => answer(n, { session: `session-${n}` }));

describe("output into a pipe", () => {
	test("that is slow arrives whole", async () => {
		await inHome({ [MAIN]: MANY }, async (home) => {
			const { out, err } = await shell(home, "promptpulse report session --json | { sleep 0.3; cat; }");
			expect(err).toBe("");
			expect(out.length).toBeGreaterThan(1e6);
			expect(JSON.parse(out).sessions).toHaveLength(SESSIONS);
		});
	});

	test("that is closed early ends without a word, and nothing is lost", async () => {
		await inHome({ [MAIN]: MANY }, async (home) => {
			const line = "{ promptpulse report session --json; echo ended with $? >&2; } | head -1";
			expect(await shell(home, line)).toEqual({ code: 0, out: "{\n", err: "ended with 0\n" });
			expect((await home.report("daily", "--no-collect")).totals.responses).toBe(SESSIONS);
		});
	});

	test("that nobody reads ends without a word too", async () => {
		await inHome({ [MAIN]: MANY.slice(0, 2) }, async (home) => {
			for (const words of ["", "report", "collect --no-push", "--help", "--version"]) {
				const line = `{ sleep 0.3; promptpulse ${words}; echo ended with $? >&2; } | true`;
				expect(await shell(home, line)).toMatchObject({ out: "", err: "ended with 0\n" });
			}
			const errors = await shell(home, "{ sleep 0.3; promptpulse reprot; echo ended with $?; } 2>&1 | true");
			expect(errors).toMatchObject({ out: "", err: "" });
		});
	});
});

if (existsSync("/dev/full")) {
	test("output that cannot be written is told in a sentence, and the exit code is 1", async () => {
		await inHome({ [MAIN]: MANY.slice(0, 2) }, async (home) => {
			for (const words of ["", "report", "collect --no-push", "--help", "--version"]) {
				const { code, err } = await shell(home, `promptpulse ${words} > /dev/full`);
				expect(code).toBe(1);
				expect(err).toMatch(
					/^The output could not be written \(.*no space left.*\)\.\nCheck that the disk it goes to has room\.\n$/,
				);
			}
			expect(await shell(home, "promptpulse reprot 2> /dev/full")).toMatchObject({ code: 2 });
			expect((await home.report("daily")).totals.responses).toBe(2);
		});
	});
}

describe("on a screen", () => {
	/** What a person sees who runs a line of the shell in a terminal. */
	async function seen(home: CliHome, line: string, env: Record<string, string> = {}, cols = 100) {
		let screen = "";
		const child = Bun.spawn(["sh", "-c", line], {
			cwd: home.home,
			env: shellOf(home, { TERM: "xterm", ...env }),
			terminal: {
				cols,
				rows: 24,
				data: (_terminal, bytes) => {
					screen += Buffer.from(bytes).toString();
				},
			},
		});
		await child.exited;
		return screen.replaceAll("\r\n", "\n");
	}

	test("the head and the sum are bold, and nothing else is coloured", async () => {
		await inHome({ [MAIN]: MANY.slice(0, 2) }, async (home) => {
			const screen = await seen(home, "promptpulse report");
			expect(screen).toContain("\x1b[1mDay\x1b[22m");
			expect(screen).toContain("\x1b[1mTotal\x1b[22m");
			expect(screen).toMatch(/\n2026-03-02 {2}sonnet-4-5 /);
		});
	});

	test.each([{ NO_COLOR: "1" }, { TERM: "dumb" }])("there are no escapes with %p", async (env) => {
		await inHome({ [MAIN]: MANY.slice(0, 2) }, async (home) => {
			const screen = await seen(home, "promptpulse report", env);
			expect(screen).toStartWith("Day ");
			expect(screen).not.toContain("\x1b");
		});
	});

	test("a table is as wide as the screen at the most, and as in a file where that does not tell", async () => {
		await inHome({ [MAIN]: MANY.slice(0, 2) }, async (home) => {
			const titles = async (line: string, cols: number) =>
				Bun.stripANSI(await seen(home, line, {}, cols))
					.split("\n")[0]
					?.split(/ {2,}/);
			expect(await titles("promptpulse report", 40)).toEqual(["Day", "Input", "Output", "Tokens", "Cost"]);
			expect(await titles("promptpulse report", 120)).toHaveLength(8);
			expect(await titles("stty cols 0 rows 0; promptpulse report", 80)).toHaveLength(8);
		});
	});
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./until.ts";

/** What a bash offers that has read the script, for the last word of a line; words stand apart by blanks. */
export async function completeInBash(script: string, line: string, cwd: string): Promise<string[]> {
	const ask = `
		source /dev/stdin
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_promptpulse
		((\${#COMPREPLY[@]} == 0)) || printf '%s\\0' "\${COMPREPLY[@]}"`;
	const words = ["bash", "--norc", "--noprofile", "-c", ask, "bash", ...line.split(" ")];
	const { out, err } = await run(words, cwd, script);
	if (err) throw new Error(err);
	return out.split("\0").slice(0, -1);
}

/** What a fish offers that has read the script, for the end of a line. */
export async function completeInFish(script: string, line: string, cwd: string): Promise<string[]> {
	const words = ["fish", "--no-config", "-c", "source -; complete -C $argv[1]", line];
	const { out, err } = await run(words, cwd, script);
	if (err) throw new Error(err);
	return out
		.split("\n")
		.map((offered) => offered.replace(/\t.*/, ""))
		.filter((word) => word !== "");
}

async function run(
	words: readonly string[],
	cwd: string,
	input: string,
): Promise<{ out: string; err: string }> {
	const child = Bun.spawn([...words], {
		cwd,
		env: { HOME: cwd, PATH: process.env.PATH ?? "", TERM: "dumb", LC_ALL: "C.UTF-8" },
		stdin: new Blob([input]),
		stdout: "pipe",
		stderr: "pipe",
	});
	const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
	await child.exited;
	return { out, err };
}

/**
 * Which of the expected words come up in a zsh at a terminal, which has read the script, when somebody types a line and
 * asks for what there is.
 */
export async function completeInZsh(
	script: string,
	line: string,
	cwd: string,
	expected: readonly string[],
): Promise<string[]> {
	const settings = mkdtempSync(join(tmpdir(), "promptpulse-zsh-"));
	const rc = `autoload -Uz compinit; compinit -u -D; source ${settings}/script\nPROMPT='ready> '; LISTMAX=10000\n`;
	writeFileSync(join(settings, ".zshrc"), `${rc}bindkey '^T' list-choices\n`);
	writeFileSync(join(settings, "script"), script);
	let screen = "";
	const decoder = new TextDecoder();
	const child = Bun.spawn(["zsh", "-i"], {
		cwd,
		env: { HOME: cwd, ZDOTDIR: settings, PATH: process.env.PATH ?? "", TERM: "xterm", LC_ALL: "C.UTF-8" },
		terminal: {
			cols: 160,
			rows: 60,
			data(_terminal, bytes) {
				screen += decoder.decode(bytes, { stream: true });
			},
		},
	});
	const shown = () => Bun.stripANSI(screen);
	try {
		await until("a prompt", () => shown().includes("ready> "));
		screen = "";
		child.terminal?.write(`${line}\x14`);
		// The line does nothing when it is run; the prompt after it tells that all has been listed.
		child.terminal?.write("\x01: \x05 done\r");
		await until("what there is", () => shown().split("ready> ").length > 1);
		const words = shown().split(/[\s]+/);
		return expected.filter((word) => words.includes(word));
	} finally {
		child.kill("SIGKILL");
		await child.exited;
		child.terminal?.close();
		rmSync(settings, { recursive: true });
	}
}

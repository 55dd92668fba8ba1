import { AppError } from "../errors.ts";

/** What a program came to. The output is kept byte by byte, as one character each. */
export type Ran = { code: number; out: string; err: string };

/** None of these programs takes as long, in ms, unless something is amiss. */
const PATIENCE_MS = 30_000;

/**
 * Runs a program without a shell, and waits for it.
 *
 * @param input one character a byte
 * @returns undefined where there is no such program
 * @throws AppError `scheduler_failed` if it does not come to an end
 */
export async function runProgram(
	words: readonly [string, ...string[]],
	input = "",
): Promise<Ran | undefined> {
	const [name] = words;
	const path = Bun.which(name);
	if (path === null) return undefined;
	const child = Bun.spawn([path, ...words.slice(1)], {
		stdin: Buffer.from(input, "latin1"),
		stdout: "pipe",
		stderr: "pipe",
		timeout: PATIENCE_MS,
		killSignal: "SIGKILL",
	});
	const [out, err] = await Promise.all([child.stdout.bytes(), child.stderr.text()]);
	const code = await child.exited;
	if (child.signalCode === null) return { code, out: Buffer.from(out).toString("latin1"), err };
	throw new AppError(
		"scheduler_failed",
		`${words.join(" ")} did not come to an end and was stopped.`,
		"Try it by hand, and run promptpulse setup again when it answers.",
	);
}

/**
 * Runs a program that has to be there and to end well.
 *
 * @throws AppError `scheduler_failed`
 */
export async function insist(words: readonly [string, ...string[]], input?: string): Promise<string> {
	const ran = await runProgram(words, input);
	if (!ran) throw missing(words[0]);
	if (ran.code === 0) return ran.out;
	throw failed(words, ran);
}

/** The error for a program that this machine does not have. */
export function missing(name: string): AppError {
	return new AppError(
		"scheduler_failed",
		`This machine has no ${name} command.`,
		"Name a scheduler that it has with --scheduler, or let Claude Code start PromptPulse with promptpulse setup --hook.",
	);
}

/** The error for a program that did not do what it was told, in its own words. */
export function failed(words: readonly string[], { code, out, err }: Ran): AppError {
	const said = (err.trim() || Buffer.from(out, "latin1").toString().trim())
		.replace(/\s+/g, " ")
		.slice(0, MOST_SAID);
	return new AppError(
		"scheduler_failed",
		`${words.join(" ")} ended with ${code}${said === "" ? "" : `: ${said.replace(/\.$/, "")}`}.`,
		"Nothing else was done. Try it by hand, or name another scheduler with --scheduler.",
	);
}

const MOST_SAID = 500;

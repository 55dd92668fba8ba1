import { basename } from "node:path";
import { Command, CommanderError } from "commander";
import { readConfig } from "../config.ts";
import { AppError } from "../errors.ts";
import { VERSION } from "../version.ts";
import type { Context } from "./context.ts";
import { exitCodeOf, WRONG_USAGE } from "./exit-code.ts";
import { addMachineCommands } from "./machine-commands.ts";
import { addServerCommands } from "./server-commands.ts";
import { openTerminal, plain, type Terminal } from "./terminal.ts";
import { addUsageCommands } from "./usage-commands.ts";

const EXAMPLES = `Examples:
  promptpulse                              what Claude Code cost today and lately
  promptpulse dashboard                    the same in the browser, with charts
  promptpulse report daily                 day by day
  promptpulse report blocks --json         5-hour blocks, for programs
  promptpulse report project --since 2026-11-01
  promptpulse collect                      keep what is new in the transcripts
  promptpulse login                        send it to a server, which adds up several machines
  promptpulse serve                        be that server
`;

const EXIT_CODES = `
Exit codes:
  0  done, or nothing new          5  the server refused some usage, which is kept here
  1  unexpected                    6  some local files could not be read
  2  wrong usage                   7  configuration invalid, or home not writable
  3  not logged in, or key refused 8  another collect is running
  4  the server was not reached,   9  the server does not have what it was sent
     the usage is kept
`;

/** Runs the command that the words name and gives the exit code. Errors have been told when it returns. */
export async function runCommand(words: readonly string[]): Promise<number> {
	const config = readConfig();
	const terminal = openTerminal(config);
	let code = 0;
	const program = commandTable({ config, terminal, now: Date.now }, words, (exit) => {
		code = exit;
	});
	try {
		await program.parseAsync(withSummary(words), { from: "user" });
		return code;
	} catch (error) {
		return tell(terminal, error);
	}
}

/** Without a command's name it is the summary that is asked for. */
function withSummary(words: readonly string[]): string[] {
	const [first = "-"] = words;
	const isForProgram = ["-h", "--help", "-V", "--version"].includes(first);
	return first.startsWith("-") && !isForProgram ? ["summary", ...words] : [...words];
}

function tell(terminal: Terminal, error: unknown): number {
	if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
	if (!(error instanceof AppError)) throw error;
	// Sentences name files, models and projects.
	terminal.err(plain(error.message));
	if (error.hint) terminal.err(plain(error.hint));
	return exitCodeOf(error);
}

/** All commands. What one needs is loaded when it runs, so that the light ones stay light. */
function commandTable(context: Context, words: readonly string[], finish: (code: number) => void): Command {
	const program = new Command(programName())
		.description("Tells what Claude Code costs. With no command: today, lately and ever.")
		.version(VERSION)
		.helpCommand(false)
		.configureHelp({ showGlobalOptions: true })
		.configureOutput({
			writeOut: (text) => context.terminal.out(text.trimEnd()),
			writeErr: (text) => context.terminal.err(text.trimEnd()),
		})
		.exitOverride()
		.addHelpText("before", EXAMPLES)
		.addHelpText("after", EXIT_CODES);

	for (const addCommands of [addUsageCommands, addMachineCommands, addServerCommands]) {
		addCommands({ program, context, words, finish });
	}
	return program;
}

function programName(): string {
	const name = basename(process.execPath).replace(/\.exe$/, "");
	return name === "bun" ? "promptpulse" : name;
}

import { basename } from "node:path";
import { Command, CommanderError } from "commander";
import { type Kept, readConfig } from "../config.ts";
import { AppError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { addConfigCommands } from "./config-commands.ts";
import type { Context } from "./context.ts";
import { examplesText } from "./examples.ts";
import { EXIT_MEANINGS, exitCodeOf, WRONG_USAGE } from "./exit-code.ts";
import { addImportCommands } from "./import-commands.ts";
import { addMachineCommands } from "./machine-commands.ts";
import { addReport, addSummary } from "./report-commands.ts";
import { isScreen, STDERR, STDOUT } from "./screen/output.ts";
import { openTerminal, plain, type Terminal } from "./screen/terminal.ts";
import { addServerCommands } from "./server-commands.ts";
import { addUsageCommands } from "./usage-commands.ts";

const EXAMPLES = `Examples:
  promptpulse                              what Claude Code cost today and lately
  promptpulse dashboard                    the same in the browser, with charts
  promptpulse report daily                 day by day
  promptpulse report blocks --json         5-hour blocks, for programs
  promptpulse report project --since 2026-11-01
  promptpulse collect                      keep what is new in the transcripts
  promptpulse setup                        do that every 15 minutes
  promptpulse login                        send it to a server, which adds up several machines
  promptpulse serve                        be that server
`;

const EXIT_CODES = `
Exit codes:
${EXIT_MEANINGS.map(([code, means]) => `${String(code).padStart(5)}  ${means}`).join("\n")}
`;

/** Runs the command that the words name and gives the exit code. Errors have been told when it returns. */
export async function runCommand(words: readonly string[]): Promise<number> {
	let kept: Kept = () => undefined;
	const config = readConfig(undefined, (name) => kept(name));
	const terminal = openTerminal(config);
	let code = 0;
	const asked = withSummary(words);
	const finish = (exit: number) => {
		code = exit;
	};
	const program = commandTable({ config, terminal, now: Date.now }, words, finish, asked[0]);
	// What is only told needs no settings, and loads nothing that reads them.
	program.hook("preAction", async () => {
		const { keptSettings } = await import("./config/kept-settings.ts");
		kept = keptSettings(config.home);
	});
	try {
		await program.parseAsync(asked, { from: "user" });
		return code;
	} catch (error) {
		return tell(terminal, error);
	}
}

/** Without a command's name it is the summary that is asked for. `help` before one asks for its help. */
function withSummary(words: readonly string[]): string[] {
	const [first = "-", ...rest] = words;
	if (first === "help") return [...rest, "--help"];
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

/**
 * All commands. What one needs is loaded when it runs, so that the light ones stay light.
 *
 * @param asked the command that will run: where it is of those that everyone asks, the others are left out, for to enter
 *   them takes as long as to answer
 */
export function commandTable(
	context: Context,
	words: readonly string[],
	finish: (code: number) => void,
	asked?: string,
): Command {
	const program = new Command(programName())
		.description("Tells what Claude Code costs. With no command: today, lately and ever.")
		.version(VERSION)
		.helpCommand(false)
		.configureHelp({ showGlobalOptions: true })
		.configureOutput({
			writeOut: (text) => context.terminal.out(text.trimEnd()),
			// Of a word that cannot be meant it tells what it was.
			writeErr: (text) => context.terminal.err(withPlain(words, reworded(text.trimEnd()))),
			...OF_HELP,
		})
		.exitOverride()
		.addHelpText("before", EXAMPLES)
		.addHelpText("after", EXIT_CODES)
		.addHelpText("afterAll", ({ command }) => examplesText(wordsOf(command)));

	const table = { program, context, words, finish };
	for (const addCommands of [addSummary, addReport, addUsageCommands]) {
		addCommands(table);
		if (program.commands.some((command) => command.name() === asked)) return program;
	}
	for (const addCommands of [addMachineCommands, addConfigCommands, addImportCommands, addServerCommands]) {
		addCommands(table);
	}
	return program;
}

/** `config get`, without the program's name. */
function wordsOf(command: Command): string {
	const { parent } = command;
	return parent ? `${wordsOf(parent)} ${command.name()}`.trim() : "";
}

/** Of an argument that may not be what it is, in words that people know. */
function reworded(text: string): string {
	return text.replace(/command-argument value (.*) is invalid for argument '(.*?)'/s, "$1 is invalid as $2");
}

function withPlain(words: readonly string[], text: string): string {
	return words.reduce((told, word) => told.replaceAll(word, () => plain(word)), text);
}

/** Looked for the fast way: `process.stdout` takes as long to come to life as all the rest. */
const OF_HELP = {
	getOutHelpWidth: () => widthOf(STDOUT),
	getErrHelpWidth: () => widthOf(STDERR),
	getOutHasColors: () => false,
	getErrHasColors: () => false,
};

function widthOf(fd: typeof STDOUT | typeof STDERR): number {
	return (isScreen(fd) && (fd === STDOUT ? process.stdout : process.stderr).columns) || WIDTH_OF_HELP;
}

const WIDTH_OF_HELP = 80;

function programName(): string {
	const name = basename(process.execPath).replace(/\.exe$/, "");
	return name === "bun" ? "promptpulse" : name;
}

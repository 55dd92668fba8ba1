import { commandTable } from "../../src/cli/commands.ts";
import { type CommandWords, listCommandWords } from "../../src/cli/completion/completion-words.ts";
import { openTerminal } from "../../src/cli/screen/terminal.ts";
import { readConfig } from "../../src/config.ts";

/** A command that people are shown. */
export type ShownCommand = {
	/** Its words: `user create`. */
	path: string;
	/** These, and something for each of its arguments: of a file always `a-file`. */
	words: string[];
	hasJson: boolean;
	/** Every spelling of all of its flags. */
	flags: string[];
};

/** Every command of the table. */
export function listCommands(): ShownCommand[] {
	const config = readConfig({});
	const program = commandTable({ config, terminal: openTerminal(config), now: Date.now }, [], () => {});
	return listCommandWords(program)
		.filter(({ path, commands }) => commands.length === 0 && !/(?:^| )help$/.test(path))
		.map((command) => ({
			path: command.path,
			words: [...command.path.split(" "), ...argumentsOf(command)],
			hasJson: command.flags.some(({ names }) => names.includes("--json")),
			flags: command.flags.flatMap(({ names }) => names),
		}));
}

function argumentsOf({ path, values }: CommandWords): string[] {
	// Without a key it makes an account.
	if (path === "login") return [];
	return values.map((value) => {
		if (value.kind === "choices") return value.choices[0] ?? "";
		return value.kind === "files" ? "a-file" : "somebody";
	});
}

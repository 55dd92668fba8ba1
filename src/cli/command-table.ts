import type { Command } from "commander";
import type { Context } from "./context.ts";

/** Where commands are entered. */
export type CommandTable = {
	program: Command;
	context: Context;
	/** All that was typed after the program's name. */
	words: readonly string[];
	/** Takes the exit code that a command came to. */
	finish(code: number): void;
};

import type { Command } from "commander";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { bashCompletion } from "./completion-bash.ts";
import { fishCompletion } from "./completion-fish.ts";
import { listCommandWords } from "./completion-words.ts";
import { zshCompletion } from "./completion-zsh.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export type Shell = keyof typeof SCRIPTS;

/** `promptpulse completion SHELL`: prints what lets a shell complete the words of every command. */
export function completion({ terminal }: Context, shell: Shell, program: Command): number {
	terminal.out(SCRIPTS[shell](listCommandWords(program)).trimEnd());
	return DONE;
}

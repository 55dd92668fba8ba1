import type { Argument, Command, Option } from "commander";

/** What may stand in a place of the command line. */
export type Value = { kind: "files" } | { kind: "any" } | { kind: "choices"; choices: readonly string[] };

/** A word and what it does. */
export type Word = { name: string; what: string };

/** A flag: all its spellings, and the value that it takes, if any, which may be left out if it is optional. */
export type Flag = { names: readonly string[]; what: string; value?: Value | undefined; isOptional: boolean };

/** What may follow a command's words; `path` are those words, empty for the program itself. */
export type CommandWords = {
	path: string;
	commands: readonly Word[];
	flags: readonly Flag[];
	/** In their order. */
	values: readonly Value[];
};

/** The names that the program is started by. */
export const PROGRAMS = ["promptpulse", "ppulse"] as const;

/** The words of all commands that people are shown, the program itself first. */
export function listCommandWords(program: Command): CommandWords[] {
	const all = wordsBelow(program, "");
	// Without a command's name it is the summary that is asked for.
	const summary = all.find(({ path }) => path === "summary")?.flags ?? [];
	const isNew = ({ names }: Flag) => !all[0]?.flags.some((flag) => flag.names.join() === names.join());
	return all.map((words) =>
		words.path === "" ? { ...words, flags: [...words.flags, ...summary.filter(isNew)] } : words,
	);
}

function wordsBelow(command: Command, path: string): CommandWords[] {
	const help = command.createHelp();
	const commands = help.visibleCommands(command);
	const own: CommandWords = {
		path,
		commands: commands.map((one) => ({ name: cleaned(one.name()), what: cleaned(one.description()) })),
		flags: help.visibleOptions(command).map(flagOf),
		values: command.registeredArguments.map(valueIn),
	};
	const below = commands.flatMap((one) => wordsBelow(one, `${path} ${cleaned(one.name())}`.trim()));
	return [own, ...below];
}

function flagOf(option: Option): Flag {
	const names = [option.short, option.long].filter((name) => name !== undefined).map(cleaned);
	const takesValue = option.required || option.optional;
	return {
		names,
		what: cleaned(option.description),
		value: takesValue ? valueIn(option) : undefined,
		isOptional: option.optional,
	};
}

/** What is called a file, a path or a place is looked for on the disk. */
function valueIn(named: Option | Argument): Value {
	if (named.argChoices) return { kind: "choices", choices: named.argChoices.map(cleaned) };
	const name = "flags" in named ? /[<[]([^\]>]*)/.exec(named.flags)?.[1] : named.name();
	return { kind: /^(?:file|path|place|folder)$/.test(name ?? "") ? "files" : "any" };
}

/** One line, whatever it was. */
function cleaned(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();
}

/** A text as one word of bash and of zsh, in which nothing is replaced. */
export function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Every place where a value may stand: `config get:1` is an argument, `report:--mode` a flag. */
export function listPlaces(
	commands: readonly CommandWords[],
): { place: string; value: Value; isOptional: boolean }[] {
	return commands.flatMap(({ path, flags, values }) => [
		...flags.flatMap(({ names, value, isOptional }) =>
			value === undefined ? [] : names.map((name) => ({ place: `${path}:${name}`, value, isOptional })),
		),
		...values.map((value, at) => ({ place: `${path}:${at + 1}`, value, isOptional: false })),
	]);
}

import type { Argument, Command, Option } from "commander";
import { commandTable } from "../../src/cli/commands.ts";
import { EXAMPLES, type Example } from "../../src/cli/examples.ts";
import { EXIT_MEANINGS } from "../../src/cli/exit-code.ts";
import { openTerminal } from "../../src/cli/screen/terminal.ts";
import { KEPT_NAMES, OPTION_NAMES, readConfig, variableOf } from "../../src/config.ts";
import { block, code, rowsByName, sentence, table } from "./sentence.ts";

const HEAD = `# Commands

<!-- Made by \`bun run docs\` from the commands themselves. What is wrong here is mended there. -->

\`--help\` after any command says the same in the terminal. \`ppulse\` is a shorter name of the program. \`--version\` prints
the version. A flag goes before a variable, and a variable before what \`promptpulse config set\` keeps.`;

const VARIABLES = `## Variables

An empty variable counts as unset. No \`.env\` file is read. What \`config set\` can keep on the machine has its name in the last
column.`;

/** What no table for people tells of. */
const OTHER_VARIABLES: Readonly<Record<string, string>> = {
	RESEND_BASE_URL: "where the mail service is, if it is not `https://api.resend.com`; for tests",
	NODE_ENV: "`development` makes the log of `serve` readable for people and shows a page of all parts",
	TERM: "with `dumb` nothing is drawn anew in the terminal",
};

/** `docs/cli.md`: every command, in the order of `--help`. `tables`: documents in whose tables variables are told of. */
export function cliReference(tables: readonly string[]): string {
	const config = readConfig({});
	const program = commandTable({ config, terminal: openTerminal(config), now: Date.now }, [], () => {});
	const commands = listCommands(program);
	const exitCodes = EXIT_MEANINGS.map(([exit, means]) => [code(String(exit)), sentence(means)]);
	return `${[
		HEAD,
		table(
			["command", "does"],
			commands
				.filter(({ commands: below }) => below.length === 0)
				.map((command) => [
					`[${code(`promptpulse ${pathOf(command)}`)}](#${anchorOf(command)})`,
					sentence(command.description()),
				]),
		),
		...commands.map(sectionOf),
		`## Exit codes\n\n${table(["code", "means"], exitCodes)}`,
		`${VARIABLES}\n\n${table(["variable", "for", "kept as"], variableRows(tables))}`,
	].join("\n\n")}\n`;
}

/** The commands that people are shown, each before those below it. */
function listCommands(command: Command): Command[] {
	const below = command.createHelp().visibleCommands(command);
	return below.flatMap((one) => (one.name() === "help" ? [] : [one, ...listCommands(one)]));
}

/** `config get` */
function pathOf(command: Command): string {
	const { parent } = command;
	return parent ? `${pathOf(parent)} ${command.name()}`.trim() : "";
}

/** As GitHub and others make it of the heading. */
function anchorOf(command: Command): string {
	return `promptpulse-${pathOf(command).replaceAll(" ", "-")}`;
}

function sectionOf(command: Command): string {
	const path = pathOf(command);
	const below = listCommands(command).filter(({ commands }) => commands.length === 0);
	if (below.length > 0) {
		const names = below.map((one) => `[${code(pathOf(one))}](#${anchorOf(one)})`);
		return `## promptpulse ${path}\n\n${sentence(command.description())} It has ${names.join(", ")}.`;
	}
	const examples = EXAMPLES[path];
	if (!examples) throw new Error(`promptpulse ${path} has no example in src/cli/examples.ts`);
	const help = command.createHelp();
	const flags = help.visibleOptions(command).filter(({ long }) => long !== "--help");
	return [
		`## promptpulse ${path}`,
		sentence(command.description()),
		block("text", usageOf(command, flags.length > 0)),
		...(command.registeredArguments.length > 0
			? [table(["argument", "is"], command.registeredArguments.map(argumentRow))]
			: []),
		...(flags.length > 0 ? [table(["flag", "does"], flags.map(flagRow))] : []),
		block("text", examplesText(examples)),
	].join("\n\n");
}

function usageOf(command: Command, hasFlags: boolean): string {
	const values = command.registeredArguments.map((argument) =>
		argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
	);
	return ["promptpulse", pathOf(command), ...values, ...(hasFlags ? ["[flags]"] : [])].join(" ");
}

function argumentRow(argument: Argument): string[] {
	const said = sentence(argument.description);
	const choices = choicesOf(argument.argChoices);
	const without = argument.defaultValue === undefined ? [] : [`Without it: ${code(argument.defaultValue)}.`];
	return [code(argument.name()), [said, ...choices, ...without].join(" ")];
}

/** What stands in brackets at the end of a flag's description is what holds without it. */
function flagRow(option: Option): string[] {
	const [, what = "", usual] = /^(.*?)(?: \(([^()]+)\))?$/.exec(option.description) ?? [];
	const held = option.defaultValue === undefined || option.isBoolean() ? usual : String(option.defaultValue);
	const without = held === undefined ? [] : [`Without it: ${withVariables(held)}.`];
	return [code(option.flags), [sentence(what), ...choicesOf(option.argChoices), ...without].join(" ")];
}

function choicesOf(choices: readonly string[] | undefined): string[] {
	return choices ? [`One of ${choices.map(code).join(", ")}.`] : [];
}

function withVariables(text: string): string {
	return text.replace(/\b[A-Z]+(?:_[A-Z]+)*\b/g, (word) =>
		VARIABLE_NAMES.includes(word) ? code(word) : word,
	);
}

const VARIABLE_NAMES: readonly string[] = OPTION_NAMES.map(variableOf);

function examplesText(examples: readonly Example[]): string {
	const widest = Math.max(...examples.map(([call]) => call.length));
	return examples.map(([call, what]) => `${call.padEnd(widest)}  # ${what}`).join("\n");
}

function variableRows(tables: readonly string[]): string[][] {
	const told = new Map([
		...tables.flatMap((markdown) => [...rowsByName(markdown)]),
		...Object.entries(OTHER_VARIABLES),
	]);
	const rows = OPTION_NAMES.map((name) => {
		const variable = variableOf(name);
		const meaning = told.get(variable);
		if (meaning === undefined) throw new Error(`no table tells what ${variable} is for`);
		const isKept = name === "server" || KEPT_NAMES.some((kept) => kept === name);
		return { variable: code(variable), meaning: sentence(meaning), kept: isKept ? [code(name)] : [] };
	});
	// Those of which one row tells for people stand in one row here.
	return [...Map.groupBy(rows, ({ meaning }) => meaning)].map(([meaning, alike]) => {
		const kept = alike.flatMap((row) => row.kept).join(", ");
		return [alike.map(({ variable }) => variable).join(", "), meaning, kept || "not kept"];
	});
}

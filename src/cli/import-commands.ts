import { Argument, type Command } from "commander";
import type { CommandTable } from "./command-table.ts";
import { json } from "./options.ts";

/** History from before the transcripts that are there still, as totals that other programs counted. */
export function addImportCommands({ program, context, finish }: CommandTable): void {
	const command = program
		.command("import")
		.description("take in older history that another program counted, as totals");

	withFlags(
		command
			.command("ccusage")
			.description("what ccusage daily, session or blocks --json wrote")
			.argument("<file>", "the file; - is the standard input")
			.option("--machine <name>", "of which machine it tells (this one)"),
	).action(async (file, flags) =>
		finish(await (await import("./import/import.ts")).importFile(context, "ccusage", file, flags)),
	);

	withFlags(
		command
			.command("predecessor")
			.description("what the former PromptPulse server answered, or its SQLite database")
			.argument("<file>", "the file; - is the standard input")
			.option("--machine <name>", "what the one machine that it tells of is called now")
			.option("--user <name>", "whose usage is yours, where it has several people's"),
	).action(async (file, flags) =>
		finish(await (await import("./import/import.ts")).importFile(context, "predecessor", file, flags)),
	);

	command
		.command("list")
		.description("what was imported")
		.addOption(json())
		.action(async (flags) =>
			finish(await (await import("./import/import-list.ts")).listImports(context, flags)),
		);

	command
		.command("remove")
		.description("take out again what was imported")
		.addArgument(new Argument("<program>", "what it came from").choices(["ccusage", "predecessor"]))
		.option("--machine <name>", "only what is of this machine")
		.option("--keep-sent", "leave at the server what was sent there")
		.option("--yes", "without asking")
		.action(async (source, flags) =>
			finish(await (await import("./import/import-list.ts")).removeImports(context, source, flags)),
		);
}

function withFlags(command: Command): Command {
	return command
		.option("--dry-run", "only show what would be taken")
		.option("--yes", "take it without asking")
		.addOption(json());
}

import { Argument } from "commander";
import type { CommandTable } from "./command-table.ts";
import { SETTABLE_NAMES, SETTING_NAMES } from "./config/setting-names.ts";
import { insecure, json } from "./options.ts";

/** The settings that a machine keeps, what its shells may know of the commands, and what the program is made of. */
export function addConfigCommands({ program, context, finish }: CommandTable): void {
	const config = program.command("config").description("settings of this machine, kept beside its login");

	config
		.command("get")
		.description("one setting as it is in force")
		.addArgument(oneOf(SETTING_NAMES))
		.addOption(json())
		.action(async (name, flags) =>
			finish(await (await import("./config/config.ts")).getConfig(context, name, flags)),
		);

	config
		.command("set")
		.description("keep a setting; flags and the environment go before it")
		.addArgument(oneOf(SETTABLE_NAMES))
		.argument("<value>", "its value")
		.addOption(insecure())
		.action(async (name, value, flags) =>
			finish(await (await import("./config/config.ts")).setConfig(context, name, value, flags)),
		);

	config
		.command("unset")
		.description("forget a setting that is kept")
		.addArgument(oneOf(SETTABLE_NAMES))
		.action(async (name) => finish(await (await import("./config/config.ts")).unsetConfig(context, name)));

	config
		.command("list")
		.description("every setting in force, and where it comes from")
		.addOption(json())
		.action(async (flags) => finish(await (await import("./config/config.ts")).listConfig(context, flags)));

	config
		.command("project")
		.description("what of a project, and of all below its path, leaves this machine")
		.argument("[path]", "the project's folder")
		.option("--alias <name>", "the name under which it leaves, whatever PROJECT_PATH_PRIVACY says")
		.option("--ignore", "its usage is kept and shown here, and never leaves")
		.option("--clear", "forget what was settled for it")
		.option("--list", "every project for which something is settled")
		.addOption(json())
		.action(async (path, flags) =>
			finish(await (await import("./config/config-project.ts")).configProject(context, path, flags)),
		);

	program
		.command("completion")
		.description("print what lets a shell complete the words of every command")
		.addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
		.addHelpText("after", COMPLETION_HELP)
		.action(async (shell) =>
			finish((await import("./completion/completion.ts")).completion(context, shell, program)),
		);

	program
		.command("licenses")
		.description("what is in this program that others made, and under which licences")
		.addOption(json())
		.action(async (flags) => finish(await (await import("./licenses.ts")).licenses(context, flags)));
}

/** bash of macOS does not source what is no file. */
const COMPLETION_HELP = `
In bash:  echo 'eval "$(promptpulse completion bash)"' >> ~/.bashrc
In zsh:   echo 'eval "$(promptpulse completion zsh)"' >> ~/.zshrc      (after compinit)
In fish:  promptpulse completion fish > ~/.config/fish/completions/promptpulse.fish
`;

/** The names are shown and completed; what is none of them is answered by the command, which knows the nearest. */
function oneOf(names: readonly string[]): Argument {
	return new Argument("<name>", "the setting").choices([...names]).argParser((name: string) => name);
}

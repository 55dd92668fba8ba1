import { Option } from "commander";
import { SCHEDULER_NAMES } from "../schedule/scheduler.ts";
import { INTERVALS } from "../schedule/times.ts";
import type { CommandTable } from "./command-table.ts";
import { insecure, json } from "./options.ts";

/** What settles how this machine collects and where it sends to. */
export function addMachineCommands({ program, context, finish }: CommandTable): void {
	program
		.command("login")
		.description("send usage to a server: to a new account, or to the one that a key opens")
		.argument("[api-key]", "key of an account that there is; without one a new account is made")
		.option(
			"--server <address>",
			"the server, such as https://usage.example.com (PROMPTPULSE_SERVER, else it is asked for)",
		)
		.option("--key-stdin", "read the key from the standard input, so that it stands in no history")
		.option("--username <name>", "user name of the new account")
		.option("--email <address>", "e-mail address of the new account")
		.option("--invite <code>", "invite, where the server wants one")
		.option("--ingest-only", "keep a key on this machine that can only send usage")
		.option("--since <day>", "leave what is older than this day (YYYY-MM-DD) on this machine")
		.option("--yes", "replace another login without asking")
		.addOption(insecure())
		.action(async (key, flags) =>
			finish(await (await import("./login/login.ts")).login(context, key, flags)),
		);

	program
		.command("setup")
		.description("let collects run by themselves: by the clock, or by Claude Code's hooks")
		.addOption(new Option("--interval <minutes>", "how often (15)").choices(INTERVALS))
		.addOption(new Option("--scheduler <name>", "by what (what this system has)").choices(SCHEDULER_NAMES))
		.option("--hook", "by Claude Code, after every answer and at the end of a session")
		.option("--print", "print what would be installed, and touch nothing")
		.option("--status", "tell what is installed, and when it runs next")
		.option("--remove", "take away what setup has installed; with --hook the hooks too")
		.addOption(json())
		.action(async (flags) => finish(await (await import("./setup/setup.ts")).setup(context, flags)));

	program
		.command("logout")
		.description("forget the key; usage stays here")
		.action(async () => finish(await (await import("./login/logout.ts")).logout(context)));

	program
		.command("doctor")
		.description("look why a number may be missing on this machine, and say what mends it")
		.option("--fix", "mend what can be mended without harm")
		.option("--database [place]", "try out a server's database instead (DATABASE_URL)")
		.option("--quick", "with --database: leave out what takes a minute")
		.addOption(new Option("--hold <file>").hideHelp())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./doctor/doctor.ts")).doctor(context, flags)));

	program
		.command("whoami")
		.description("as whom, where and under which key this machine sends usage")
		.addOption(insecure())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./login/whoami.ts")).whoami(context, flags)));
}

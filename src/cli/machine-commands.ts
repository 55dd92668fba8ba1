import type { CommandTable } from "./command-table.ts";
import { insecure, json } from "./options.ts";

/** What settles how this machine collects and where it sends to. */
export function addMachineCommands({ program, context, finish }: CommandTable): void {
	program
		.command("login")
		.description("send usage to a server: to a new account, or to the one that a key opens")
		.argument("[api-key]", "key of an account that there is; without one a new account is made")
		.option("--server <address>", "the server, such as https://usage.example.com")
		.option("--key-stdin", "read the key from the standard input, so that it stands in no history")
		.option("--username <name>", "user name of the new account")
		.option("--email <address>", "e-mail address of the new account")
		.option("--invite <code>", "invite, where the server wants one")
		.option("--ingest-only", "keep a key on this machine that can only send usage")
		.option("--since <day>", "leave what is older on this machine (YYYY-MM-DD)")
		.option("--yes", "replace another login without asking")
		.addOption(insecure())
		.action(async (key, flags) => finish(await (await import("./login.ts")).login(context, key, flags)));

	program
		.command("logout")
		.description("forget the key; usage stays here")
		.action(async () => finish(await (await import("./logout.ts")).logout(context)));

	program
		.command("whoami")
		.description("as whom, where and under which key this machine sends usage")
		.addOption(insecure())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./whoami.ts")).whoami(context, flags)));
}

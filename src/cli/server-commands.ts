import type { CommandTable } from "./command-table.ts";
import { database, health, json, role } from "./options.ts";

/** What whoever runs a server does with it. */
export function addServerCommands(table: CommandTable): void {
	addServe(table);
	addUsers(table);
	addInvites(table);
	addLedger(table);
}

function addServe({ program, context, finish }: CommandTable): void {
	program
		.command("serve")
		.description("serve the usage of many machines and people, until Ctrl-C")
		.option("--host <name>", "address to listen on (HOST, else 127.0.0.1)")
		.option("--port <port>", "port to listen on (PORT, else 3000)")
		.option(
			"--database <path>",
			"where the server's ledger is (DATABASE_URL, else server.db in PROMPTPULSE_HOME)",
		)
		.option("--check", "only tell whether the settings are sound")
		.addOption(health())
		.action(async ({ health, ...flags }) =>
			finish(
				health
					? await (await import("./server/serve-health.ts")).serveHealth(context, flags)
					: await (await import("./server/serve.ts")).serve(context, flags),
			),
		);
}

function addUsers({ program, context, finish }: CommandTable): void {
	const user = program
		.command("user")
		.description("accounts of the server that keeps its ledger here; settings of this machine");

	user
		.command("create")
		.description("make an account and print its key, once")
		.argument("<name>", "user name")
		.addOption(role())
		.option("--email <address>", "e-mail address")
		.addOption(database())
		.addOption(json())
		.action(async (name, flags) =>
			finish(await (await import("./server/user.ts")).createUser(context, name, flags)),
		);

	user
		.command("list")
		.description("who has an account")
		.addOption(database())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./server/user.ts")).listUsers(context, flags)));

	user
		.command("disable")
		.description("end all that someone may do, at once")
		.argument("<name>", "user name")
		.option("--enable", "let them in again")
		.addOption(database())
		.addOption(json())
		.action(async (name, flags) =>
			finish(await (await import("./server/user.ts")).disableUser(context, name, flags)),
		);

	user
		.command("reset-key")
		.description("end all keys and sessions of someone, and print a new key, once")
		.argument("<name>", "user name")
		.addOption(database())
		.addOption(json())
		.action(async (name, flags) =>
			finish(await (await import("./server/user.ts")).resetKey(context, name, flags)),
		);

	user
		.command("erase")
		.description("remove someone's account and all that is kept of it, for good")
		.argument("<name>", "user name")
		.option("--yes", "it is meant")
		.option("--heir <name>", "who owns the server then, where the one who goes does")
		.addOption(database())
		.addOption(json())
		.action(async (name, flags) =>
			finish(await (await import("./server/user.ts")).eraseUser(context, name, flags)),
		);

	user
		.command("config")
		.description("settings of this machine")
		.command("show")
		.description("every setting in force, and where it comes from")
		.addOption(json())
		.action(async (flags) => finish(await (await import("./config/config.ts")).listConfig(context, flags)));
}

function addInvites({ program, context, finish }: CommandTable): void {
	const invite = program.command("invite").description("invites to the server that keeps its ledger here");
	invite
		.command("create")
		.description("print a code with which one person makes an account")
		.addOption(role())
		.option("--hours <hours>", "how long it is good", "72")
		.addOption(database())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./server/invite.ts")).createInvite(context, flags)));
	invite
		.command("list")
		.description("invites, used and unused")
		.addOption(database())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./server/invite.ts")).listInvites(context, flags)));
}

/** The ledger as a whole: copies of it, and its schema. */
function addLedger({ program, context, finish }: CommandTable): void {
	program
		.command("backup")
		.description("copy the server's ledger, while the server runs")
		.argument("<file>", "where to")
		.option("--force", "replace the file if it is there")
		.addOption(database())
		.action(async (file, flags) =>
			finish(await (await import("./server/backup.ts")).backup(context, file, flags)),
		);

	program
		.command("restore")
		.description("put a copy in the place of the server's ledger")
		.argument("<file>", "a file that backup made")
		.option("--force", "replace the ledger if it is there")
		.addOption(database())
		.action(async (file, flags) =>
			finish(await (await import("./server/backup.ts")).restore(context, file, flags)),
		);

	program
		.command("migrate")
		.description("bring the ledger's schema to date; or copy a server's ledger into another database")
		.option("--rebuild", "make all sums anew from the events")
		.option("--reprice", "price all events anew by today's prices")
		.option("--dry-run", "only tell what the schema lacks, and change nothing")
		.option("--database <place>", "the server's ledger there, instead of this machine's")
		.option("--from <place>", "copy the server's ledger there: a file, or sqlitecloud://... (DATABASE_URL)")
		.option("--to <place>", "into an empty database there (DATABASE_URL)")
		.action(async (flags) => finish(await (await import("./server/migrate.ts")).migrate(context, flags)));
}

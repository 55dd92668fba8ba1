import { basename } from "node:path";
import { Argument, Command, CommanderError, Option } from "commander";
import { TRIGGERS } from "../collector/triggers.ts";
import { readConfig } from "../config.ts";
import { AppError } from "../errors.ts";
import { COST_MODES } from "../usage/filter.ts";
import { VERSION } from "../version.ts";
import type { Context } from "./context.ts";
import { exitCodeOf, WRONG_USAGE } from "./exit-code.ts";
import { GROUPING_NAMES } from "./grouping-names.ts";
import { database, insecure, json, names, noCollect, role, timezone } from "./options.ts";
import { openTerminal, plain, type Terminal } from "./terminal.ts";

const EXAMPLES = `Examples:
  promptpulse                              what Claude Code cost today and lately
  promptpulse dashboard                    the same in the browser, with charts
  promptpulse report daily                 day by day
  promptpulse report blocks --json         5-hour blocks, for programs
  promptpulse report project --since 2026-11-01
  promptpulse collect                      keep what is new in the transcripts
  promptpulse login                        send it to a server, which adds up several machines
  promptpulse serve                        be that server
`;

const EXIT_CODES = `
Exit codes:
  0  done, or nothing new          5  the server refused some usage, which is kept here
  1  unexpected                    6  some local files could not be read
  2  wrong usage                   7  configuration invalid, or home not writable
  3  not logged in, or key refused 8  another collect is running
  4  the server was not reached,   9  the server does not have what it was sent
     the usage is kept
`;

/** Runs the command that the words name and gives the exit code. Errors have been told when it returns. */
export async function runCommand(words: readonly string[]): Promise<number> {
	const config = readConfig();
	const terminal = openTerminal(config);
	let code = 0;
	const program = commandTable({ config, terminal, now: Date.now }, words, (exit) => {
		code = exit;
	});
	try {
		await program.parseAsync(withSummary(words), { from: "user" });
		return code;
	} catch (error) {
		return tell(terminal, error);
	}
}

/** Without a command's name it is the summary that is asked for. */
function withSummary(words: readonly string[]): string[] {
	const [first = "-"] = words;
	const isForProgram = ["-h", "--help", "-V", "--version"].includes(first);
	return first.startsWith("-") && !isForProgram ? ["summary", ...words] : [...words];
}

function tell(terminal: Terminal, error: unknown): number {
	if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
	if (!(error instanceof AppError)) throw error;
	// Sentences name files, models and projects.
	terminal.err(plain(error.message));
	if (error.hint) terminal.err(plain(error.hint));
	return exitCodeOf(error);
}

/** All commands. What one needs is loaded when it runs, so that the light ones stay light. */
function commandTable(context: Context, words: readonly string[], finish: (code: number) => void): Command {
	const program = new Command(programName())
		.description("Tells what Claude Code costs. With no command: today, lately and ever.")
		.version(VERSION)
		.helpCommand(false)
		.configureHelp({ showGlobalOptions: true })
		.configureOutput({
			writeOut: (text) => context.terminal.out(text.trimEnd()),
			writeErr: (text) => context.terminal.err(text.trimEnd()),
		})
		.exitOverride()
		.addHelpText("before", EXAMPLES)
		.addHelpText("after", EXIT_CODES);

	program
		.command("summary")
		.description("what was used today, in 7 and 30 days and ever, and the running block")
		.addOption(timezone())
		.addOption(noCollect())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./summary.ts")).summary(context, flags)));

	program
		.command("collect")
		.description("keep what is new in this machine's transcripts, and send it if a server is set")
		.option("--full", "read every transcript from its beginning")
		.option("--no-push", "keep it on this machine, without sending it to the server")
		.option("--dry-run", "send nothing, and tell what would be sent; with --json all of it")
		.option("--resend", "send the server everything once more")
		.option("--insecure", "send even where others in the network may read it (http)")
		.option("--quiet", "print nothing but trouble")
		.option("--detach", "return at once and collect in the background, as hooks must")
		.option("--debounce <time>", "wait first, so that what comes meanwhile makes one collect (60s)")
		.addOption(new Option("--trigger <who>").choices(TRIGGERS).default("manual").hideHelp())
		.addOption(json())
		.action(async (flags) => {
			if (flags.detach) finish((await import("./detach.ts")).detach(flags, words));
			else finish(await (await import("./collect.ts")).collect(context, flags));
		});

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

	program
		.command("status")
		.description("how the last collect went, what is kept, and what has not been sent")
		.addOption(json())
		.action(async (flags) => finish(await (await import("./status.ts")).status(context, flags)));

	program
		.command("verify")
		.description("compare what the server has with what it was sent")
		.option("--insecure", "ask even where others in the network may read it (http)")
		.addOption(json())
		.action(async (flags) => finish(await (await import("./verify.ts")).verify(context, flags)));

	program
		.command("report")
		.description("usage grouped one way, after collecting what is new")
		.addArgument(new Argument("[grouping]", "what to group by").choices(GROUPING_NAMES).default("daily"))
		.option("--since <day>", "from this day on (YYYY-MM-DD)")
		.option("--until <day>", "up to this day, included")
		.addOption(timezone())
		.addOption(names("--project <name>", "only this project, by path or its last part"))
		.addOption(names("--model <name>", "only this model"))
		.addOption(names("--machine <name>", "only this machine, by label or id"))
		.addOption(new Option("--mode <mode>", "where costs come from").choices(COST_MODES).default("calculate"))
		.addOption(noCollect())
		.addOption(json())
		.action(async (grouping, flags) =>
			finish(await (await import("./report.ts")).report(context, grouping, flags)),
		);

	program
		.command("dashboard")
		.description(
			"open your usage in the browser: the server's pages where you are logged in, else this machine's",
		)
		.option("--local", "this machine's own pages, until Ctrl-C")
		.option("--port <port>", "port of the machine's own pages (one that is free)")
		.option("--sample", "show made-up data")
		.option("--no-open", "print the link without opening the browser")
		.addOption(insecure())
		.action(async (flags) => finish(await (await import("./dashboard.ts")).dashboard(context, flags)));

	program
		.command("serve")
		.description("serve the usage of many machines and people, until Ctrl-C")
		.option("--host <name>", "address to listen on (127.0.0.1)")
		.option("--port <port>", "port to listen on (3000)")
		.option("--database <path>", "where the server's ledger is (server.db in PROMPTPULSE_HOME)")
		.option("--check", "only tell whether the settings are sound")
		.action(async (flags) => finish(await (await import("./serve.ts")).serve(context, flags)));

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
			finish(await (await import("./user.ts")).createUser(context, name, flags)),
		);
	user
		.command("list")
		.description("who has an account")
		.addOption(database())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./user.ts")).listUsers(context, flags)));
	user
		.command("disable")
		.description("end all that someone may do, at once")
		.argument("<name>", "user name")
		.option("--enable", "let them in again")
		.addOption(database())
		.addOption(json())
		.action(async (name, flags) =>
			finish(await (await import("./user.ts")).disableUser(context, name, flags)),
		);
	user
		.command("reset-key")
		.description("end all keys and sessions of someone, and print a new key, once")
		.argument("<name>", "user name")
		.addOption(database())
		.addOption(json())
		.action(async (name, flags) => finish(await (await import("./user.ts")).resetKey(context, name, flags)));

	user
		.command("config")
		.description("settings of this machine")
		.command("show")
		.description("every setting in force, and where it comes from")
		.addOption(json())
		.action(async (flags) => finish(await (await import("./user-config.ts")).showUserConfig(context, flags)));

	const invite = program.command("invite").description("invites to the server that keeps its ledger here");
	invite
		.command("create")
		.description("print a code with which one person makes an account")
		.addOption(role())
		.option("--hours <hours>", "how long it is good", "72")
		.addOption(database())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./invite.ts")).createInvite(context, flags)));
	invite
		.command("list")
		.description("invites, used and unused")
		.addOption(database())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./invite.ts")).listInvites(context, flags)));

	program
		.command("backup")
		.description("copy the server's ledger, while the server runs")
		.argument("<file>", "where to")
		.option("--force", "replace the file if it is there")
		.addOption(database())
		.action(async (file, flags) => finish(await (await import("./backup.ts")).backup(context, file, flags)));
	program
		.command("restore")
		.description("put a copy in the place of the server's ledger")
		.argument("<file>", "a file that backup made")
		.option("--force", "replace the ledger if it is there")
		.addOption(database())
		.action(async (file, flags) => finish(await (await import("./backup.ts")).restore(context, file, flags)));

	program
		.command("migrate")
		.description("bring the ledger's schema to date; or copy a server's ledger into another database")
		.option("--rebuild", "make all sums anew from the events")
		.option("--reprice", "price all events anew by today's prices")
		.option("--database <place>", "the server's ledger there, instead of this machine's")
		.option("--from <place>", "copy the server's ledger there: a file, or sqlitecloud://... (DATABASE_URL)")
		.option("--to <place>", "into an empty database there (DATABASE_URL)")
		.action(async (flags) => finish(await (await import("./migrate.ts")).migrate(context, flags)));

	program
		.command("doctor")
		.description("try out whether a server's database is what is taken for granted of it")
		.option("--database [place]", "look at the server's database there (DATABASE_URL)")
		.option("--quick", "leave out what takes a minute")
		.addOption(new Option("--hold <file>").hideHelp())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./doctor.ts")).doctor(context, flags)));

	return program;
}

function programName(): string {
	const name = basename(process.execPath).replace(/\.exe$/, "");
	return name === "bun" ? "promptpulse" : name;
}

import { Argument, Option } from "commander";
import { TRIGGERS } from "../collector/triggers.ts";
import { COST_MODES } from "../usage/filter.ts";
import type { CommandTable } from "./command-table.ts";
import { GROUPING_NAMES } from "./grouping-names.ts";
import { insecure, json, names, noCollect, timezone } from "./options.ts";

/** What everyone asks: usage, here and at the server. */
export function addUsageCommands({ program, context, words, finish }: CommandTable): void {
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
}

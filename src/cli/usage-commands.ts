import { Option } from "commander";
import { TRIGGERS } from "../collector/triggers.ts";
import { GRANULARITIES } from "../usage/granularity.ts";
import type { CommandTable } from "./command-table.ts";
import { insecure, json } from "./options.ts";

/** What everyone does: keep usage, send it, and see how that goes. */
export function addUsageCommands({ program, context, words, finish }: CommandTable): void {
	program
		.command("collect")
		.description("keep what is new in this machine's transcripts, and send it if a server is set")
		.addOption(
			new Option(
				"-g, --granularity <what>",
				"what is sent: each response (all), or only totals by day, session or block (PROMPTPULSE_GRANULARITY, else all)",
			).choices(GRANULARITIES),
		)
		.option("--full", "read every transcript from its beginning")
		.option("--no-push", "keep it on this machine, without sending it to the server")
		.option("--dry-run", "send nothing, and tell what would be sent; with --json all of it")
		.option("--resend", "send the server everything once more")
		.option("--insecure", "send even where others in the network may read it, by http")
		.option("--quiet", "print nothing but trouble")
		.option("--detach", "return at once and collect in the background, as hooks must")
		.option("--debounce <time>", "wait first, so that what comes meanwhile makes one collect (60s)")
		.addOption(new Option("--trigger <who>").choices(TRIGGERS).default("manual").hideHelp())
		.addOption(new Option("--log").hideHelp())
		.addOption(json())
		.action(async (flags) => {
			if (flags.detach) return finish((await import("./collect/detach.ts")).detach(flags, words));
			const { collect } = await import("./collect/collect.ts");
			if (!flags.log) return finish(await collect(context, flags));
			const { runIntoLog } = await import("./collect/run-log.ts");
			finish(await runIntoLog(context, (logged) => collect(logged, flags)));
		});

	program
		.command("status")
		.description("how the last collect went, what is kept, and what has not been sent")
		.addOption(json())
		.action(async (flags) => finish(await (await import("./collect/status.ts")).status(context, flags)));

	program
		.command("verify")
		.description("compare what the server has with what it was sent")
		.option("--insecure", "ask even where others in the network may read it, by http")
		.addOption(json())
		.action(async (flags) => finish(await (await import("./collect/verify.ts")).verify(context, flags)));

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
		.action(async (flags) =>
			finish(await (await import("./dashboard/dashboard.ts")).dashboard(context, flags)),
		);
}

import { Argument, Option } from "commander";
import { COST_MODES } from "../usage/filter.ts";
import type { CommandTable } from "./command-table.ts";
import { json, names, noCollect, timezone } from "./options.ts";
import { GROUPING_NAMES, ORDERS } from "./report/grouping-names.ts";

/* What is asked most: usage, in the terminal. */

export function addSummary({ program, context, finish }: CommandTable): void {
	program
		.command("summary")
		.description("what was used today, in 7 and 30 days and ever, and the running block")
		.addOption(timezone())
		.addOption(noCollect())
		.addOption(json())
		.action(async (flags) => finish(await (await import("./report/summary.ts")).summary(context, flags)));
}

export function addReport({ program, context, finish }: CommandTable): void {
	program
		.command("report")
		.description("usage grouped one way, after collecting what is new")
		.addArgument(new Argument("[grouping]", "what to group by").choices(GROUPING_NAMES).default("daily"))
		.option("--since <day>", "from this day on, as YYYY-MM-DD")
		.option("--until <day>", "up to this day, included")
		.addOption(timezone())
		.addOption(names("--project <name>", "only this project, by path or its last part"))
		.addOption(names("--model <name>", "only this model"))
		.addOption(names("--machine <name>", "only this machine, by label or id"))
		.addOption(new Option("--mode <mode>", "where costs come from").choices(COST_MODES).default("calculate"))
		.option("--breakdown", "a row for each model under each row")
		.addOption(
			new Option("--order <order>", "by time, or by cost where rows are no times (as they come)").choices(
				ORDERS,
			),
		)
		.option("--active", "of blocks, only the running one: what it comes to at its rate")
		.option("--live", "of blocks, the running one, drawn anew until Ctrl-C")
		.option("--every <time>", "how often --live looks (5s)")
		.addOption(noCollect())
		.addOption(json())
		.option("--csv", "print CSV, with the fields of --json")
		.action(async (grouping, flags) =>
			finish(await (await import("./report/report.ts")).report(context, grouping, flags)),
		);
}

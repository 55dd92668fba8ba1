import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { openUsage } from "../open-usage.ts";
import { factsText } from "../screen/facts.ts";
import { exitCode, tellTrouble } from "../trouble.ts";
import { blockLine, GROUPINGS } from "./groupings.ts";
import { readNames } from "./name-flags.ts";
import type { ReportFlags } from "./report.ts";
import { inZone, readFilter } from "./report-flags.ts";
import { nothingRuns, readRunningBlock, runningFacts } from "./running-block.ts";
import { tellTerms, unpricedOf } from "./terms.ts";

/** `promptpulse report blocks --active`: the running block alone; for programs a list that has it or nothing. */
export async function activeBlock(context: Context, flags: ReportFlags): Promise<number> {
	const { terminal, config } = context;
	const asked = readFilter(flags);
	const usage = await openUsage(context, flags.collect);
	try {
		const now = context.now();
		const days = inZone(asked, config, usage.user.zone);
		const filter = { ...days, ...(await readNames(usage.db, usage.user, flags)) };
		const running = await readRunningBlock(usage.db, usage.user, filter, now);
		const parts = running && flags.breakdown ? new Map([[running.block.start, running.parts]]) : undefined;
		const lines = running ? [blockLine(running.block, filter.zone, now, parts)] : [];
		if (flags.json) terminal.out(jsonText({ blocks: lines.map(({ json }) => json) }));
		else if (flags.csv) {
			const { printCsv } = await import("./report-csv.ts");
			printCsv(terminal, GROUPINGS.blocks, lines, flags.breakdown === true);
		} else if (!running) terminal.out(nothingRuns(filter));
		else {
			terminal.out(factsText(terminal, runningFacts(running, filter.zone, now)));
			tellTerms(context, filter, unpricedOf(running.parts));
		}
		tellTrouble(context, usage);
		return exitCode(usage);
	} finally {
		await usage.db.close();
	}
}

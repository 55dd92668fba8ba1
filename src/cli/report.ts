import { sumUsage } from "../usage/usage.ts";
import { jsonText, usageJson } from "../usage/usage-json.ts";
import type { Context } from "./context.ts";
import type { GroupingName } from "./grouping-names.ts";
import { GROUPINGS, type Grouping, type ReportLine } from "./groupings.ts";
import { type NameFlags, readNames } from "./name-flags.ts";
import { openUsage } from "./open-usage.ts";
import { type FilterFlags, readFilter } from "./report-flags.ts";
import { tellNothing, tellTerms } from "./terms.ts";
import { exitCode, tellTrouble } from "./trouble.ts";
import { usageTable } from "./usage-table.ts";

/** `collect`: false with `--no-collect`. */
export type ReportFlags = FilterFlags & NameFlags & { json?: boolean; collect: boolean };

/** `promptpulse report`: usage grouped one way, as a table or as JSON. */
export async function report(context: Context, name: GroupingName, flags: ReportFlags): Promise<number> {
	const { terminal, config, now } = context;
	const days = readFilter(flags, config);
	const grouping: Grouping = GROUPINGS[name];
	const usage = await openUsage(context, flags.collect);
	try {
		const filter = { ...days, ...(await readNames(usage.db, usage.user, flags)) };
		const lines = await grouping.read(usage.db, usage.user, filter, now());
		if (flags.json) terminal.out(jsonText(reportJson(grouping, lines)));
		else if (lines.length === 0) await tellNothing(context, usage, filter);
		else {
			terminal.out(usageTable(terminal, grouping.titles, lines));
			tellTerms(
				context,
				filter,
				lines.flatMap((line) => line.usage ?? []),
			);
		}
		tellTrouble(context, usage);
		return exitCode(usage);
	} finally {
		await usage.db.close();
	}
}

function reportJson({ list, hasTotals }: Grouping, lines: readonly ReportLine[]): object {
	const rows = { [list]: lines.map(({ json }) => json) };
	return hasTotals
		? { ...rows, totals: usageJson(sumUsage(lines.flatMap(({ usage }) => usage ?? []))) }
		: rows;
}

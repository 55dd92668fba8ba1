import type { Reader } from "../ledger/database.ts";
import { type BlockRow, listBlocks } from "../reports/blocks.ts";
import type { UsageRow } from "../reports/grouped.ts";
import { listModels, type ModelRow } from "../reports/models.ts";
import { listProjects, type ProjectRow } from "../reports/projects.ts";
import type { Asker } from "../reports/source.ts";
import { findTotals } from "../reports/totals.ts";
import { ZoneClock } from "../usage/day.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { totalTokens } from "../usage/usage.ts";
import { jsonText } from "../usage/usage-json.ts";
import type { Context } from "./context.ts";
import { clockTime, cost, minutes, short, usd, whole } from "./format.ts";
import { lastSegment } from "./groupings.ts";
import { openUsage } from "./open-usage.ts";
import { type FilterFlags, readFilter } from "./report-flags.ts";
import { blockJson, rowJson } from "./report-json.ts";
import { type Column, table } from "./table.ts";
import { bold, plain, type Terminal } from "./terminal.ts";
import { tellNothing, tellTerms } from "./terms.ts";
import { exitCode, tellTrouble } from "./trouble.ts";
import { shortModel } from "./usage-table.ts";

export type SummaryFlags = Pick<FilterFlags, "timezone"> & { json?: boolean; collect: boolean };

type Summary = {
	periods: { title: string; field: string; usage: UsageRow }[];
	/** The days that the lists below are about. */
	listed: string;
	models: ModelRow[];
	projects: ProjectRow[];
	active: BlockRow | undefined;
};

const LISTED = 5;

/** `promptpulse` alone: what was used today, lately and ever, on what, and the block that is running. */
export async function summary(context: Context, flags: SummaryFlags): Promise<number> {
	const filter = readFilter({ timezone: flags.timezone }, context.config);
	const usage = await openUsage(context, flags.collect);
	try {
		const found = await summarize(usage.db, usage.user, filter, context.now());
		if (flags.json) context.terminal.out(jsonText(summaryJson(found)));
		else if (found.periods.at(-1)?.usage.responses === 0) await tellNothing(context, usage);
		else show(context, filter, found);
		tellTrouble(context, usage);
		return exitCode(usage);
	} finally {
		await usage.db.close();
	}
}

async function summarize(db: Reader, asker: Asker, filter: UsageFilter, now: number): Promise<Summary> {
	const today = new ZoneClock(filter.zone).dayAt(now);
	const since = (days: number): UsageFilter => ({ ...filter, since: today - days + 1, until: today });
	const periods = [
		{ title: "Today", field: "today", usage: await findTotals(db, asker, since(1)) },
		{ title: "7 days", field: "last7Days", usage: await findTotals(db, asker, since(7)) },
		{ title: "30 days", field: "last30Days", usage: await findTotals(db, asker, since(30)) },
		{ title: "Ever", field: "allTime", usage: await findTotals(db, asker, filter) },
	];
	const isRecent = periods[2]?.usage.responses !== 0;
	const listed = isRecent ? since(30) : filter;
	const blocks = await listBlocks(db, asker, { ...filter, since: today - 1 }, now);
	return {
		periods,
		listed: isRecent ? "30 days" : "ever",
		models: dearest(await listModels(db, asker, listed)),
		projects: dearest(await listProjects(db, asker, listed)),
		active: blocks.find((block) => block.isActive),
	};
}

/** In the order of their names where they cost the same. */
function dearest<Row extends UsageRow>(rows: readonly Row[]): Row[] {
	return rows.toSorted((a, b) => Number(b.costNanoUsd) - Number(a.costNanoUsd)).slice(0, LISTED);
}

function show(context: Context, filter: UsageFilter, found: Summary): void {
	const { terminal } = context;
	const sections = [
		showUsage(
			terminal,
			"",
			found.periods.map(({ title, usage }) => ({ ...usage, name: title })),
		),
		showUsage(
			terminal,
			`Models, ${found.listed}`,
			found.models.map((row) => ({ ...row, name: shortModel(row.model) })),
		),
		showUsage(
			terminal,
			`Projects, ${found.listed}`,
			found.projects.map((row) => ({ ...row, name: plain(lastSegment(row.project)) })),
		),
	];
	if (found.active) sections.push(showBlock(terminal, found.active, filter.zone, context.now()));
	terminal.out(sections.join("\n\n"));
	tellTerms(
		context,
		filter,
		found.periods.slice(-1).map(({ usage }) => usage),
	);
}

type Named = UsageRow & { name: string };

function showUsage(terminal: Terminal, title: string, rows: readonly Named[]): string {
	const columns: Column<Named>[] = [
		{ title, cell: ({ name }) => name, shortest: 10 },
		{ title: "Cost", cell: cost, right: true },
		{ title: "Tokens", cell: (row) => short(totalTokens(row)), right: true },
		{ title: "Responses", cell: ({ responses }) => whole(responses), right: true },
	];
	return table(terminal, columns, rows);
}

function showBlock(terminal: Terminal, block: BlockRow, zone: string, now: number): string {
	const times = `${clockTime(block.start, zone)} to ${clockTime(block.end, zone)}`;
	const left = minutes((block.end - now) / 60_000);
	const projected = block.projection ? `, ${usd(block.projection.totalCostUsd)} at this rate` : "";
	return `${bold(terminal, "Running block")}  ${times}, ${left} left, ${cost(block)} so far${projected}`;
}

function summaryJson({ periods, models, projects, active }: Summary): object {
	return {
		...Object.fromEntries(periods.map(({ field, usage }) => [field, rowJson(usage)])),
		models: models.map((row) => ({ model: row.model, ...rowJson(row) })),
		projects: projects.map((row) => ({ project: row.project, ...rowJson(row) })),
		activeBlock: active ? blockJson(active) : null,
	};
}

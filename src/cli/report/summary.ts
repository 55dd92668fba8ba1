import type { Reader } from "../../ledger/database.ts";
import { type BlockRow, findRunningBlock } from "../../reports/blocks.ts";
import { listDays } from "../../reports/days.ts";
import type { UsageRow } from "../../reports/grouped.ts";
import { listModels, type ModelRow } from "../../reports/models.ts";
import { listProjects, type ProjectRow } from "../../reports/projects.ts";
import type { Asker } from "../../reports/source.ts";
import { findTotals } from "../../reports/totals.ts";
import { dayText, localDay } from "../../usage/day.ts";
import type { UsageFilter } from "../../usage/filter.ts";
import { totalTokens } from "../../usage/usage.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { openUsage } from "../open-usage.ts";
import { factsText } from "../screen/facts.ts";
import { cost, short, shortCost, whole } from "../screen/format.ts";
import { sparkLine } from "../screen/spark-line.ts";
import { type Column, type LaidTable, layTable } from "../screen/table.ts";
import { plain, type Terminal } from "../screen/terminal.ts";
import { exitCode, tellTrouble } from "../trouble.ts";
import { lastSegment } from "./groupings.ts";
import { type FilterFlags, inZone, readFilter } from "./report-flags.ts";
import { blockJson, rowJson } from "./report-json.ts";
import { besidesSentence, type ReportedSum, reportedJson, sumReported } from "./reported-lines.ts";
import { runningLine } from "./running-block.ts";
import { tellBesides, tellLeftOut, tellNothing, tellTerms, unpricedOf } from "./terms.ts";
import { shortModel } from "./usage-table.ts";

export type SummaryFlags = Pick<FilterFlags, "timezone"> & { json?: boolean; collect: boolean };

/** `bars`: its days, where a person can see them. */
type Period = { title: string; field: string; usage: UsageRow; bars?: string | undefined };

type Summary = {
	periods: Period[];
	/** The days that the lists below are about. */
	listed: string;
	models: ModelRow[];
	projects: ProjectRow[];
	active: BlockRow | undefined;
	/** What other programs counted, which is in none of all this. */
	reported: ReportedSum | undefined;
};

const LISTED = 5;
/** A narrower screen has no room for bars. */
const WIDE = 64;

/** `promptpulse` alone: what was used today, lately and ever, on what, and the block that is running. */
export async function summary(context: Context, flags: SummaryFlags): Promise<number> {
	const asked = readFilter({ timezone: flags.timezone });
	const usage = await openUsage(context, flags.collect);
	try {
		const filter = inZone(asked, context.config, usage.user.zone);
		const found = await summarize(usage.db, usage.user, filter, context.now(), hasRoom(context, flags));
		if (flags.json) context.terminal.out(jsonText(summaryJson(found)));
		else if (found.periods.at(-1)?.usage.responses === 0) await tellNothing(context, usage);
		else show(context, filter, found);
		if (!flags.json) tellBesides(context.terminal, besidesSentence(found.reported));
		tellTrouble(context, usage);
		return exitCode(usage);
	} finally {
		await usage.db.close();
	}
}

/** Whether bars can be seen beside the figures. */
function hasRoom({ terminal }: Context, { json }: SummaryFlags): boolean {
	return !json && terminal.draws === true && terminal.columns >= WIDE;
}

async function summarize(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	now: number,
	withBars: boolean,
): Promise<Summary> {
	const today = localDay(filter.zone, now);
	const since = (days: number): UsageFilter => ({ ...filter, since: today - days + 1, until: today });
	const bars = withBars ? await barsOf(db, asker, since(30), today) : undefined;
	const periods: Period[] = [
		{ title: "Today", field: "today", usage: await findTotals(db, asker, since(1)) },
		{ title: "7 days", field: "last7Days", usage: await findTotals(db, asker, since(7)) },
		{ title: "30 days", field: "last30Days", usage: await findTotals(db, asker, since(30)), bars },
		{ title: "Ever", field: "allTime", usage: await findTotals(db, asker, filter) },
	];
	const isRecent = periods[2]?.usage.responses !== 0;
	const listed = isRecent ? since(30) : filter;
	return {
		periods,
		listed: isRecent ? "30 days" : "ever",
		models: dearest(await listModels(db, asker, listed)),
		projects: dearest(await listProjects(db, asker, listed)),
		active: await findRunningBlock(db, asker, filter, now),
		reported: await sumReported(db, asker, filter),
	};
}

/** The days of a filter up to today. */
async function barsOf(db: Reader, asker: Asker, filter: UsageFilter, today: number): Promise<string> {
	const { since = today } = filter;
	const costs = new Map((await listDays(db, asker, filter)).map((row) => [row.day, Number(row.costNanoUsd)]));
	return sparkLine(Array.from({ length: today - since + 1 }, (_, i) => costs.get(dayText(since + i))));
}

/** In the order of their names where they cost the same. */
function dearest<Row extends UsageRow>(rows: readonly Row[]): Row[] {
	return rows.toSorted((a, b) => Number(b.costNanoUsd) - Number(a.costNanoUsd)).slice(0, LISTED);
}

function show(context: Context, filter: UsageFilter, found: Summary): void {
	const { terminal } = context;
	const tables = [
		usedTable(
			terminal,
			"",
			found.periods.map(({ title, usage, bars }) => ({ ...usage, name: title, bars })),
		),
		usedTable(
			terminal,
			`Models, ${found.listed}`,
			found.models.map((row) => ({ ...row, name: shortModel(row.model) })),
		),
		usedTable(
			terminal,
			`Projects, ${found.listed}`,
			found.projects.map((row) => ({ ...row, name: plain(lastSegment(row.project)) })),
		),
	];
	const sections = tables.map(({ text }) => text);
	if (found.active) {
		const line = runningLine(found.active, filter.zone, context.now());
		sections.push(factsText(terminal, [{ label: "Running block", lines: [line] }]));
	}
	terminal.out(sections.join("\n\n"));
	tellTerms(context, filter, unpricedOf(found.periods.at(-1)?.usage.models ?? []));
	tellLeftOut(
		terminal,
		tables.flatMap(({ leftOut }) => leftOut),
		"does --json",
	);
}

type Named = UsageRow & { name: string; bars?: string | undefined };

const COLUMNS: readonly Column<Named>[] = [
	{ title: "Cost", cell: cost, brief: shortCost, right: true },
	{ title: "Tokens", cell: (row) => short(totalTokens(row)), right: true, rank: 1 },
	{
		title: "Responses",
		cell: ({ responses }) => whole(responses),
		brief: ({ responses }) => short(responses),
		right: true,
		rank: 2,
	},
];

const BARS: Column<Named> = { title: "", cell: ({ bars }) => bars ?? "", rank: 3, isExtra: true };

function usedTable(terminal: Terminal, title: string, rows: readonly Named[]): LaidTable {
	const name: Column<Named> = { title, cell: (row) => row.name, shortest: 10 };
	const hasBars = rows.some(({ bars }) => bars !== undefined);
	return layTable(terminal, [name, ...COLUMNS, ...(hasBars ? [BARS] : [])], rows);
}

function summaryJson({ periods, models, projects, active, reported }: Summary): object {
	return {
		...Object.fromEntries(periods.map(({ field, usage }) => [field, rowJson(usage)])),
		models: models.map((row) => ({ model: row.model, ...rowJson(row) })),
		projects: projects.map((row) => ({ project: row.project, ...rowJson(row) })),
		activeBlock: active ? blockJson(active) : null,
		reported: reported ? reportedJson(reported) : null,
	};
}

import { AppError } from "../../errors.ts";
import { listModels } from "../../reports/models.ts";
import type { UsageFilter } from "../../usage/filter.ts";
import { sumUsage } from "../../usage/usage.ts";
import { jsonText, usageJson } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { type OpenUsage, openUsage } from "../open-usage.ts";
import { exitCode, tellTrouble } from "../trouble.ts";
import { readDayBars } from "./day-bars.ts";
import type { GroupingName, Order } from "./grouping-names.ts";
import { GROUPINGS, type Grouping, type ReportLine, sumLines } from "./groupings.ts";
import { type NameFlags, readNames } from "./name-flags.ts";
import { type FilterFlags, inZone, readFilter } from "./report-flags.ts";
import { inOrder } from "./report-order.ts";
import { besidesSentence, reportedTerms, sumReported, withReported } from "./reported-lines.ts";
import { tellBesides, tellLeftOut, tellNothing, tellTerms, type Unpriced, unpricedOf } from "./terms.ts";
import { usageTable } from "./usage-table.ts";

/** `collect`: false with `--no-collect`. `active`, `live` and `every` are of blocks alone. */
export type ReportFlags = FilterFlags &
	NameFlags & {
		breakdown?: boolean;
		order?: Order;
		json?: boolean;
		csv?: boolean;
		active?: boolean;
		live?: boolean;
		every?: string;
		collect: boolean;
	};

/** `promptpulse report`: usage grouped one way, as a table, as JSON or as CSV. */
export async function report(context: Context, name: GroupingName, flags: ReportFlags): Promise<number> {
	refuseContradictions(name, flags);
	if (flags.live) return (await import("./live-block.ts")).liveBlock(context, flags);
	if (flags.active) return (await import("./active-block.ts")).activeBlock(context, flags);
	const { terminal, config, now } = context;
	const asked = readFilter(flags);
	const grouping: Grouping = GROUPINGS[name];
	// A model's usage is its own breakdown.
	const breakdown = flags.breakdown === true && name !== "model";
	const usage = await openUsage(context, flags.collect);
	try {
		const days = inZone(asked, config, usage.user.zone);
		const filter = { ...days, ...(await readNames(usage.db, usage.user, flags)) };
		const read = await grouping.read(usage.db, usage.user, filter, now(), breakdown);
		const all = await withReported(name, read, usage.db, usage.user, filter, now());
		const lines = inOrder(grouping, all, flags.order);
		if (flags.json) terminal.out(jsonText(reportJson(grouping, lines)));
		else if (flags.csv) (await import("./report-csv.ts")).printCsv(terminal, grouping, lines, breakdown);
		else {
			if (lines.length === 0) await tellNothing(context, usage, filter);
			else await printTable(context, usage, grouping, filter, lines, breakdown);
			await tellReported(context, usage, grouping, filter, lines);
		}
		tellTrouble(context, usage);
		return exitCode(usage);
	} finally {
		await usage.db.close();
	}
}

/** @throws AppError `usage` */
function refuseContradictions(name: GroupingName, flags: ReportFlags): void {
	const refuse = (sentence: string, hint: string): never => {
		throw new AppError("usage", sentence, hint);
	};
	if (flags.json && flags.csv) refuse("--json and --csv cannot both be printed.", "Leave one of them out.");
	const ofBlocks = flags.live ? "--live" : flags.active ? "--active" : undefined;
	if (ofBlocks && name !== "blocks") {
		refuse(`${ofBlocks} is about 5-hour blocks alone.`, `Ask for promptpulse report blocks ${ofBlocks}.`);
	}
	if (flags.live && (flags.json || flags.csv)) {
		refuse("--live draws a picture, for people alone.", "Programs ask for report blocks --active --json.");
	}
	if (flags.every !== undefined && !flags.live) {
		refuse("--every says how often --live looks.", "Give both, or leave it out.");
	}
}

async function printTable(
	context: Context,
	usage: OpenUsage,
	grouping: Grouping,
	filter: UsageFilter,
	lines: readonly ReportLine[],
	breakdown: boolean,
): Promise<void> {
	const { terminal, now } = context;
	const bars =
		grouping.daysOf && (await readDayBars(terminal, usage.db, usage.user, filter, grouping.daysOf, now()));
	const { text, leftOut } = usageTable(terminal, grouping.titles, lines, {
		breakdown,
		bars,
		isByModel: grouping.isByModel,
	});
	terminal.out(text);
	tellTerms(context, filter, await findUnpriced(usage, filter, lines));
	tellLeftOut(terminal, leftOut, "do --json and --csv");
}

/** Says of what other programs counted where it stands: among the lines, or in none of them. */
async function tellReported(
	{ terminal }: Context,
	{ db, user }: OpenUsage,
	{ hasReported }: Grouping,
	filter: UsageFilter,
	lines: readonly ReportLine[],
): Promise<void> {
	if (hasReported) tellBesides(terminal, reportedTerms(lines));
	else tellBesides(terminal, besidesSentence(await sumReported(db, user, filter)));
}

/** Blocks know which models they have, not which of them have no price. */
async function findUnpriced(
	{ db, user }: OpenUsage,
	filter: UsageFilter,
	lines: readonly ReportLine[],
): Promise<Unpriced> {
	if (lines.every(({ parts }) => parts)) return unpricedOf(lines.flatMap(({ parts = [] }) => parts));
	const { unpriced } = sumUsage(lines.flatMap(({ usage }) => usage ?? []));
	if (unpriced === 0) return { responses: 0, models: [] };
	const shown = new Set(lines.flatMap(({ usage }) => usage?.models ?? []));
	// A block of the last day may go on into the next one.
	const until = filter.until === undefined ? undefined : filter.until + 1;
	const models = await listModels(db, user, { ...filter, until });
	return {
		responses: unpriced,
		models: models.filter((row) => row.unpriced !== 0 && shown.has(row.model)).map(({ model }) => model),
	};
}

function reportJson({ list, hasTotals }: Grouping, lines: readonly ReportLine[]): object {
	const rows = { [list]: lines.map(({ json }) => json) };
	if (!hasTotals) return rows;
	// How long what was written to the cache stays there is known of events alone.
	const { cacheCreation5mTokens } = usageJson(sumLines(lines.filter(({ isReported }) => !isReported)));
	return { ...rows, totals: { ...usageJson(sumLines(lines)), cacheCreation5mTokens } };
}

import type { Reader } from "../../ledger/database.ts";
import {
	listReportedBlocks,
	listReportedDays,
	listReportedSessions,
	type Reported,
	type ReportedDayRow,
} from "../../reports/reported.ts";
import type { Asker } from "../../reports/source.ts";
import { dayText, monthOf, monthText } from "../../usage/day.ts";
import type { UsageFilter } from "../../usage/filter.ts";
import { addExact, dollars, type Exact, NO_USAGE } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";
import { weekOf } from "../../usage/weekdays.ts";
import { counted, moment, short, usd } from "../screen/format.ts";
import type { GroupingName } from "./grouping-names.ts";
import { lastSegment, type ReportLine } from "./groupings.ts";
import { blockCounts, iso } from "./report-json.ts";
import { reportedPartJson, reportedParts } from "./reported-parts.ts";

/** Stands behind the first word of a line that another program counted. */
const MARK = " *";

/** What is not known of a total. Its tokens and its cost are. */
const NOT_KNOWN = {
	cacheCreation5mTokens: null,
	cacheCreation1hTokens: null,
	webSearches: null,
	responses: null,
	unpricedResponses: null,
};

type Counted = Omit<Reported, "label">;

type Lists = Partial<
	Record<GroupingName, (db: Reader, asker: Asker, filter: UsageFilter, now: number) => Promise<ReportLine[]>>
>;

const LISTS: Lists = {
	daily: async (db, asker, filter) =>
		stretchLines(await listReportedDays(db, asker, filter), "date", dayText),
	weekly: async (db, asker, filter) =>
		stretchLines(await listReportedDays(db, asker, filter), "week", (day) => dayText(weekOf(day))),
	monthly: async (db, asker, filter) =>
		stretchLines(await listReportedDays(db, asker, filter), "month", (day) => monthText(monthOf(day))),
	session: async (db, asker, filter) =>
		(await listReportedSessions(db, asker, filter)).map((row) => ({
			keys: [
				moment(row.lastAt, filter.zone) + MARK,
				lastSegment(row.project ?? ""),
				row.session.slice(0, "12345678".length),
			],
			...usageOf(row),
			isReported: true,
			isBeside: true,
			json: {
				sessionId: row.session,
				projectPath: row.project,
				firstActivity: iso(row.startedAt),
				lastActivity: iso(row.lastAt),
				...figures(row),
				modelBreakdowns: row.breakdowns,
				reported: true,
			},
		})),
	blocks: async (db, asker, filter, now) =>
		(await listReportedBlocks(db, asker, filter)).map((row) => ({
			keys: [moment(row.start, filter.zone) + MARK, ""],
			...usageOf(row),
			isReported: true,
			json: {
				id: row.block,
				startTime: iso(row.start),
				endTime: iso(row.end),
				actualEndTime: row.lastAt === null ? null : iso(row.lastAt),
				isActive: row.start <= now && now < row.end,
				isGap: false,
				entries: row.entries,
				...blockCounts(usageOf(row).usage),
				...NOT_KNOWN,
				totalTokens: row.total,
				models: row.models,
				burnRate: null,
				projection: null,
				reported: true,
			},
		})),
};

/** What a line's place in the order of time is told by. */
const TIMES: Partial<Record<GroupingName, string>> = {
	daily: "date",
	weekly: "week",
	monthly: "month",
	session: "lastActivity",
	blocks: "startTime",
};

/** The lines, and among them in the order of time what another program counted of the same kind. */
export async function withReported(
	name: GroupingName,
	lines: readonly ReportLine[],
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	now: number,
): Promise<ReportLine[]> {
	const time = TIMES[name];
	// A total tells neither projects nor models apart.
	if (time === undefined || filter.project || filter.model) return [...lines];
	const reported = (await LISTS[name]?.(db, asker, filter, now)) ?? [];
	if (reported.length === 0) return [...lines];
	const timeOf = ({ json }: ReportLine) => String(json[time]);
	return [...withoutFilled(lines, reported), ...reported].sort((a, b) =>
		timeOf(a) < timeOf(b) ? -1 : Number(timeOf(a) > timeOf(b)),
	);
}

/** Silences between blocks that are none, because another program counted a block in them, are left out. */
function withoutFilled(lines: readonly ReportLine[], reported: readonly ReportLine[]): ReportLine[] {
	const blocks = reported.map(({ json }) => [
		Date.parse(String(json.startTime)),
		Date.parse(String(json.endTime)),
	]);
	blocks.sort(([a = 0], [b = 0]) => a - b);
	let next = 0;
	return lines.filter(({ json }) => {
		if (json.isGap !== true) return true;
		const [start, end] = [Date.parse(String(json.startTime)), Date.parse(String(json.endTime))];
		// Silences come in order, and a block that ended before one is in no later one.
		while ((blocks[next]?.[1] ?? Number.POSITIVE_INFINITY) <= start) next++;
		return (blocks[next]?.[0] ?? Number.POSITIVE_INFINITY) >= end;
	});
}

/** What the lines say below them of those that are marked; nothing where none is. */
export function reportedTerms(lines: readonly ReportLine[]): string | undefined {
	if (!lines.some(({ isReported }) => isReported)) return undefined;
	const isBeside = lines.some((line) => line.isBeside);
	return `* Counted by another program and taken in as a total${isBeside ? ", which is not in the sum" : ""}.`;
}

/** What was used besides a filter's usage, by what other programs counted of its days. */
export type ReportedSum = { days: number; tokens: Exact; costNanoUsd: Exact };

/** @returns undefined where nothing was, or where it cannot be told because the filter is about projects or models */
export async function sumReported(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
): Promise<ReportedSum | undefined> {
	if (filter.project || filter.model) return undefined;
	const rows = await listReportedDays(db, asker, filter);
	if (rows.length === 0) return undefined;
	return {
		days: new Set(rows.map(({ day }) => day)).size,
		tokens: rows.map(({ total }) => total).reduce(addExact, 0),
		costNanoUsd: rows.map(({ costNanoUsd }) => costNanoUsd).reduce(addExact, 0),
	};
}

/** The same as a sentence, for figures that do not have it in them. */
export function besidesSentence(reported: ReportedSum | undefined): string | undefined {
	if (!reported) return undefined;
	const { days, tokens, costNanoUsd } = reported;
	const sum = `${usd(dollars(costNanoUsd))} more (${short(tokens)} tokens) on ${counted(days, "day")}`;
	return `Other programs counted ${sum}, which is in no number above: see promptpulse report daily.`;
}

export function reportedJson({ days, tokens, costNanoUsd }: ReportedSum): object {
	return { days, totalTokens: tokens, totalCost: dollars(costNanoUsd) };
}

/** One line for each stretch of time, whatever machines it is of. `nameOf`: what a day's stretch is called. */
function stretchLines(
	rows: readonly ReportedDayRow[],
	field: string,
	nameOf: (day: number) => string,
): ReportLine[] {
	return [...Map.groupBy(rows, ({ day }) => nameOf(day))].map(([name, same]) => {
		const sum = (of: (row: ReportedDayRow) => Exact) => same.map(of).reduce(addExact, 0);
		const joined = {
			input: sum(({ input }) => input),
			output: sum(({ output }) => output),
			cacheWrite: sum(({ cacheWrite }) => cacheWrite),
			cacheRead: sum(({ cacheRead }) => cacheRead),
			total: sum(({ total }) => total),
			costNanoUsd: sum(({ costNanoUsd }) => costNanoUsd),
			models: [...new Set(same.flatMap(({ models }) => models))],
		};
		const parts = reportedParts(same.flatMap(({ breakdowns }) => breakdowns));
		return {
			keys: [name + MARK],
			...usageOf(joined),
			parts,
			isReported: true,
			json: {
				[field]: name,
				...figures(joined),
				modelBreakdowns: parts.map(reportedPartJson),
				reported: true,
			},
		};
	});
}

/** How long what is written to the cache stays there is not told. */
function usageOf({ input, output, cacheWrite, cacheRead, costNanoUsd, models }: Counted) {
	return {
		usage: { ...NO_USAGE, input, output, cacheWrite5m: cacheWrite, cacheRead, costNanoUsd, models },
		parts: [],
	};
}

function figures(row: Counted) {
	return {
		...usageJson(usageOf(row).usage),
		...NOT_KNOWN,
		totalTokens: row.total,
		modelsUsed: row.models,
	};
}

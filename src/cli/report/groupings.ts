import type { Reader } from "../../ledger/database.ts";
import { listBlockModels } from "../../reports/block-models.ts";
import { type BlockRow, type GapRow, listBlocks, withGaps } from "../../reports/blocks.ts";
import { listBranches } from "../../reports/branches.ts";
import { type DaysOf, dayCostId } from "../../reports/day-costs.ts";
import { listDays, listMonths, listWeeks } from "../../reports/days.ts";
import type { UsageRow } from "../../reports/grouped.ts";
import { listMachines } from "../../reports/machines.ts";
import { listModels } from "../../reports/models.ts";
import { listProjects } from "../../reports/projects.ts";
import { listSessions } from "../../reports/sessions.ts";
import type { Asker } from "../../reports/source.ts";
import type { UsageFilter } from "../../usage/filter.ts";
import type { NestedRow } from "../../usage/table-row.ts";
import { type ModelUsage, sumUsage, type Usage } from "../../usage/usage.ts";
import { minutes, moment } from "../screen/format.ts";
import type { Column } from "../screen/table.ts";
import type { GroupingName } from "./grouping-names.ts";
import { blockJson, breakdownJson, iso, rowJson } from "./report-json.ts";

/** One line of a report, for people and for programs. */
export type ReportLine = {
	/** What stands in the leading columns. */
	keys: readonly string[];
	/** Absent for a line that only tells of a silence. */
	usage?: (Usage & { models: readonly string[] }) | undefined;
	/** The same model by model, the dearest first; of blocks only where it was asked for. */
	parts?: readonly ModelUsage[] | undefined;
	/** What {@link listDayCosts} calls it. */
	id?: string;
	/** Another program counted it, and it was taken in as a total. */
	isReported?: true;
	/** It is in no sum of the lines: what it is about may be in other ones. */
	isBeside?: true;
	json: NestedRow;
};

/** A leading column: as in a table, but `brief` makes of its text one for less room. */
export type Title = Pick<Column<never>, "shortest" | "cutAt"> & {
	text: string;
	brief?: (text: string) => string;
};

/** What usage can be grouped by, and how it is shown. */
export type Grouping = {
	/** Name of the list in JSON. */
	list: string;
	/** What tells a row of JSON apart from the others. */
	fields: readonly string[];
	/** Words may be cut short where a table has no room for them, times may not. */
	titles: readonly Title[];
	/** Whether JSON has a sum beside the list. */
	hasTotals: boolean;
	/** Whether its rows stand in the order of time. */
	isByTime: boolean;
	/** Whether each row is of one model, which its first column names. */
	isByModel?: true;
	/** Whether totals of other programs stand among its rows. */
	hasReported?: true;
	/** What days of its rows can be told. */
	daysOf?: DaysOf;
	/** @param withParts whether `parts` are wanted, where these cost something */
	read(
		db: Reader,
		asker: Asker,
		filter: UsageFilter,
		now: number,
		withParts?: boolean,
	): Promise<ReportLine[]>;
};

/** The least that is left of a word. */
const WORD = 10;
const PATH = 16;

/** Lines of rows that are told apart by texts, named alike in JSON. */
function lines<Row extends UsageRow>(
	rows: readonly Row[],
	keysOf: (row: Row) => Readonly<Record<string, string>>,
	shownOf: (row: Row) => readonly string[] = (row) => Object.values(keysOf(row)),
	idOf: (row: Row) => readonly string[] = (row) => Object.values(keysOf(row)),
): ReportLine[] {
	return rows.map((row) => ({
		keys: shownOf(row),
		usage: { ...row, models: row.models.map(({ model }) => model) },
		parts: row.models,
		id: dayCostId(...idOf(row)),
		// For programs alone.
		get json() {
			return { ...keysOf(row), ...rowJson(row) };
		},
	}));
}

export const GROUPINGS = {
	daily: {
		list: "daily",
		hasReported: true,
		fields: ["date"],
		isByTime: true,
		titles: [{ text: "Day" }],
		hasTotals: true,
		read: async (db, asker, filter) => lines(await listDays(db, asker, filter), ({ day }) => ({ date: day })),
	},
	weekly: {
		list: "weekly",
		hasReported: true,
		fields: ["week"],
		isByTime: true,
		titles: [{ text: "Week from" }],
		hasTotals: true,
		read: async (db, asker, filter) => lines(await listWeeks(db, asker, filter), ({ week }) => ({ week })),
	},
	monthly: {
		list: "monthly",
		hasReported: true,
		fields: ["month"],
		isByTime: true,
		titles: [{ text: "Month" }],
		hasTotals: true,
		read: async (db, asker, filter) => lines(await listMonths(db, asker, filter), ({ month }) => ({ month })),
	},
	session: {
		list: "sessions",
		hasReported: true,
		fields: ["sessionId", "projectPath", "firstActivity", "lastActivity"],
		isByTime: true,
		daysOf: "session",
		titles: [
			// A mark may follow the time.
			{ text: "Last active", brief: (moment) => moment.replace(/ \d\d:\d\d ?/, "") },
			{ text: "Project", shortest: "Project".length },
			{ text: "Session" },
		],
		hasTotals: true,
		read: async (db, asker, filter) =>
			lines(
				await listSessions(db, asker, filter),
				(row) => ({
					sessionId: row.session,
					projectPath: row.project,
					firstActivity: iso(row.firstAt),
					lastActivity: iso(row.lastAt),
				}),
				(row) => [moment(row.lastAt, filter.zone), lastSegment(row.project), row.session.slice(0, 8)],
				(row) => [row.session],
			),
	},
	blocks: {
		list: "blocks",
		hasReported: true,
		fields: ["id", "startTime", "endTime", "actualEndTime", "isActive", "isGap"],
		isByTime: true,
		titles: [{ text: "Block" }, { text: "State", brief: shortState }],
		hasTotals: false,
		read: async (db, asker, filter, now, withParts = false) => {
			const blocks = await listBlocks(db, asker, filter, now);
			const parts = withParts ? await listBlockModels(db, asker, filter, blocks) : undefined;
			return withGaps(blocks).map((block) => blockLine(block, filter.zone, now, parts));
		},
	},
	project: {
		list: "projects",
		fields: ["project"],
		isByTime: false,
		daysOf: "project",
		titles: [{ text: "Project", shortest: PATH, cutAt: "start" }],
		hasTotals: true,
		read: async (db, asker, filter) =>
			lines(await listProjects(db, asker, filter), ({ project }) => ({ project })),
	},
	branch: {
		list: "branches",
		fields: ["project", "branch"],
		isByTime: false,
		daysOf: "branch",
		titles: [
			{ text: "Project", shortest: WORD },
			{ text: "Branch", shortest: WORD },
		],
		hasTotals: true,
		read: async (db, asker, filter) =>
			lines(
				await listBranches(db, asker, filter),
				({ project, branch }) => ({ project, branch }),
				({ project, branch }) => [lastSegment(project), branch || "(none)"],
			),
	},
	model: {
		list: "models",
		isByModel: true,
		fields: ["model"],
		isByTime: false,
		daysOf: "model",
		titles: [{ text: "Model", shortest: WORD }],
		hasTotals: true,
		read: async (db, asker, filter) => lines(await listModels(db, asker, filter), ({ model }) => ({ model })),
	},
	machine: {
		list: "machines",
		fields: ["machine", "label"],
		isByTime: false,
		daysOf: "machine",
		titles: [{ text: "Machine", shortest: WORD }],
		hasTotals: true,
		read: async (db, asker, filter) =>
			lines(
				await listMachines(db, asker, filter),
				({ machine, label }) => ({ machine, label }),
				({ label }) => [label],
				({ machine }) => [machine],
			),
	},
} as const satisfies Record<GroupingName, Grouping>;

/** A block or a silence between two. `parts`: of blocks by their start, if they were asked for. */
export function blockLine(
	block: BlockRow | GapRow,
	zone: string,
	now: number,
	parts?: ReadonlyMap<number, readonly ModelUsage[]>,
): ReportLine {
	const own = parts && ("gap" in block ? [] : (parts.get(block.start) ?? []));
	const json = { ...blockJson(block), ...(own ? { modelBreakdowns: own.map(breakdownJson) } : {}) };
	const hours = minutes((block.end - block.start) / 60_000);
	if ("gap" in block) return { keys: [moment(block.start, zone), `${hours} silent`], json };
	const left = minutes((block.end - now) / 60_000);
	const keys = [moment(block.start, zone), block.isActive ? `${left} left` : ""];
	return { keys, usage: block, parts: own, json };
}

/** `3h29 left`, `16h silent` */
function shortState(state: string): string {
	return state
		.replace(/ h \d\d min silent/, "h silent")
		.replace(" days", "d")
		.replace(/ h (\d\d) min/, "h$1");
}

/** What lines come to together. */
export function sumLines(lines: readonly Pick<ReportLine, "usage" | "isBeside">[]): Usage {
	return sumUsage(lines.flatMap(({ usage, isBeside }) => (usage && !isBeside ? usage : [])));
}

/** The part of a project's path by which people know it. */
export function lastSegment(path: string): string {
	return path.split(/[/\\]/).findLast((segment) => segment !== "") ?? (path || "(unknown)");
}

import type { Reader } from "../ledger/database.ts";
import { type BlockRow, type GapRow, listBlocks, withGaps } from "../reports/blocks.ts";
import { listBranches } from "../reports/branches.ts";
import { listDays, listMonths, listWeeks } from "../reports/days.ts";
import type { UsageRow } from "../reports/grouped.ts";
import { listMachines } from "../reports/machines.ts";
import { listModels } from "../reports/models.ts";
import { listProjects } from "../reports/projects.ts";
import { listSessions } from "../reports/sessions.ts";
import type { Asker } from "../reports/source.ts";
import type { UsageFilter } from "../usage/filter.ts";
import type { Usage } from "../usage/usage.ts";
import { minutes, moment } from "./format.ts";
import type { GroupingName } from "./grouping-names.ts";
import { blockJson, iso, rowJson } from "./report-json.ts";

/** One line of a report, for people and for programs. */
export type ReportLine = {
	/** What stands in the leading columns. */
	keys: readonly string[];
	/** Absent for a line that only tells of a silence. */
	usage?: (Usage & { models: readonly string[] }) | undefined;
	json: object;
};

/** A leading column. `rank` as in a table's column. */
export type Title = { text: string; mayBeCut?: true; rank?: number };

/** What usage can be grouped by, and how it is shown. */
export type Grouping = {
	/** Name of the list in JSON. */
	list: string;
	/** Words may be cut short where a table has no room for them, times may not. */
	titles: readonly Title[];
	/** Whether JSON has a sum beside the list. */
	hasTotals: boolean;
	read(db: Reader, asker: Asker, filter: UsageFilter, now: number): Promise<ReportLine[]>;
};

/** Lines of rows that are told apart by texts, named alike in JSON. */
function lines<Row extends UsageRow>(
	rows: readonly Row[],
	keysOf: (row: Row) => Readonly<Record<string, string>>,
	shownOf: (row: Row) => readonly string[] = (row) => Object.values(keysOf(row)),
): ReportLine[] {
	return rows.map((row) => ({
		keys: shownOf(row),
		usage: { ...row, models: row.models.map(({ model }) => model) },
		json: { ...keysOf(row), ...rowJson(row) },
	}));
}

export const GROUPINGS = {
	daily: {
		list: "daily",
		titles: [{ text: "Day" }],
		hasTotals: true,
		read: async (db, asker, filter) => lines(await listDays(db, asker, filter), ({ day }) => ({ date: day })),
	},
	weekly: {
		list: "weekly",
		titles: [{ text: "Week from" }],
		hasTotals: true,
		read: async (db, asker, filter) => lines(await listWeeks(db, asker, filter), ({ week }) => ({ week })),
	},
	monthly: {
		list: "monthly",
		titles: [{ text: "Month" }],
		hasTotals: true,
		read: async (db, asker, filter) => lines(await listMonths(db, asker, filter), ({ month }) => ({ month })),
	},
	session: {
		list: "sessions",
		titles: [{ text: "Last active" }, { text: "Project", mayBeCut: true }, { text: "Session", rank: 1 }],
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
			),
	},
	blocks: {
		list: "blocks",
		titles: [{ text: "Block" }, { text: "State", mayBeCut: true }],
		hasTotals: false,
		read: async (db, asker, filter, now) =>
			withGaps(await listBlocks(db, asker, filter, now)).map((block) => blockLine(block, filter.zone, now)),
	},
	project: {
		list: "projects",
		titles: [{ text: "Project", mayBeCut: true }],
		hasTotals: true,
		read: async (db, asker, filter) =>
			lines(await listProjects(db, asker, filter), ({ project }) => ({ project })),
	},
	branch: {
		list: "branches",
		titles: [
			{ text: "Project", mayBeCut: true },
			{ text: "Branch", mayBeCut: true },
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
		titles: [{ text: "Model", mayBeCut: true }],
		hasTotals: true,
		read: async (db, asker, filter) => lines(await listModels(db, asker, filter), ({ model }) => ({ model })),
	},
	machine: {
		list: "machines",
		titles: [{ text: "Machine", mayBeCut: true }],
		hasTotals: true,
		read: async (db, asker, filter) =>
			lines(
				await listMachines(db, asker, filter),
				({ machine, label }) => ({ machine, label }),
				({ label }) => [label],
			),
	},
} as const satisfies Record<GroupingName, Grouping>;

function blockLine(block: BlockRow | GapRow, zone: string, now: number): ReportLine {
	const json = blockJson(block);
	const hours = minutes((block.end - block.start) / 60_000);
	if ("gap" in block) return { keys: [moment(block.start, zone), `${hours} silent`], json };
	const left = minutes((block.end - now) / 60_000);
	return { keys: [moment(block.start, zone), block.isActive ? `${left} left` : ""], usage: block, json };
}

/** The part of a project's path by which people know it. */
export function lastSegment(path: string): string {
	return path.split(/[/\\]/).findLast((segment) => segment !== "") ?? (path || "(unknown)");
}

import type { Reader } from "../../src/ledger/database.ts";
import { listActiveDays } from "../../src/reports/active-days.ts";
import { findLastBefore } from "../../src/reports/block-before.ts";
import { listBlockCourse } from "../../src/reports/block-course.ts";
import { listBlockModels } from "../../src/reports/block-models.ts";
import { listBlockShares } from "../../src/reports/block-shares.ts";
import { findRunningBlock, listBlocks } from "../../src/reports/blocks.ts";
import { listBranches } from "../../src/reports/branches.ts";
import { readCalendar } from "../../src/reports/calendar.ts";
import { DAYS_OF, listDayCosts } from "../../src/reports/day-costs.ts";
import { listDays, listMonths, listWeeks } from "../../src/reports/days.ts";
import { findFirstDay, listKnownNames } from "../../src/reports/first-use.ts";
import { listHeat } from "../../src/reports/heat-map.ts";
import { listImports } from "../../src/reports/imports.ts";
import { listMachineCards } from "../../src/reports/machine-cards.ts";
import { listMachineDays } from "../../src/reports/machine-days.ts";
import { listMachines } from "../../src/reports/machines.ts";
import { listLastDays } from "../../src/reports/model-table.ts";
import { listModels } from "../../src/reports/models.ts";
import { readSpan } from "../../src/reports/overview.ts";
import { listPatterns } from "../../src/reports/patterns.ts";
import { listProjectActivity } from "../../src/reports/project-activity.ts";
import { countProjectDays } from "../../src/reports/project-days.ts";
import { listProjectSessions } from "../../src/reports/project-sessions.ts";
import { listProjectPlaces, listProjectTable } from "../../src/reports/project-table.ts";
import { listProjects } from "../../src/reports/projects.ts";
import { readReportLetter } from "../../src/reports/report-letter.ts";
import {
	listReportedBlocks,
	listReportedDays,
	listReportedMachines,
	listReportedSessions,
} from "../../src/reports/reported.ts";
import { listSeries } from "../../src/reports/series.ts";
import { listSessionList } from "../../src/reports/session-list.ts";
import { listNeighbours } from "../../src/reports/session-neighbours.ts";
import { listSessionPage } from "../../src/reports/session-page.ts";
import { findSession } from "../../src/reports/session-parts.ts";
import { listResponses } from "../../src/reports/session-responses.ts";
import { readSessionRows } from "../../src/reports/session-rows.ts";
import { listSessionSpans } from "../../src/reports/session-spans.ts";
import { listSessionTimes } from "../../src/reports/session-times.ts";
import { listSessions } from "../../src/reports/sessions.ts";
import { type Asker, usedBy } from "../../src/reports/source.ts";
import { listTopSessions } from "../../src/reports/top-sessions.ts";
import { findTotals } from "../../src/reports/totals.ts";
import { listTrackedMachines } from "../../src/reports/tracked-machines.ts";
import type { UsageFilter } from "../../src/usage/filter.ts";
import { parseOverviewQuery } from "../../src/usage/overview-query.ts";
import { AT, DAY, HOUR, PRICES } from "./ledger.ts";

const NOW = AT + 40 * DAY + HOUR;
const TODAY = Math.floor(NOW / DAY);

export type Report = (db: Reader, asker: Asker, filter: UsageFilter) => Promise<unknown>;

/** Every function of `src/reports` that is asked by a person: a new one belongs here. */
export const REPORTS: Record<string, Report> = {
	listActiveDays,
	findLastBefore: (db, asker, filter) =>
		Promise.all([10, 20, 30].map((days) => findLastBefore(db, asker, { ...filter, since: TODAY - days }))),
	listBlockCourse: async (db, asker) => {
		const [block] = await listBlocks(db, asker, { zone: "UTC", mode: "calculate" }, NOW);
		return block ? listBlockCourse(db, asker, block) : [];
	},
	listHeat,
	listBlockShares: async (db, asker, filter) =>
		listBlockShares(db, asker, filter, await listBlocks(db, asker, { zone: "UTC", mode: "calculate" }, NOW)),
	listBlocks: (db, asker, filter) => listBlocks(db, asker, filter, NOW),
	listBlockModels: async (db, asker, filter) => [
		...(await listBlockModels(db, asker, filter, await listBlocks(db, asker, filter, NOW))),
	],
	findRunningBlock: (db, asker, filter) =>
		Promise.all([AT + HOUR, NOW].map((now) => findRunningBlock(db, asker, filter, now))),
	listDayCosts: (db, asker, filter) =>
		Promise.all(
			DAYS_OF.map((of) => listDayCosts(db, asker, { ...filter, since: TODAY - 30, until: TODAY - 17 }, of)),
		),
	listBranches,
	readCalendar: (db, asker, filter) => readCalendar(db, asker, filter, TODAY),
	readReportLetter: (db, asker) =>
		readReportLetter(db, asker, { every: "monthly", period: { since: TODAY - 60, until: TODAY - 20 } }),
	listDays,
	listWeeks,
	listMonths,
	listKnownNames,
	findFirstDay,
	listImports: (db, asker) => listImports(db, asker, ["test"]),
	listMachineCards: (db, asker, filter) =>
		listMachineCards(db, asker, filter, { since: TODAY - 41, until: TODAY }),
	listMachineDays,
	listMachines,
	listTrackedMachines,
	listLastDays: async (db, asker, filter) => [
		await listLastDays(db, asker, filter),
		await listLastDays(db, asker, { ...filter, since: undefined, until: TODAY - 100 }),
	],
	listModels,
	readSpan: (db, asker, { zone }) => {
		const query = parseOverviewQuery(new URLSearchParams("by=project&from=2026-03-01&to=2026-04-11"), {
			today: TODAY,
			firstDay: 0,
		});
		const { period } = query;
		return readSpan(db, asker, query, { period, zone, weekStart: 6, bucket: "day", prices: PRICES });
	},
	listPatterns: async (db, asker, filter) => [
		await listPatterns(db, asker, filter, "hour"),
		await listPatterns(db, asker, filter, "week"),
	],
	listProjects,
	countProjectDays,
	listProjectActivity,
	listProjectSessions,
	listProjectPlaces,
	listProjectTable: (db, asker, filter) =>
		listProjectTable(db, asker, filter, { since: TODAY - 41, until: TODAY }),
	listReportedBlocks,
	listReportedDays,
	listReportedMachines,
	listReportedSessions: async (db, asker, filter) => [
		await listReportedSessions(db, asker, filter),
		await listReportedSessions(db, asker, filter, {
			projectPart: "old",
			after: { lastAt: NOW, session: "a", label: "b" },
			limit: 3,
		}),
	],
	listSeries: async (db, asker, filter) => [
		await listSeries(db, asker, filter, "hour", "machine"),
		await listSeries(db, asker, filter, "week", "project"),
		await listSeries(db, asker, filter, "month", "model"),
	],
	listSessionPage: async (db, asker, filter) => [
		await listSessionPage(db, asker, filter, { limit: 5 }),
		await listSessionPage(db, asker, filter, {
			projectPart: "p1",
			after: { lastAt: AT + 20 * DAY, session: "s1" },
			limit: 5,
		}),
	],
	findSession: (db, asker) => findSession(db, asker, "s1"),
	listResponses: (db, asker) => listResponses(db, asker, "s1"),
	listNeighbours: (db, asker) =>
		listNeighbours(db, asker, { session: "s1", project: "/home/p1", lastAt: AT + 20 * DAY }),
	listSessionList: (db, asker, filter) =>
		listSessionList(db, asker, filter, { sort: "cost", order: "desc", q: "p1", limit: 5 }),
	readSessionRows: async (db, asker, filter) => {
		const sessions = await db.all<{ id: number }>(
			"select id from sessions where user = ? order by id limit 5",
			[asker.id],
		);
		return readSessionRows(
			db,
			asker,
			filter,
			sessions.map(({ id }) => id),
		);
	},
	listSessionSpans,
	listSessionTimes,
	listSessions,
	usedBy: (db, asker, filter) => usedBy(db, asker, filter, ["day"]),
	listTopSessions: (db, asker, filter) => listTopSessions(db, asker, filter, 10),
	findTotals,
};

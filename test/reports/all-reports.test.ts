import { beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Reader, Value } from "../../src/ledger/database.ts";
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
import { parseDay } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { COST_MODES, type UsageFilter } from "../../src/usage/filter.ts";
import { parseOverviewQuery } from "../../src/usage/overview-query.ts";
import {
	AT,
	addUser,
	DAY,
	DESKTOP,
	eventOf,
	HOUR,
	ingestAll,
	openTestLedger,
	PRICES,
	type TestLedger,
} from "../support/ledger.ts";
import { scansIn } from "../support/query-plans.ts";
import { Random } from "../support/random.ts";
import { saveReportedBlock, saveReportedDay, saveReportedSession } from "../support/reported.ts";

const NOW = AT + 40 * DAY + HOUR;
const TODAY = Math.floor(NOW / DAY);

type Report = (db: Reader, asker: Asker, filter: UsageFilter) => Promise<unknown>;

/** Every function of `src/reports` that is asked by a person: a new one belongs here. */
const REPORTS: Record<string, Report> = {
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
		return readSpan(db, asker, query, { period, zone, bucket: "day", prices: PRICES });
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

const FILTERS: UsageFilter[] = COST_MODES.flatMap((mode) =>
	["Europe/Berlin", "Asia/Kathmandu", "+05:20"].flatMap((zone) => [
		{ mode, zone },
		{ mode, zone, since: parseDay("2026-03-05"), until: parseDay("2026-03-20") },
		{
			mode,
			zone,
			since: parseDay("2026-03-05"),
			project: { only: ["/home/p1", "/home/p2"], not: [] },
			model: { only: [], not: ["dear"] },
			machine: { only: ["laptop"], not: [] },
		},
	]),
);

/** Forty days of usage in the same projects, sessions, branches and models for whoever it is. */
function history(count: number, scale: number, random = new Random(1)): UsageEvent[] {
	return Array.from({ length: count }, (_, n) =>
		eventOf({
			id: `msg_${n}`,
			at: AT + random.integer(0, 40 * 24 * 60) * 60_000,
			model: random.pick(["cheap", "dear", "unheard-of"]),
			input: scale * random.integer(1, 100),
			session: `s${random.integer(1, 30)}`,
			project: random.pick(["/home/p1", "/home/p2", "/home/p3"]),
			branch: random.pick(["main", "dev"]),
			reportedNanoUsd: random.next() < 0.3 ? scale * 1_000_000 : undefined,
			...(random.integer(1, 5) > 1
				? {}
				: {
						extra: [
							{ model: "dear", input: scale, output: 1, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 },
						],
					}),
		}),
	);
}

test("every report is here", () => {
	const folder = join(import.meta.dir, "../../src/reports");
	const asked = /^export async function (\w+)\(\s*db: Reader,\s*(?:asker|\{[^}]*\}): Asker\b/gm;
	const names = readdirSync(folder).flatMap((name) =>
		[...readFileSync(join(folder, name), "utf8").matchAll(asked)].map((match) => match[1]),
	);
	expect(Object.keys(REPORTS).sort()).toEqual(names.sort() as string[]);
});

describe("what others use changes nothing, in no report:", () => {
	/** The ledger of one person alone, and one in which another has the same names, keys and machines. */
	let ledgers: { alone: TestLedger; shared: TestLedger; other: TestLedger };

	beforeAll(async () => {
		const zone = "Europe/Berlin";
		const alone = await openTestLedger({ zone });
		const shared = await openTestLedger({ zone });
		const other = { db: shared.db, user: await addUser(shared.db, { id: 2, zone: "Asia/Kathmandu" }) };
		const [own, foreign] = [history(120, 1), history(150, 1_000)];
		await ingestAll(other, foreign.slice(0, 100), { machine: DESKTOP });
		await ingestAll(other, [eventOf({ id: "early", at: AT - 300 * DAY, project: "/secret" })]);
		for (const ledger of [alone, shared]) {
			await ingestAll(ledger, own.slice(0, 60));
			await ingestAll(ledger, own.slice(60), { machine: DESKTOP });
		}
		await ingestAll(other, foreign.slice(100));
		for (const { db, user } of [alone, shared, other]) {
			const part = { day: Math.floor(AT / DAY) + user.id, input: user.id };
			await saveReportedDay(db, user.id, part);
			await saveReportedSession(db, user.id, { input: user.id });
			await saveReportedBlock(db, user.id, { input: user.id });
		}
		ledgers = { alone, shared, other };
	});

	test.each(Object.keys(REPORTS))("%s", async (name) => {
		const { alone, shared, other } = ledgers;
		const ask = (ledger: TestLedger, filter: UsageFilter) => REPORTS[name]?.(ledger.db, ledger.user, filter);
		for (const filter of FILTERS) {
			const answer = await ask(alone, filter);
			expect(answer).toBeDefined();
			expect(await ask(shared, filter)).toEqual(answer);
		}
		const [everything = { zone: "UTC", mode: "calculate" }] = FILTERS;
		expect(await ask(other, everything)).not.toEqual(await ask(shared, everything));
	});
});

describe("no report looks through everybody's events or sums:", () => {
	let ledger: TestLedger;

	beforeAll(async () => {
		ledger = await openTestLedger({ zone: "Europe/Berlin" });
		await ingestAll(ledger, history(2_000, 1));
		await ingestAll({ ...ledger, user: await addUser(ledger.db, { id: 2 }) }, history(2_000, 1));
	});

	test.each(Object.keys(REPORTS))("%s", async (name) => {
		const { db, user } = ledger;
		const questions = new Map<string, readonly Value[]>();
		const watched: Reader = {
			all: (sql, parameters = []) => questions.set(sql, parameters) && db.all(sql, parameters),
			get: (sql, parameters = []) => questions.set(sql, parameters) && db.get(sql, parameters),
		};
		for (const filter of FILTERS) await REPORTS[name]?.(watched, user, filter);
		expect(questions.size).toBeGreaterThan(0);
		for (const [sql, parameters] of questions) expect(await scansIn(db, sql, parameters)).toEqual([]);
	});

	test.each([
		"select * from events where input > 1",
		"select max(cost) from usage_days",
		"select key from events",
	])("the checker sees one: %s", async (sql) => {
		expect(await scansIn(ledger.db, sql, [])).toHaveLength(1);
	});
});

import { describe, expect, test } from "bun:test";
import { AT, DAY, eventOf, HOUR, LAPTOP } from "../support/ledger.ts";
import { localDate } from "../support/naive-usage.ts";
import { saveReportedDay, saveReportedSession } from "../support/reported.ts";
import {
	fieldsOf,
	MACHINES,
	NEW_LAPTOP,
	startUsageServer,
	sumOf,
	type Told,
	tellUsage,
	timesFrom,
} from "../support/usage-api.ts";

type Pattern = Record<string, unknown> & { period: string; session_count: number; total_tokens: number };
type Cost = Record<string, unknown> & { total_cost: number; total_tokens: number };

const PATTERNS = "/api/usage/analytics/patterns";
const COSTS = "/api/usage/analytics/costs";

const told = tellUsage(timesFrom(AT, 180, 8), 8);
const { server, alice, get, setZone } = await startUsageServer(told);

async function costsBy(group: string, query = ""): Promise<Cost[]> {
	const { groupBy, costs } = await get<{ groupBy: string; costs: Cost[] }>(
		`${COSTS}?groupBy=${group}${query}`,
	);
	expect(groupBy).toBe(group);
	return costs;
}

/** How a moment is called where it comes again and again. */
const PERIODS: Record<string, (at: number, zone: string) => string> = {
	hour: (at, zone) => two(zoned(at, zone).hour),
	day: (at, zone) => `${zoned(at, zone).dayOfWeek % 7}`,
	// Weeks begin on Mondays; before the first of these is week 0.
	week: (at, zone) => two(Math.floor((zoned(at, zone).dayOfYear + 7 - zoned(at, zone).dayOfWeek) / 7)),
};

function zoned(at: number, zone: string): Temporal.ZonedDateTime {
	return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}

function two(number: number): string {
	return String(number).padStart(2, "0");
}

type Session = { first: number; last: number; own: readonly Told[] };

function sessionsOf(responses: readonly Told[]): Map<string, Session> {
	const groups = Map.groupBy(responses, ({ session }) => session);
	return new Map(
		[...groups].map(([session, own]) => {
			const times = own.map(({ at }) => at);
			return [session, { first: Math.min(...times), last: Math.max(...times), own }];
		}),
	);
}

function naivePatterns(responses: readonly Told[], period: string, zone: string) {
	const nameOf = (at: number) => PERIODS[period]?.(at, zone) ?? "";
	const sessions = [...sessionsOf(responses).values()];
	return [...Map.groupBy(responses, ({ at }) => nameOf(at))]
		.map(([name, own]) => {
			const there = sessions.filter(({ last }) => nameOf(last) === name);
			const length = there.reduce((ms, { first, last }) => ms + last - first, 0);
			return {
				period: name,
				session_count: there.length,
				...fieldsOf(own),
				avg_duration_minutes: there.length === 0 ? null : Math.round(length / there.length / 60_000),
			};
		})
		.sort((a, b) => (a.period < b.period ? -1 : 1));
}

describe("patterns", () => {
	test.each(
		["hour", "day", "week"].flatMap((period) =>
			["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"].map(
				(zone) => [period, zone] as const,
			),
		),
	)("by %s, as the clocks of %s have it, are all of the usage", async (period, zone) => {
		await setZone(zone);
		const answer = await get<{ period: string; patterns: Pattern[] }>(`${PATTERNS}?period=${period}`);
		expect(answer.period).toBe(period);
		expect(answer.patterns as unknown[]).toEqual(naivePatterns(told, period, zone));
		expect(sumOf(answer.patterns, "total_tokens")).toBe(fieldsOf(told).total_tokens);
		expect(sumOf(answer.patterns, "session_count")).toBe(sessionsOf(told).size);
		await setZone("UTC");
		expect(server.reported).toEqual([]);
	});

	test("are those of days and of a machine", async () => {
		const own = told.filter(({ from }) => from === NEW_LAPTOP);
		const { patterns } = await get<{ patterns: Pattern[] }>(
			`${PATTERNS}?period=hour&machineId=${NEW_LAPTOP.uuid}`,
		);
		expect(patterns as unknown[]).toEqual(naivePatterns(own, "hour", "UTC"));
		const within = told.filter(({ at }) => localDate(at, "UTC").toString() >= "2026-03-10");
		const days = await get<{ patterns: Pattern[] }>(`${PATTERNS}?since=2026-03-10`);
		expect(sumOf(days.patterns, "total_tokens")).toBe(fieldsOf(within).total_tokens);
	});

	test("are by weekday where nothing is said, and by nothing else", async () => {
		expect(await get<{ period: string }>(PATTERNS)).toMatchObject({ period: "day" });
		expect((await alice.ask(`${PATTERNS}?period=year`)).status).toBe(422);
	});

	test("count weeks through the turn of a year as calendars by Mondays do", async () => {
		const turns = [2023, 2024, 2025, 2026].flatMap((year) =>
			[-8, -3, -1, 0, 1, 3, 5, 6, 7, 8].map((days) => Date.UTC(year, 0, 1) + days * DAY + HOUR),
		);
		const around = tellUsage(turns, 9);
		const usage = await startUsageServer(around);
		const { patterns } = await usage.get<{ patterns: Pattern[] }>(`${PATTERNS}?period=week`);
		expect(patterns as unknown[]).toEqual(naivePatterns(around, "week", "UTC"));
		expect(patterns.map(({ period }) => period)).toContain("00");
	});
});

/** What some responses cost, with what tells them from others. */
function costOf(own: readonly Told[]) {
	const { total_cost, total_tokens } = fieldsOf(own);
	return { total_cost, total_tokens };
}

function dearest<Row extends { total_cost: number }>(rows: Row[], nameOf: (row: Row) => string): Row[] {
	return rows.sort((a, b) => b.total_cost - a.total_cost || (nameOf(a) < nameOf(b) ? -1 : 1));
}

function groups(keyOf: (response: Told) => string, responses: readonly Told[] = told): [string, Told[]][] {
	return [...Map.groupBy(responses, keyOf)];
}

describe("costs", () => {
	test("by session are those of whole sessions, the dearest first", async () => {
		const costs = await costsBy("session");
		const expected = [...sessionsOf(told)].map(([session, { first, last, own }]) => ({
			session_id: session,
			start_time: new Date(first).toISOString(),
			duration_minutes: Math.round((last - first) / 60_000),
			...costOf(own),
			reported: false,
		}));
		const withoutProject = costs.map(({ project_path: _, ...cost }) => cost);
		expect(withoutProject as unknown[]).toEqual(dearest(expected, ({ session_id }) => session_id));
		const listed = await get<Cost[]>("/api/usage/sessions?limit=1000");
		const projects = new Map(listed.map(({ session_id, project_path }) => [session_id, project_path]));
		for (const { session_id, project_path } of costs) expect(projects.get(session_id)).toBe(project_path);
	});

	test("by project have its sessions", async () => {
		const costs = await costsBy("project");
		const expected = groups(({ project = "" }) => project).map(([project, own]) => {
			const lengths = [...sessionsOf(own).values()].map(({ first, last }) => last - first);
			return {
				project_path: project,
				session_count: lengths.length,
				...costOf(own),
				avg_duration: Math.round(lengths.reduce((sum, ms) => sum + ms, 0) / lengths.length / 60_000),
			};
		});
		expect(costs as unknown[]).toEqual(dearest(expected, ({ project_path }) => project_path));
	});

	test.each(["UTC", "America/New_York", "Asia/Kathmandu"])("by day of %s, the newest first", async (zone) => {
		await setZone(zone);
		const costs = await costsBy("day");
		const lasts = [...sessionsOf(told).values()].map(({ last }) => localDate(last, zone).toString());
		const expected = groups(({ at }) => localDate(at, zone).toString())
			.map(([date, own]) => ({
				date,
				session_count: lasts.filter((last) => last === date).length,
				...costOf(own),
				reported: false,
			}))
			.sort((a, b) => (a.date > b.date ? -1 : 1));
		expect(costs as unknown[]).toEqual(expected);
		await setZone("UTC");
	});

	test("by model count extra parts under their own", async () => {
		const parts = told.flatMap((response) => [
			{ ...response, extra: undefined },
			...(response.extra ?? []).map((extra) => ({ ...response, ...extra, extra: undefined, webSearches: 0 })),
		]);
		const costs = await costsBy("model");
		const expected = groups(({ model }) => model, parts).map(([model, own]) => ({ model, ...costOf(own) }));
		const plain = costs.map(({ model, total_cost, total_tokens }) => ({ model, total_cost, total_tokens }));
		expect(plain as unknown[]).toEqual(dearest(expected, ({ model }) => model));
		expect(sumOf(costs, "responses")).toBe(told.length);
	});

	test("by branch keep branches of one name in two projects apart", async () => {
		const keyOf = ({ project = "", branch = "" }: Told) => JSON.stringify([project, branch]);
		const naive = (responses: readonly Told[]) =>
			dearest(
				groups(keyOf, responses).map(([key, own]) => {
					const [project_path = "", branch = ""] = JSON.parse(key) as string[];
					return { project_path, branch, ...fieldsOf(own) };
				}),
				({ project_path, branch }) => `${project_path}\0${branch}`,
			);
		expect((await costsBy("branch")) as unknown[]).toEqual(naive(told));
		const own = told.filter(({ from }) => from === LAPTOP);
		expect((await costsBy("branch", `&machineId=${LAPTOP.uuid}`)) as unknown[]).toEqual(naive(own));
	});

	test("by machine keep machines of one name apart", async () => {
		const expected = MACHINES.map((machine) => ({
			machine_id: machine.label,
			machine: machine.uuid,
			...costOf(told.filter(({ from }) => from === machine)),
			reported: false,
		}));
		expect((await costsBy("machine")) as unknown[]).toEqual(dearest(expected, ({ machine }) => machine));
	});

	test("are by day where nothing is said, and by nothing else", async () => {
		expect(await get<{ groupBy: string }>(COSTS)).toMatchObject({ groupBy: "day" });
		expect((await alice.ask(`${COSTS}?groupBy=user`)).status).toBe(422);
	});

	test("come to the same whatever they are grouped by", async () => {
		for (const query of ["", `&machineId=${NEW_LAPTOP.uuid}`, "&machineId=laptop"]) {
			const sums = new Set<number>();
			for (const group of ["session", "project", "day", "model", "branch", "machine"]) {
				sums.add(sumOf(await costsBy(group, query), "total_tokens"));
			}
			expect(sums.size).toBe(1);
		}
	});
});

test("reported totals answer the questions that they can answer, and no others", async () => {
	const usage = await startUsageServer([{ ...eventOf({ id: "one" }), from: LAPTOP }]);
	const { db } = usage.server;
	const { user } = usage.alice.account;
	await saveReportedDay(db, user, { cost: 5_000_000_000 });
	await saveReportedDay(db, user, { day: Math.floor(AT / DAY) - 1 });
	await saveReportedSession(db, user);
	const costs = async (group: string) =>
		(await usage.get<{ costs: Cost[] }>(`${COSTS}?groupBy=${group}`)).costs.map((cost) => [
			cost.date ?? cost.session_id ?? cost.machine ?? cost.machine_id ?? cost.project_path ?? cost.model,
			cost.total_tokens,
			cost.reported,
		]);
	expect(await costs("day")).toEqual([
		["2026-03-02", 110, true],
		["2026-03-01", 10, true],
	]);
	expect(await costs("session")).toEqual([
		["old-session", 10, true],
		["s1", 100, false],
	]);
	expect(await costs("machine")).toEqual([
		["old", 20, true],
		[LAPTOP.uuid, 100, false],
	]);
	expect(await costs("project")).toEqual([["/home/ada/app", 100, undefined]]);
	expect(await costs("model")).toEqual([["cheap", 100, undefined]]);
	expect((await usage.get<{ patterns: Pattern[] }>(PATTERNS)).patterns).toMatchObject([
		{ total_tokens: 100 },
	]);
});

test("what a JSON number could not hold keeps its place and its digits", async () => {
	const models = ["cheap", "dear", "unheard-of"];
	const usage = await startUsageServer(
		models.map((model, n) => ({ ...eventOf({ id: `m${n}`, model, session: model }), from: LAPTOP })),
	);
	const { db } = usage.server;
	for (const table of ["model_days", "session_parts"]) {
		for (const [n, model] of models.entries()) {
			const cost = `${table} set input = 9007199254740993, cost = 90071992547409930 + ${n}`;
			await db.run(`update ${cost} where model = (select id from models where name = ? and user = ?)`, [
				model,
				usage.alice.account.user,
			]);
		}
	}
	for (const group of ["model", "session"]) {
		const pages = await usage.walk<{ costs: Cost[] }>(`${COSTS}?groupBy=${group}&limit=1`);
		const costs = pages.flatMap((page) => page.costs);
		expect(costs.map(({ model, session_id }) => model ?? session_id)).toEqual(models.toReversed());
		for (const { total_tokens } of costs) expect(total_tokens as unknown).toBe("9007199254741083");
	}
});

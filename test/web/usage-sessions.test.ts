import { describe, expect, test } from "bun:test";
import { AT, DESKTOP, eventOf, HOUR, LAPTOP } from "../support/ledger.ts";
import { localDate } from "../support/naive-usage.ts";
import { saveReportedSession } from "../support/reported.ts";
import {
	fieldsOf,
	modelsOf,
	NEW_LAPTOP,
	startUsageServer,
	sumOf,
	type Told,
	tellUsage,
	timesFrom,
} from "../support/usage-api.ts";

type Session = Record<string, unknown> & { session_id: string; total_tokens: number; end_time: string };

const PATH = "/api/usage/sessions";
const { server, told, get, setZone } = await startUsageServer(tellUsage(timesFrom(AT, 160), 3));

/** Sessions as the API has them, counted from the responses themselves. */
function naiveSessions(responses: readonly Told[]) {
	return [...Map.groupBy(responses, ({ session }) => session)]
		.map(([session, own]) => {
			const times = own.map(({ at }) => at);
			const [first, last] = [Math.min(...times), Math.max(...times)];
			const machine = mostOf(own, ({ from }) => from.uuid);
			return {
				session_id: session,
				machine_id: own.find(({ from }) => from.uuid === machine)?.from.label ?? "",
				machine,
				project_path: mostOf(own, ({ project = "" }) => project),
				start_time: new Date(first).toISOString(),
				end_time: new Date(last).toISOString(),
				duration_minutes: Math.round((last - first) / 60_000),
				...fieldsOf(own),
				models_used: modelsOf(own),
				reported: false,
			};
		})
		.sort(byEnd);
}

function byEnd(a: { end_time: string; session_id: string }, b: typeof a): number {
	return b.end_time.localeCompare(a.end_time) || (a.session_id < b.session_id ? -1 : 1);
}

/** The name that most have, the first of equals. */
function mostOf(own: readonly Told[], nameOf: (response: Told) => string): string {
	const counts = [...Map.groupBy(own, nameOf)].map(([name, of]) => ({ name, count: of.length }));
	counts.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
	return counts[0]?.name ?? "";
}

function withoutBreakdowns(sessions: readonly Session[]) {
	return sessions.map(({ model_breakdowns: _, ...session }) => session as Omit<Session, "model_breakdowns">);
}

test("sessions come whole, the one that was active last first", async () => {
	const sessions = await get<Session[]>(PATH);
	expect(withoutBreakdowns(sessions)).toEqual(naiveSessions(told));
	expect(sumOf(sessions, "total_tokens")).toBe(fieldsOf(told).total_tokens);
	expect(server.reported).toEqual([]);
});

test("a session's breakdown by model, under ccusage's names, comes to the session", async () => {
	for (const session of await get<Session[]>(PATH)) {
		const breakdowns = session.model_breakdowns as Record<string, string | number>[];
		expect(breakdowns.map(({ modelName }) => modelName)).toEqual(session.models_used as string[]);
		expect(sumOf(breakdowns, "totalTokens")).toBe(session.total_tokens);
		expect(sumOf(breakdowns, "inputTokens")).toBe(Number(session.input_tokens));
		expect(sumOf(breakdowns, "cacheCreationTokens")).toBe(Number(session.cache_creation_tokens));
		expect(sumOf(breakdowns, "cost")).toBeCloseTo(Number(session.total_cost), 9);
	}
});

test("there are fifty where no limit is given, and at most a thousand", async () => {
	const times = Array.from({ length: 1_010 }, (_, n) => AT + n * 60_000);
	const one = times.map((at, n) => ({ ...eventOf({ id: `m${n}`, at, session: `s${n}` }), from: LAPTOP }));
	const many = await startUsageServer(one);
	expect(await many.get<Session[]>(PATH)).toHaveLength(50);
	expect(await many.get<Session[]>(`${PATH}?limit=5000`)).toHaveLength(1_000);
	const pages = await many.walk<Session[]>(`${PATH}?limit=333`);
	expect(pages.flat().map(({ session_id }) => session_id)).toEqual(
		one.map(({ session }) => session).toReversed(),
	);
});

describe("the days asked for", () => {
	test.each(["UTC", "Asia/Kathmandu", "America/St_Johns"])(
		"choose sessions by their last activity, as %s has it, and the figures are of the whole session",
		async (zone) => {
			await setZone(zone);
			for (const [since, until] of [
				["2026-03-05", "2026-03-08"],
				["2026-03-07", "2026-03-07"],
				["2026-03-12", "2026-04-30"],
			] as const) {
				const expected = naiveSessions(told).filter(({ end_time }) => {
					const date = localDate(Date.parse(end_time), zone).toString();
					return date >= since && date <= until;
				});
				const sessions = await get<Session[]>(`${PATH}?since=${since}&until=${until}`);
				expect(withoutBreakdowns(sessions)).toEqual(expected);
			}
			await setZone("UTC");
		},
	);
});

describe("of sessions", () => {
	test.each([
		["the label of two machines", "laptop", [LAPTOP, NEW_LAPTOP]],
		["the UUID of one of them", NEW_LAPTOP.uuid, [NEW_LAPTOP]],
		["another label", "desktop", [DESKTOP]],
	])("%s takes its part", async (_what, machineId, machines) => {
		const own = told.filter(({ from }) => machines.includes(from));
		expect(withoutBreakdowns(await get<Session[]>(`${PATH}?machineId=${machineId}`))).toEqual(
			naiveSessions(own),
		);
	});

	test.each([
		"ada",
		"/home/ada/app",
		"%",
		"_",
		"*",
		"we%b_1*",
		"\\work",
		"ADA",
		"nowhere",
		"' or 1=1 --",
		"",
	])("%p in a project's path is taken letter by letter", async (projectPath) => {
		const own = told.filter(({ project = "" }) => project.includes(projectPath));
		const query = new URLSearchParams({ projectPath });
		expect(withoutBreakdowns(await get<Session[]>(`${PATH}?${query}`))).toEqual(naiveSessions(own));
	});

	test("machine, project and days are asked for together", async () => {
		const own = told.filter(({ from, project = "" }) => from === DESKTOP && project.includes("ada"));
		const expected = naiveSessions(own).filter(({ end_time }) => end_time >= "2026-03-06");
		const path = `${PATH}?machineId=desktop&projectPath=ada&since=2026-03-06`;
		expect(withoutBreakdowns(await get<Session[]>(path))).toEqual(expected);
		expect(expected.length).toBeGreaterThan(0);
	});
});

test("sessions that end at one moment come by name", async () => {
	const names = ["c", "a", "d", "b"];
	const usage = await startUsageServer(
		names.map((session, n) => ({ ...eventOf({ id: `m${n}`, session }), from: LAPTOP })),
	);
	const pages = await usage.walk<Session[]>(`${PATH}?limit=1`);
	expect(pages.flat().map(({ session_id }) => session_id)).toEqual(["a", "b", "c", "d"]);
});

test("sessions that a client only reported stand among the others", async () => {
	const usage = await startUsageServer([
		{ ...eventOf({ id: "one", session: "before" }), from: LAPTOP },
		{ ...eventOf({ id: "two", session: "after", at: AT + 2 * HOUR }), from: LAPTOP },
	]);
	const { user } = usage.alice.account;
	await saveReportedSession(usage.server.db, user);
	await saveReportedSession(usage.server.db, user, {
		session: "open",
		project: null,
		ended_at: null,
		duration_minutes: null,
	});
	await saveReportedSession(usage.server.db, user, { session: "told", superseded: 1 });
	await saveReportedSession(usage.server.db, usage.bob.account.user, { session: "bobs" });
	const sessions = await usage.get<Session[]>(PATH);
	expect(sessions.map(({ session_id, reported }) => [session_id, reported])).toEqual([
		["after", false],
		["old-session", true],
		["before", false],
		["open", true],
	]);
	expect(sessions[1]).toMatchObject({
		machine_id: "old",
		machine: null,
		project_path: "/home/ada/old",
		start_time: "2026-03-02T10:00:00.000Z",
		end_time: "2026-03-02T11:00:00.000Z",
		duration_minutes: 60,
		total_tokens: 10,
		total_cost: 0.001,
		responses: null,
		models_used: ["cheap"],
		model_breakdowns: [{ modelName: "cheap", cost: 0.001 }],
	});
	expect(sessions[3]).toMatchObject({ project_path: null, end_time: "2026-03-02T10:00:00.000Z" });
	const ids = async (query: string) =>
		(await usage.get<Session[]>(`${PATH}?${query}`)).map(({ session_id }) => session_id);
	expect(await ids("machineId=old")).toEqual(["old-session", "open"]);
	expect(await ids("projectPath=ada/old")).toEqual(["old-session"]);
	expect(await ids(`machineId=${LAPTOP.uuid}`)).toEqual(["after", "before"]);
	expect(await ids("since=2026-03-03")).toEqual([]);
});

test("a table has a session's models in a cell", async () => {
	const usage = await startUsageServer([{ ...eventOf({ id: "one" }), from: LAPTOP }]);
	const [head, line] = (await (await usage.alice.ask(`${PATH}?format=csv`)).text()).split("\r\n");
	expect(head).toContain("models_used,model_breakdowns,reported");
	expect(line).toContain(`,cheap,"modelName=cheap, inputTokens=10, outputTokens=20, cacheCreationTokens=70,`);
});

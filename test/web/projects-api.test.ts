import { describe, expect, test } from "bun:test";
import { DAY, eventOf, HOUR, LAPTOP, MINUTE } from "../support/ledger.ts";
import { localDate } from "../support/naive-usage.ts";
import { NOW } from "../support/scan.ts";
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

type Project = Record<string, unknown> & {
	project_path: string;
	session_count: number;
	total_tokens: number;
	total_cost: number;
};

const PATH = "/api/usage/projects";
/** Some of it is of the last thirty days. */
const told = tellUsage(timesFrom(NOW - 40 * DAY, 200, 6), 6);
const usage = await startUsageServer(told);
const { server, get, setZone } = usage;

function within(responses: readonly Told[], zone: string, since: string, until = "9999-12-31"): Told[] {
	return responses.filter(({ at }) => {
		const date = localDate(at, zone).toString();
		return date >= since && date <= until;
	});
}

/** The sessions of a project that were last active in it in some days: how long they were, in ms. */
function lengthsOf(project: string, all: readonly Told[], zone: string, since: string, until = "9999-12-31") {
	const own = all.filter((response) => (response.project ?? "") === project);
	return [...Map.groupBy(own, ({ session }) => session).values()].flatMap((of) => {
		const times = of.map(({ at }) => at);
		const [first, last] = [Math.min(...times), Math.max(...times)];
		const date = localDate(last, zone).toString();
		return date >= since && date <= until ? [{ first, last }] : [];
	});
}

function naiveProjects(all: readonly Told[], zone: string, since: string, until?: string) {
	return [...Map.groupBy(within(all, zone, since, until), ({ project = "" }) => project)]
		.map(([project, own]) => {
			const lengths = lengthsOf(project, all, zone, since, until);
			const fields = fieldsOf(own);
			const sum = lengths.reduce((ms, { first, last }) => ms + last - first, 0);
			const last = Math.max(...lengths.map((length) => length.last));
			const count = lengths.length;
			return {
				project_path: project,
				alias: null,
				hidden: false,
				session_count: count,
				...fields,
				avg_duration: count === 0 ? null : Math.round(sum / count / 60_000),
				last_activity: count === 0 ? null : new Date(last).toISOString(),
				avg_cost_per_session: count === 0 ? 0 : fields.total_cost / count,
				avg_tokens_per_session: count === 0 ? 0 : Math.round(fields.total_tokens / count),
				is_recent: count > 0 && last > NOW - 7 * DAY,
				activity_level: count >= 5 ? "high" : count >= 2 ? "medium" : "low",
			};
		})
		.sort((a, b) => b.total_tokens - a.total_tokens || (a.project_path < b.project_path ? -1 : 1));
}

function withoutNames(projects: readonly Project[]) {
	return projects.map(({ project_name: _, normalized_path: __, id: ___, ...project }) => project);
}

describe("projects", () => {
	test("are those of the last thirty days, those with most tokens first", async () => {
		const projects = await get<Project[]>(PATH);
		expect(withoutNames(projects) as unknown[]).toEqual(naiveProjects(told, "UTC", "2026-11-02"));
		expect(within(told, "UTC", "2026-11-02").length).toBeLessThan(told.length);
		expect(server.reported).toEqual([]);
	});

	test.each(["UTC", "Asia/Kathmandu", "America/New_York"])(
		"are those of days asked for, in %s",
		async (zone) => {
			await setZone(zone);
			for (const [since, until] of [
				["2026-10-25"],
				["2026-10-30", "2026-11-03"],
				["2026-11-01", "2026-11-01"],
			] as const) {
				const query = until ? `since=${since}&until=${until}` : `since=${since}`;
				const expected = naiveProjects(told, zone, since, until);
				expect(withoutNames(await get<Project[]>(`${PATH}?${query}`)) as unknown[]).toEqual(expected);
			}
			await setZone("UTC");
		},
	);

	test("are asked for by machine", async () => {
		const own = told.filter(({ from }) => from === NEW_LAPTOP);
		const projects = await get<Project[]>(`${PATH}?machineId=${NEW_LAPTOP.uuid}&since=2026-01-01`);
		expect(withoutNames(projects) as unknown[]).toEqual(naiveProjects(own, "UTC", "2026-01-01"));
	});

	test("come to what days and machines come to", async () => {
		const { totals } = await get<{ totals: { total_tokens: number } }>("/api/usage/aggregate");
		const all = await get<Project[]>(`${PATH}?since=2026-01-01`);
		expect(sumOf(all, "total_tokens")).toBe(totals.total_tokens);
		let sum = 0;
		for (const { uuid } of MACHINES) {
			sum += sumOf(await get<Project[]>(`${PATH}?since=2026-01-01&machineId=${uuid}`), "total_tokens");
		}
		expect(sum).toBe(totals.total_tokens);
	});

	test("have a name, which is the last part of their path", async () => {
		const projects = await get<Project[]>(PATH);
		const names = projects.map(({ project_path, project_name, normalized_path }) => [
			project_path,
			project_name,
			normalized_path,
		]);
		expect(names.toSorted()).toEqual([
			["", "Unknown", ""],
			["/home/ada/app", "app", "/home/ada/app"],
			["/home/ada/we%b_1*", "we%b_1*", "/home/ada/we%b_1*"],
			["C:\\code\\tool", "tool", "c:/code/tool"],
		]);
	});

	test("are ten where no limit is given, and at most a hundred", async () => {
		const many = await startUsageServer(
			Array.from({ length: 120 }, (_, n) => ({
				...eventOf({ id: `m${n}`, at: NOW - HOUR, project: `/p${n}/`, input: n }),
				from: LAPTOP,
			})),
		);
		const projects = await many.get<Project[]>(PATH);
		expect(projects.map(({ project_name }) => project_name)).toEqual(
			Array.from({ length: 10 }, (_, n) => `p${119 - n}`),
		);
		expect(await many.get<Project[]>(`${PATH}?limit=500`)).toHaveLength(100);
		expect((await many.walk<Project[]>(`${PATH}?limit=100`)).flat()).toHaveLength(120);
	});

	test("that were worked on before the days asked for, and after them, have no session in these", async () => {
		const at = NOW - 10 * DAY;
		const usage = await startUsageServer([
			{ ...eventOf({ id: "one", at }), from: LAPTOP },
			{ ...eventOf({ id: "two", at: NOW - HOUR }), from: LAPTOP },
		]);
		const date = localDate(at, "UTC").toString();
		expect(await usage.get<Project[]>(`${PATH}?since=${date}&until=${date}`)).toMatchObject([
			{
				session_count: 0,
				responses: 1,
				avg_duration: null,
				last_activity: null,
				avg_cost_per_session: 0,
				avg_tokens_per_session: 0,
				is_recent: false,
				activity_level: "low",
			},
		]);
	});
});

describe("flattened projects", () => {
	type Flattened = {
		projects: {
			project_path: string;
			summary: Record<string, number>;
			usage: Record<string, number>;
			time: Record<string, unknown>;
			activity_level: string;
			engagement_score: number;
		}[];
		metadata: Record<string, unknown>;
	};

	test("are the same projects, with how often and how long they were worked on", async () => {
		const { projects, metadata } = await get<Flattened>(`${PATH}/flattened?since=2026-10-25`);
		const plain = await get<Project[]>(`${PATH}?since=2026-10-25`);
		expect(projects.map(({ project_path }) => project_path)).toEqual(
			plain.map(({ project_path }) => project_path),
		);
		expect(metadata).toEqual({
			time_window_days: 38,
			total_projects: plain.length,
			query_timestamp: new Date(NOW).toISOString(),
		});
		for (const [i, { project_path, summary, usage, time, ...project }] of projects.entries()) {
			const own = within(told, "UTC", "2026-10-25").filter((of) => (of.project ?? "") === project_path);
			const lengths = lengthsOf(project_path, told, "UTC", "2026-10-25");
			const first = Math.min(...lengths.map((of) => of.first));
			const last = Math.max(...lengths.map((of) => of.last));
			const minutes = lengths.reduce((ms, of) => ms + of.last - of.first, 0) / MINUTE;
			expect(summary).toEqual({
				total_sessions: lengths.length,
				active_days: new Set(own.map(({ at }) => localDate(at, "UTC").toString())).size,
				project_age_days: Math.ceil((last - first) / DAY),
				sessions_per_day: Math.round((100 * lengths.length) / ((last - first) / DAY + 1)) / 100,
			});
			const fields = fieldsOf(own);
			expect(usage).toEqual({
				total_tokens: fields.total_tokens,
				total_input_tokens: fields.input_tokens,
				total_output_tokens: fields.output_tokens,
				total_cache_creation_tokens: fields.cache_creation_tokens,
				total_cache_read_tokens: fields.cache_read_tokens,
				total_cost: fields.total_cost,
				avg_tokens_per_session: Math.round(fields.total_tokens / lengths.length),
				avg_cost_per_session: fields.total_cost / lengths.length,
			});
			expect(time).toEqual({
				first_session: new Date(first).toISOString(),
				last_session: new Date(last).toISOString(),
				total_duration_minutes: Math.round(minutes),
				avg_session_duration: Math.round(minutes / lengths.length),
				is_recent_activity: plain[i]?.is_recent,
			});
			expect(project).toMatchObject({
				activity_level: lengths.length >= 10 ? "very_high" : lengths.length >= 5 ? "high" : "medium",
				engagement_score: Math.round(fields.total_tokens / Math.ceil((last - first) / DAY)),
			});
		}
	});

	test("are a table of one line each, with a column for each figure", async () => {
		const text = await (await usage.alice.ask(`${PATH}/flattened?format=csv`)).text();
		const [head, ...lines] = text.trimEnd().split("\r\n");
		expect(head).toContain("project_name,project_path,summary_total_sessions,");
		expect(head).toContain(",usage_total_cost,");
		expect(lines).toHaveLength(4);
	});
});

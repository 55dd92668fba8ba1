import { describe, expect, test } from "bun:test";
import { answer, MAIN } from "../support/answers.ts";
import { ccusageFile } from "../support/importing.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";

/** A home that has days, sessions and blocks of ccusage, and of its own an answer between them, on another machine. */
async function withImports(use: (home: CliHome) => Promise<void>): Promise<void> {
	const own = { [MAIN]: [answer(1, { timestamp: "2026-03-02T21:00:00.000Z" })] };
	await inHome(own, async (home) => {
		for (const name of ["v18-daily", "v20-claude-session", "v18-session", "v18-blocks"]) {
			await home.cli(["import", "ccusage", ccusageFile(name), "--yes", "--machine", "desktop"]);
		}
		await use(home);
	});
}

const SESSION = "5e551011-0000-4000-8000-000000000001";

describe("what was imported", () => {
	test("stands among days, and in their sum", async () => {
		await withImports(async ({ report }) => {
			const { daily = [], totals } = await report("daily");
			expect(daily.map(({ date, reported }) => [date, reported])).toEqual([
				["2026-03-02", undefined],
				["2026-03-02", true],
				["2026-03-03", true],
			]);
			expect(daily[1]).toMatchObject({
				inputTokens: 48,
				outputTokens: 880,
				cacheCreationTokens: 9_400,
				cacheReadTokens: 124_500,
				totalTokens: 134_828,
				totalCost: 0.194376,
				cacheCreation5mTokens: null,
				responses: null,
				modelsUsed: expect.arrayContaining(["claude-opus-4-20250514", "claude-sonnet-4-20250514"]),
			});
			const sum = daily.reduce((tokens, row) => tokens + Number(row.totalTokens), 0);
			expect(totals).toMatchObject({ totalTokens: sum, responses: 1 });
		});
	});

	test("stands among weeks and months, and in their sum, with what each model used", async () => {
		await withImports(async ({ report, cli }) => {
			for (const [grouping, field, name] of [
				["weekly", "week", "2026-03-02"],
				["monthly", "month", "2026-03"],
			] as const) {
				const { [grouping]: rows = [], totals } = await report(grouping);
				expect(rows.map((row) => [row[field], row.reported])).toEqual([
					[name, undefined],
					[name, true],
				]);
				expect(rows[1]).toMatchObject({ totalTokens: 180_260, totalCost: 0.222312, responses: null });
				const { modelBreakdowns } = rows[1] as { modelBreakdowns: Record<string, number>[] };
				expect(modelBreakdowns.length).toBeGreaterThan(1);
				expect(modelBreakdowns.reduce((sum, { cost = 0 }) => sum + cost, 0)).toBeCloseTo(0.222312, 6);
				expect(totals.totalTokens).toBe(Number(rows[0]?.totalTokens) + 180_260);
				const { out } = await cli(["report", grouping, "--breakdown"]);
				expect(out).toMatch(new RegExp(`^${name} \\* .*\n {2}opus-4`, "m"));
				expect(out).toContain("* Counted by another program and taken in as a total.");
				expect(out).not.toContain("Other programs");
			}
		});
	});

	test("stands among sessions, and in no sum of them", async () => {
		await withImports(async ({ report, cli }) => {
			const { sessions = [], totals } = await report("session");
			expect(sessions.filter(({ reported }) => reported === true)).toHaveLength(5);
			expect(sessions.map(({ lastActivity }) => lastActivity)).toEqual(
				sessions.map(({ lastActivity }) => lastActivity).toSorted(),
			);
			expect(sessions.find(({ sessionId }) => sessionId === SESSION)).toMatchObject({
				projectPath: "-home-ada-app",
				firstActivity: "2026-03-02T09:10:00.000Z",
				lastActivity: "2026-03-03T16:00:00.000Z",
				totalTokens: 132_963,
				reported: true,
			});
			expect(totals).toMatchObject({ responses: 1 });
			expect(totals.totalTokens).toBe(sessions.find(({ reported }) => reported === undefined)?.totalTokens);
			expect((await cli(["report", "session"])).out).toContain("which is not in the sum");
		});
	});

	test("stands among blocks, where nothing is silent then", async () => {
		await withImports(async ({ report }) => {
			const { blocks = [] } = await report("blocks");
			expect(blocks.map(({ startTime, isGap, reported }) => [startTime, isGap, reported])).toEqual([
				["2026-03-02T09:00:00.000Z", false, true],
				["2026-03-02T21:00:00.000Z", false, undefined],
				["2026-03-03T16:00:00.000Z", false, true],
			]);
			expect(blocks[0]).toMatchObject({
				id: "2026-03-02T09:00:00.000Z",
				entries: 4,
				isActive: false,
				tokenCounts: { inputTokens: 48, outputTokens: 880 },
				totalTokens: 134_828,
				costUSD: 0.194376,
				burnRate: null,
			});
		});
	});

	test("is marked in tables, and told below those that do not have it", async () => {
		await withImports(async ({ cli }) => {
			const daily = await cli(["report", "daily"]);
			expect(daily.out).toMatch(/^2026-03-02 {2}/m);
			expect(daily.out).toMatch(/^2026-03-02 \*/m);
			expect(daily.out).toContain("* Counted by another program and taken in as a total.");
			const besides = "Other programs counted $0.22 more (180K tokens) on 2 days";
			for (const words of [[], ["report", "machine"], ["report", "project"], ["report", "model"]]) {
				expect((await cli(words)).out).toContain(besides);
			}
			const project = ["report", "daily", "--project", "app"];
			for (const words of [project, [...project, "--json"]])
				expect((await cli(words)).out).not.toMatch(/\*|reported/);
		});
	});

	test("is a column of tables for programs, whether there is any or not", async () => {
		const headOf = async ({ cli }: CliHome, grouping: string) => {
			const [head = "", ...rows] = (await cli(["report", grouping, "--csv"])).out.trimEnd().split(/\r?\n/);
			return { head, last: rows.map((row) => row.split(",").at(-1)) };
		};
		await withImports(async (home) => {
			for (const grouping of ["daily", "weekly", "monthly", "session", "blocks"]) {
				const { head, last } = await headOf(home, grouping);
				expect(head).toEndWith(",reported");
				expect(new Set(last)).toEqual(new Set(["", "1"]));
				await inHome({}, async (empty) => expect((await headOf(empty, grouping)).head).toBe(head));
			}
		});
	});

	test("is in the summary for programs, and asked for by days and machine", async () => {
		await withImports(async ({ cli, report }) => {
			const { reported, allTime } = JSON.parse((await cli(["--json"])).out);
			expect(reported).toEqual({ days: 2, totalTokens: 180_260, totalCost: 0.222312 });
			expect(allTime.responses).toBe(1);
			expect((await report("daily", "--since", "2026-03-03")).daily).toHaveLength(1);
			expect((await report("daily", "--machine", "desktop")).daily).toHaveLength(2);
			expect((await report("daily", "--machine", "!desktop")).daily).toHaveLength(1);
		});
	});

	test("is told where there is nothing else", async () => {
		await inHome({}, async ({ cli }) => {
			expect(JSON.parse((await cli(["--json"])).out).reported).toBeNull();
			await cli(["import", "ccusage", ccusageFile("v18-daily"), "--yes"]);
			expect((await cli([])).out).toContain("Other programs counted $0.22 more");
			expect((await cli(["report", "monthly"])).out).toMatch(/^2026-03 \* .*\$0\.22$/m);
			expect((await cli(["report", "daily"])).out).toMatch(/^Total .*\$0\.22$/m);
		});
	});
});

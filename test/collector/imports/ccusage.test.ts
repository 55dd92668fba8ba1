import { describe, expect, test } from "bun:test";
import { asCcusage, ccusageOutput, inShort, refusalOf } from "../../support/importing.ts";

const APP = "5e551011-0000-4000-8000-000000000001";
const SITE = "5e551011-0000-4000-8000-000000000002";

/** What the transcripts behind the outputs come to, but for answers that grew: there are none. */
const DAYS = [
	["2026-03-02", 134_828, 0.194376],
	["2026-03-03", 45_432, 0.027936],
];

describe("days of ccusage", () => {
	test.each([
		"v15-daily",
		"v16-daily",
		"v18-daily",
		"v18-daily-instances",
		"v19-daily",
		"v20-daily",
		"v20-claude-daily",
		"v20-claude-daily-instances",
	])("as %s tells them", (name) => {
		expect(inShort(asCcusage(ccusageOutput(name)))).toEqual({ days: DAYS, leftOut: {}, notes: 0 });
	});

	test("with their four kinds of tokens, their models and what each of these used", () => {
		const [day] = asCcusage(ccusageOutput("v18-daily-instances")).days;
		expect(day).toMatchObject({
			label: "laptop",
			input: 48,
			output: 880,
			cacheWrite: 9_400,
			cacheRead: 124_500,
		});
		expect(day?.models.toSorted()).toEqual(["claude-opus-4-20250514", "claude-sonnet-4-20250514"]);
		expect(day?.breakdowns).toContainEqual({
			modelName: "claude-sonnet-4-20250514",
			inputTokens: 37,
			outputTokens: 670,
			cacheCreationTokens: 6_300,
			cacheReadTokens: 83_500,
			cost: expect.closeTo(0.058836, 9),
		});
	});

	test("under the older names", () => {
		const told = {
			type: "daily",
			data: [
				{
					date: "2026-03-02",
					models: ["opus"],
					inputTokens: 1,
					outputTokens: 2,
					cacheCreationTokens: 3,
					cacheReadTokens: 4,
					totalTokens: 10,
					costUSD: 0.5,
					breakdown: { opus: { inputTokens: 1, outputTokens: 2, costUSD: 0.5 } },
				},
			],
			summary: { totalInputTokens: 1, totalOutputTokens: 2, totalTokens: 10, totalCostUSD: 0.5 },
		};
		const read = asCcusage(told);
		expect(inShort(read)).toEqual({ days: [["2026-03-02", 10, 0.5]], leftOut: {}, notes: 0 });
		expect(read.days[0]?.breakdowns).toMatchObject([{ modelName: "opus", outputTokens: 2, cost: 0.5 }]);
		expect(inShort(asCcusage(told.data))).toEqual(inShort(read));
	});

	test("without what other programs used: alone where it is told apart, and not at all where it is not", () => {
		expect(inShort(asCcusage(ccusageOutput("v20-mixed-by-agent"))).days).toEqual(DAYS);
		expect(inShort(asCcusage(ccusageOutput("v20-mixed-daily")))).toEqual({
			days: DAYS.slice(0, 1),
			leftOut: { mixed_agents: 1 },
			notes: 1,
		});
		const { days, sessions, leftOut } = asCcusage(ccusageOutput("v20-sections"));
		expect([days.length, sessions.length, leftOut]).toEqual([1, 3, { mixed_agents: 1, other_agent: 1 }]);
	});
});

describe("sessions of ccusage", () => {
	test("are those of Claude Code from version 19 on", () => {
		for (const name of ["v19-session", "v20-session", "v20-mixed-session"]) {
			const { sessions, leftOut } = inShort(asCcusage(ccusageOutput(name)));
			expect(sessions).toContainEqual([APP, null, 132_963, expect.any(Number)]);
			expect(sessions).toContainEqual([SITE, null, 46_554, expect.any(Number)]);
			expect(sessions).toContainEqual(["agent-ab12cd34", null, 743, expect.any(Number)]);
			expect(sessions).toHaveLength(3);
			expect(leftOut).toEqual(name === "v20-mixed-session" ? { other_agent: 1 } : {});
		}
	});

	test("know their projects and how long they took, where that is told", () => {
		const { sessions } = asCcusage(ccusageOutput("v20-claude-session"));
		expect(sessions.find(({ session }) => session === APP)).toMatchObject({
			project: "-home-ada-app",
			startedAt: Date.UTC(2026, 2, 2, 9, 10),
			endedAt: Date.UTC(2026, 2, 3, 16),
			durationMinutes: 1_850,
		});
	});

	test("are whole folders before, which is said", () => {
		for (const name of ["v15-session", "v16-session", "v18-session"]) {
			const read = asCcusage(ccusageOutput(name));
			const folders = inShort(read).sessions?.map((row) => row.slice(0, 3));
			expect(folders?.sort()).toEqual([
				["-home-ada-app", "-home-ada-app", 133_706],
				["-home-ada-site", "-home-ada-site", 46_554],
			]);
			const app = read.sessions.find(({ session }) => session === "-home-ada-app");
			expect(app).toMatchObject({ endedAt: Date.UTC(2026, 2, 3, 12), durationMinutes: null });
			expect(read.notes.join()).toContain("2 of the sessions are sums of a whole folder");
		}
	});

	test("that the oldest versions called alike are added up", () => {
		const row = {
			sessionId: "subagents",
			lastActivity: "2026-03-02",
			inputTokens: 5,
			outputTokens: 0,
			totalCost: 1,
		};
		const told = { sessions: [row, { ...row, lastActivity: "2026-03-04" }], totals: { inputTokens: 10 } };
		expect(inShort(asCcusage(told))).toMatchObject({ sessions: [["subagents", "subagents", 10, 2]] });
		const apart = told.sessions.map((session, i) => ({ ...session, projectPath: `-home-${i}` }));
		expect(inShort(asCcusage(apart)).sessions?.map(([name]) => name)).toEqual([
			"-home-0/subagents",
			"-home-1/subagents",
		]);
	});
});

describe("blocks of ccusage", () => {
	test.each([
		["v15-blocks", "2026-03-02T09:00:00.000Z"],
		["v16-blocks", "2026-03-02T09:00:00.000Z"],
		["v18-blocks", "2026-03-02T09:00:00.000Z"],
		["v19-blocks", "2026-03-02T09:00:00.000Z"],
		["v20-blocks", "2026-03-02T09:00:00.000Z"],
	])("as %s tells them, without gaps", (name, first) => {
		const read = asCcusage(ccusageOutput(name));
		expect(inShort(read)).toMatchObject({
			blocks: [
				[first, 134_828, 0.194376],
				[expect.any(String), 45_432, 0.027936],
			],
			leftOut: { gap: 1 },
			notes: 0,
		});
		expect(read.blocks[0]).toMatchObject({ entries: 4, actualEnd: Date.UTC(2026, 2, 2, 10) });
	});

	test("are the same blocks whichever version told them", () => {
		const [older, newer] = ["v15-blocks", "v16-blocks"].map((name) => asCcusage(ccusageOutput(name)).blocks);
		expect(older).toEqual(newer ?? []);
	});

	test("of version 15 last until their last response", () => {
		const output = ccusageOutput("v15-blocks");
		output.blocks[0].actualEndTime = "2026-03-02T14:05:00.000Z";
		expect(asCcusage(output).blocks[0]).toMatchObject({
			block: "2026-03-02T09:00:00.000Z",
			startedAt: Date.UTC(2026, 2, 2, 9),
			endedAt: Date.UTC(2026, 2, 2, 14, 5),
		});
	});

	test("under the older names", () => {
		const row = { blockStart: "2026-03-02T10:00:00Z", blockEnd: "2026-03-02T15:00:00Z", isActive: true };
		const told = {
			type: "blocks",
			data: [{ ...row, inputTokens: 1, outputTokens: 2, totalTokens: 3, costUSD: 1 }],
		};
		expect(inShort(asCcusage(told)).blocks).toEqual([["2026-03-02T10:00:00.000Z", 3, 1]]);
	});
});

describe("a file is taken with a word where", () => {
	const told = () => ccusageOutput("v18-daily");

	test("its sum is another than its rows'", () => {
		for (const field of ["inputTokens", "outputTokens", "cacheReadTokens", "totalCost"]) {
			const cut = told();
			cut.totals[field] += 1;
			expect(asCcusage(cut).notes).toEqual([
				expect.stringContaining("$.totals is not what the rows add up to"),
			]);
		}
	});

	test("a row's total is none that its tokens add up to", () => {
		const odd = told();
		odd.daily[0].totalTokens += 64;
		const { notes, days } = asCcusage(odd);
		expect(notes).toEqual([expect.stringContaining("1 row tells another total")]);
		expect(days[0]?.total).toBe(134_828);
	});

	test("its program knew no price of a model", () => {
		const odd = told();
		odd.daily[1].totalCost = 0;
		odd.totals.totalCost = odd.daily[0].totalCost;
		expect(asCcusage(odd).notes).toEqual([expect.stringContaining("no cost of claude-sonnet-4-20250514")]);
	});

	test("there is nothing in it, or in a row", () => {
		for (const nothing of [[], { daily: [] }, { blocks: [] }, { projects: {} }]) {
			expect(inShort(asCcusage(nothing))).toEqual({ leftOut: {}, notes: 0 });
		}
		const row = { date: "2026-03-02", inputTokens: 0, outputTokens: 0, totalCost: 0 };
		expect(inShort(asCcusage([row]))).toEqual({ leftOut: { empty: 1 }, notes: 0 });
	});
});

test("names of prototypes are names", () => {
	const text = JSON.stringify(ccusageOutput("v18-daily-instances")).replace("-home-ada-app", "__proto__");
	expect(inShort(asCcusage(text)).days).toEqual(DAYS);
	expect(refusalOf(() => asCcusage('{"__proto__": {"daily": []}}'))).toContain("it holds __proto__");
	expect(Object.hasOwn(Object.prototype, "daily")).toBe(false);
});

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GroupingName } from "../../src/cli/report/grouping-names.ts";
import { GROUPINGS } from "../../src/cli/report/groupings.ts";
import { blockJson, iso, rowJson } from "../../src/cli/report/report-json.ts";
import { listBlocks } from "../../src/reports/blocks.ts";
import type { UsageFilter } from "../../src/usage/filter.ts";
import { type ModelUsage, NO_USAGE } from "../../src/usage/usage.ts";
import { jsonText, usageJson } from "../../src/usage/usage-json.ts";
import { AT, eventOf, HOUR, ingestAll, MINUTE, openTestLedger } from "../support/ledger.ts";

/** As ccusage names them. */
const TOKENS = [
	"inputTokens",
	"outputTokens",
	"cacheCreationTokens",
	"cacheReadTokens",
	"totalTokens",
	"totalCost",
];
const OURS = [
	"cacheCreation5mTokens",
	"cacheCreation1hTokens",
	"webSearches",
	"responses",
	"unpricedResponses",
];
const MODELS = ["modelsUsed", "modelBreakdowns"];

const OPUS: ModelUsage = {
	model: "claude-opus-4-5",
	input: 1,
	output: 20,
	cacheWrite5m: 300,
	cacheWrite1h: 4_000,
	cacheRead: 50_000,
	webSearches: 6,
	costNanoUsd: 1_234_567_891,
	responses: 7,
	unpriced: 1,
};

const EVERYTHING: UsageFilter = { zone: "UTC", mode: "calculate" };

/** Two blocks, the second still running at {@link RUNNING}, of two models. */
async function someUsage() {
	const ledger = await openTestLedger();
	await ingestAll(ledger, [
		eventOf(),
		eventOf({ id: "msg_2", at: AT + 30 * HOUR, model: "dear", session: "s2" }),
		eventOf({ id: "msg_3", at: AT + 30 * HOUR + 30 * MINUTE, session: "s2" }),
	]);
	return ledger;
}

const RUNNING = AT + 31 * HOUR;

/** The JSON of a report's rows. */
async function rowsOf(name: GroupingName): Promise<Record<string, unknown>[]> {
	const { db, user } = await someUsage();
	const lines = await GROUPINGS[name].read(db, user, EVERYTHING, RUNNING);
	return lines.map(({ json }) => JSON.parse(jsonText(json)));
}

test("usage is told with ccusage's names, the rest after them, tokens adding up and cost in dollars", () => {
	expect(usageJson(OPUS)).toEqual({
		inputTokens: 1,
		outputTokens: 20,
		cacheCreationTokens: 4_300,
		cacheReadTokens: 50_000,
		totalTokens: 54_321,
		totalCost: 1.234567891,
		cacheCreation5mTokens: 300,
		cacheCreation1hTokens: 4_000,
		webSearches: 6,
		responses: 7,
		unpricedResponses: 1,
	});
	expect(Object.keys(usageJson(OPUS))).toEqual([...TOKENS, ...OURS]);
});

test("a row has its models in their order, each with a cost of its own name", () => {
	const haiku = { ...OPUS, model: "claude-haiku-4-5", costNanoUsd: 0 };
	const { modelsUsed, modelBreakdowns } = rowJson({ ...OPUS, models: [OPUS, haiku] });
	expect(modelsUsed).toEqual(["claude-opus-4-5", "claude-haiku-4-5"]);
	const { totalCost, ...counts } = usageJson(OPUS);
	expect(modelBreakdowns).toEqual([
		{ modelName: "claude-opus-4-5", ...counts, cost: totalCost },
		{ modelName: "claude-haiku-4-5", ...counts, cost: 0 },
	]);
});

describe("the rows of a report", () => {
	test.each<[GroupingName, string, string[]]>([
		["daily", "daily", ["date"]],
		["weekly", "weekly", ["week"]],
		["monthly", "monthly", ["month"]],
		["session", "sessions", ["sessionId", "projectPath", "firstActivity", "lastActivity"]],
		["project", "projects", ["project"]],
		["branch", "branches", ["project", "branch"]],
		["model", "models", ["model"]],
		["machine", "machines", ["machine", "label"]],
	])("by %s are called %s and have these fields and no others", async (name, list, keys) => {
		const rows = await rowsOf(name);
		expect(rows.length).toBeGreaterThan(0);
		for (const row of rows) expect(Object.keys(row)).toEqual([...keys, ...TOKENS, ...OURS, ...MODELS]);
		expect(GROUPINGS[name]).toMatchObject({ list, hasTotals: true });
	});

	test("by block are ccusage's, gaps among them, and have no sum beside them", async () => {
		const [first, gap, running] = await rowsOf("blocks");
		expect(first).toMatchObject({ id: "2026-03-02T10:00:00.000Z", isGap: false, entries: 1 });
		expect(gap).toMatchObject({
			id: "gap-2026-03-02T15:00:00.000Z",
			startTime: "2026-03-02T15:00:00.000Z",
			endTime: "2026-03-03T16:00:00.000Z",
			actualEndTime: null,
			isGap: true,
			isActive: false,
			entries: 0,
			totalTokens: 0,
			costUSD: 0,
			models: [],
			burnRate: null,
			projection: null,
		});
		expect(running).toMatchObject({
			id: "2026-03-03T16:00:00.000Z",
			startTime: "2026-03-03T16:00:00.000Z",
			endTime: "2026-03-03T21:00:00.000Z",
			actualEndTime: "2026-03-03T16:30:00.000Z",
			isActive: true,
			entries: 2,
			tokenCounts: {
				inputTokens: 20,
				outputTokens: 40,
				cacheCreationInputTokens: 140,
				cacheReadInputTokens: 0,
			},
			totalTokens: 200,
			costUSD: 0.0011,
			models: ["dear", "cheap"],
			burnRate: { tokensPerMinute: 200 / 30, tokensPerMinuteForIndicator: 2, costPerHour: 0.0022 },
			projection: { totalTokens: 1_800, totalCost: 0.01, remainingMinutes: 240 },
		});
		const keys = (row: object = {}) => Object.keys(row).sort();
		expect(keys(gap)).toEqual(keys(running));
		expect(keys(first)).toEqual(keys(running));
		expect(GROUPINGS.blocks.hasTotals).toBe(false);
	});
});

describe("numbers too large for a number", () => {
	const huge = 90_071_992_547_409_931n;

	test("are written to the last digit, as strings", () => {
		expect(JSON.parse(jsonText(usageJson({ ...NO_USAGE, input: huge })))).toMatchObject({
			inputTokens: String(huge),
			totalTokens: String(huge),
			outputTokens: 0,
		});
	});

	test("of nano-dollars are the nearest amount in dollars", () => {
		expect(usageJson({ ...NO_USAGE, costNanoUsd: huge }).totalCost).toBe(90_071_992.547_409_94);
	});
});

test("times are in UTC to the millisecond", () => {
	expect(iso(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toBe("2026-01-02T03:04:05.006Z");
});

// ccusage's own output may lie beside the repository: what reads it must find all of its fields in ours.
const reference = join(import.meta.dir, "../../../shared/reference");

describe.each(
	(["daily", "monthly", "session", "blocks"] as const).filter((name) =>
		existsSync(join(reference, `ccusage-${name}.json`)),
	),
)("ccusage's own %s report", (name) => {
	type Json = Record<string, Record<string, unknown>[] | Record<string, unknown>>;
	const theirs: Json = JSON.parse(readFileSync(join(reference, `ccusage-${name}.json`), "utf8"));
	const { list, hasTotals } = GROUPINGS[name];

	test("has no field that ours has not, in no row and in no row's parts", async () => {
		const ours = await rowsOf(name);
		const known = new Set(ours.flatMap((row) => pathsOf(row)));
		const rows = theirs[list];
		if (!Array.isArray(rows)) throw new Error(`ccusage calls the list of ${name} something else`);
		const missing = new Set(rows.flatMap((row) => pathsOf(row)).filter((path) => !known.has(path)));
		expect([...missing]).toEqual([]);
	});

	test("has sums under names that ours have too", () => {
		expect("totals" in theirs).toBe(hasTotals);
		expect(Object.keys(usageJson(NO_USAGE))).toEqual(
			expect.arrayContaining(Object.keys(theirs.totals ?? {})),
		);
	});
});

/** The names of all fields, those in lists and objects with their parents' names before them. */
function pathsOf(value: unknown, above = ""): string[] {
	if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, `${above}[]`));
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([name, field]) => {
		const path = `${above}.${name}`;
		return [path, ...pathsOf(field, path)];
	});
}

test("a block's JSON is that of the report's block", async () => {
	const { db, user } = await someUsage();
	const blocks = await listBlocks(db, user, EVERYTHING, RUNNING);
	const rows = await rowsOf("blocks");
	expect(blocks.map((block) => JSON.parse(jsonText(blockJson(block))))).toEqual(
		rows.filter(({ isGap }) => !isGap),
	);
});

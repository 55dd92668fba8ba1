import { describe, expect, test } from "bun:test";
import { asPredecessor, inShort, refusalOf } from "../../support/importing.ts";

const COUNTED = {
	machine_id: "old-laptop",
	input_tokens: 1,
	output_tokens: 2,
	cache_creation_tokens: 3,
	cache_read_tokens: 4,
	total_tokens: 10,
	total_cost: 0.5,
	models_used: ["claude-opus-4-20250514"],
};
const DAY = { ...COUNTED, date: "2025-07-01" };
const SESSION = {
	...COUNTED,
	session_id: "-home-ada-app",
	project_path: "/home/ada/app",
	start_time: "2025-07-01T12:00:00.000Z",
	end_time: "2025-07-01T12:00:00.000Z",
	duration_minutes: null,
};
const BLOCK = {
	...COUNTED,
	block_id: "2025-07-01T10:00:00.000Z",
	start_time: "2025-07-01T10:00:00.000Z",
	end_time: "2025-07-01T15:00:00.000Z",
	actual_end_time: "2025-07-01T11:00:00.000Z",
	is_active: 0,
	entry_count: 7,
};

describe("of the former server is taken", () => {
	test.each([
		["what it answered about days", { daily: [DAY], totals: { total_machines: 1, total_tokens: 10 } }],
		["what its clients sent", { records: [{ ...DAY, user_id: 3 }] }],
		[
			"rows of its table",
			[
				{
					id: 1,
					user_id: 3,
					...DAY,
					models_used: '["claude-opus-4-20250514"]',
					created_at: "2025-07-01 10:00:00",
				},
			],
		],
		[
			"what its oldest clients sent",
			{
				machineId: "old-laptop",
				data: [
					{
						date: "2025-07-01",
						inputTokens: 1,
						outputTokens: 2,
						cacheCreationTokens: 3,
						cacheReadTokens: 4,
						totalTokens: 10,
						totalCost: 0.5,
						modelsUsed: ["claude-opus-4-20250514"],
						modelBreakdowns: [],
					},
				],
			},
		],
	])("%s", (_, value) => {
		const { days, ...rest } = asPredecessor(value);
		expect(days).toEqual([
			{
				label: "old-laptop",
				day: Date.UTC(2025, 6) / 86_400_000,
				input: 1,
				output: 2,
				cacheWrite: 3,
				cacheRead: 4,
				total: 10,
				costNanoUsd: 5e8,
				models: ["claude-opus-4-20250514"],
				breakdowns: [],
			},
		]);
		expect(rest).toEqual({ sessions: [], blocks: [], leftOut: {}, notes: [] });
	});

	test("sessions and blocks", () => {
		expect(asPredecessor([SESSION]).sessions).toMatchObject([
			{
				session: "-home-ada-app",
				project: "/home/ada/app",
				startedAt: Date.UTC(2025, 6, 1, 12),
				durationMinutes: null,
			},
		]);
		expect(asPredecessor([BLOCK]).blocks).toMatchObject([
			{ block: "2025-07-01T10:00:00.000Z", entries: 7, actualEnd: Date.UTC(2025, 6, 1, 11) },
		]);
	});

	test("times as a database writes them, in UTC", () => {
		const rows = [
			{
				...SESSION,
				start_time: "2025-07-01 12:00:00",
				end_time: "2025-07-01 13:30:00",
				duration_minutes: 90,
			},
		];
		expect(asPredecessor(rows).sessions).toMatchObject([
			{ startedAt: Date.UTC(2025, 6, 1, 12), endedAt: Date.UTC(2025, 6, 1, 13, 30), durationMinutes: 90 },
		]);
	});

	test("each machine under its own name, or the only one under another", () => {
		const two = [DAY, { ...DAY, machine_id: "desktop" }];
		expect(asPredecessor(two).days.map(({ label }) => label)).toEqual(["old-laptop", "desktop"]);
		expect(asPredecessor([DAY], { machine: "laptop" }).days.map(({ label }) => label)).toEqual(["laptop"]);
		expect(refusalOf(() => asPredecessor(two, { machine: "laptop" }))).toBe(
			"it tells of several machines (old-laptop, desktop).",
		);
	});

	test("one person's alone", () => {
		const two = [
			{ ...DAY, user_id: 3 },
			{ ...DAY, user_id: "2abc", date: "2025-07-02" },
		];
		expect(refusalOf(() => asPredecessor(two))).toBe("it tells of several people.");
		expect(inShort(asPredecessor(two, { user: "2abc" }))).toMatchObject({
			days: [["2025-07-02", 10, 0.5]],
			leftOut: { other_user: 1 },
		});
	});

	test("with a word where it may have been cut", () => {
		const days = Array.from({ length: 50 }, (_, i) => ({ ...DAY, machine_id: `m${i}` }));
		expect(asPredecessor(days).notes).toEqual([expect.stringContaining("just 50 rows")]);
		expect(asPredecessor(days.slice(1)).notes).toEqual([]);
	});
});

describe("of the former server is refused", () => {
	test.each([
		["its login", { apiKey: "pk_secret", username: "ada" }],
		["a list of machines", [{ machine_id: "m", days_tracked: 3, first_date: "2025-07-01", total_cost: 1 }]],
		["a list of projects", [{ project_path: "/a", session_count: 3, total_cost: 1 }]],
		["costs by day", [{ date: "2025-07-01", session_count: 3, total_cost: 1, total_tokens: 3 }]],
		["a single number", 7],
		["a list of numbers", [7]],
	])("%s", (_, value) => {
		const refusal = refusalOf(() => asPredecessor(value));
		expect(refusal).toMatch(/has no shape that|has sums, but not of days/);
		expect(refusal).not.toContain("secret");
	});

	test("what this product answers, for its events would count twice", () => {
		expect(
			refusalOf(() => asPredecessor({ daily: [{ ...DAY, machine: "uuid", reported: false }] })),
		).toContain("is an answer of this PromptPulse");
	});

	test.each([
		[{ ...DAY, machine_id: "" }, "$[1].machine_id is not a text"],
		[{ ...DAY, total_tokens: -1 }, "$[1].total_tokens is not a whole number"],
		[{ ...DAY, total_cost: null }, "$[1] lacks total_cost"],
		[{ ...DAY, models_used: "[" }, "$[1].models_used is not a list"],
		[{ ...DAY, models_used: '{"a":1}' }, "$[1].models_used is not a list"],
		[DAY, "$[1] tells of the same as $[0]"],
		[{ ...SESSION, end_time: "2025-06-30T12:00:00Z" }, "$[1] ends before it begins"],
		[{ ...SESSION, duration_minutes: -5 }, "$[1].duration_minutes is not a number of minutes"],
		[{ ...BLOCK, end_time: "2025-07-03T15:00:00Z" }, "$[1].end_time is more than a day after"],
		[{ ...BLOCK, end_time: 5 }, "$[1].end_time is not a time"],
	])("a row that is not sound, with all others: %j", (row, why) => {
		expect(refusalOf(() => asPredecessor([DAY, row]))).toStartWith(why);
	});
});

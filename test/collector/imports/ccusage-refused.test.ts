import { describe, expect, test } from "bun:test";
import { asCcusage, ccusageOutput, inShort, refusalOf } from "../../support/importing.ts";

describe("a file is refused whole where", () => {
	test.each(["v18-weekly", "v18-monthly"])("it has no days: %s", (name) => {
		expect(refusalOf(() => asCcusage(ccusageOutput(name)))).toBe(
			"it has weeks or months, and what they come to cannot be told by day.",
		);
	});

	test("it tells no costs, for none would be taken for nothing", () => {
		expect(refusalOf(() => asCcusage(ccusageOutput("v20-daily-no-cost")))).toBe(
			"$.daily[0] lacks totalCost (was it written with --no-cost?).",
		);
	});

	test("it is of one session alone", () => {
		expect(refusalOf(() => asCcusage(ccusageOutput("v20-one-session")))).toBe("it is of one session alone.");
	});

	test.each([
		[null, "it has no shape of ccusage's that is known here."],
		[17, "it has no shape of ccusage's that is known here."],
		["[1]", "$[0] is not an object."],
		[[{ hour: 1 }], "it has no shape of ccusage's that is known here."],
		[{ hourly: [] }, "it has no shape of ccusage's that is known here (it holds hourly)."],
		[{ type: "hourly", data: [] }, "it has no shape of ccusage's that is known here (it holds type, data)."],
		[
			{ type: "__proto__", data: [] },
			"it has no shape of ccusage's that is known here (it holds type, data).",
		],
		[{ daily: {} }, "$.daily is not a list."],
		[{ daily: [[]] }, "$.daily[0] is not an object."],
		[{ projects: { "a b": 5 } }, '$.projects["a b"] is not a list.'],
	])("its shape is none that is known: %j", (value, why) => {
		expect(refusalOf(() => asCcusage(value))).toBe(why);
	});

	test.each([
		["inputTokens", -1, "is not a whole number from 0 to 1,000,000,000,000"],
		["inputTokens", 0.5, "is not a whole number from 0 to 1,000,000,000,000"],
		["outputTokens", 2 ** 53, "is not a whole number from 0 to 1,000,000,000,000"],
		["cacheReadTokens", 1e300, "is not a whole number from 0 to 1,000,000,000,000"],
		["cacheCreationTokens", "7", "is not a whole number from 0 to 1,000,000,000,000"],
		["outputTokens", [1], "is not a whole number from 0 to 1,000,000,000,000"],
		["totalCost", -0.01, "is not an amount from 0 to 100,000 dollars"],
		["totalCost", 1e6, "is not an amount from 0 to 100,000 dollars"],
		["totalCost", "1", "is not an amount from 0 to 100,000 dollars"],
		["date", "2026-02-30", "is not a day (YYYY-MM-DD)"],
		["date", "March", "is not a day (YYYY-MM-DD)"],
		["date", 20_260_302, "is not a day (YYYY-MM-DD)"],
		["date", "1970-01-01", "is before there was Claude Code"],
		["date", "2200-01-01", "is in the future"],
		["date", "2026-11-26", "is in the future"],
		["modelsUsed", "opus", "is not a list"],
		["modelsUsed", [7], undefined],
		["modelsUsed", Array.from({ length: 101 }, () => "opus"), "has more than 100 rows"],
		["modelBreakdowns", [{ modelName: "" }], undefined],
	])("%s is %j", (field, value, why) => {
		const odd = ccusageOutput("v18-daily");
		odd.daily[1][field] = value;
		const refusal = refusalOf(() => asCcusage(odd));
		expect(refusal).toStartWith(`$.daily[1].${field}`);
		if (why) expect(refusal).toBe(`$.daily[1].${field} ${why}.`);
	});

	test.each(["inputTokens", "outputTokens", "totalCost", "date"])("%s is missing", (field) => {
		for (const value of [undefined, null]) {
			const odd = ccusageOutput("v18-daily");
			odd.daily[1][field] = value;
			expect(refusalOf(() => asCcusage(odd))).toStartWith(`$.daily[1] lacks ${field}`);
		}
	});

	test("a number is none that JSON has", () => {
		const text = JSON.stringify(ccusageOutput("v18-daily"));
		expect(refusalOf(() => asCcusage(text.replace("45432", "1e999")))).toContain("is not a whole number");
		expect(refusalOf(() => asCcusage(text.replace("45432", "NaN")))).toBe("it is not whole JSON.");
	});

	test("the same comes twice", () => {
		const twice = ccusageOutput("v18-daily");
		twice.daily.push(twice.daily[0]);
		expect(refusalOf(() => asCcusage(twice))).toBe("$.daily[2] tells of the same as $.daily[0].");
		const projects = ccusageOutput("v18-daily-instances");
		const [rows] = Object.values<unknown[]>(projects.projects);
		rows?.push(rows[0]);
		expect(refusalOf(() => asCcusage(projects))).toContain("tells of the same as $.projects");
		for (const name of ["v20-session", "v20-claude-session", "v18-blocks"]) {
			const output = ccusageOutput(name);
			const list = output.session ?? output.sessions ?? output.blocks;
			list.push(list[0]);
			expect(refusalOf(() => asCcusage(output))).toContain("tells of the same as");
		}
	});

	test("a block is none", () => {
		const odd = (over: object) => {
			const output = ccusageOutput("v18-blocks");
			Object.assign(output.blocks[0], over);
			return refusalOf(() => asCcusage(output));
		};
		expect(odd({ endTime: "2026-03-04T00:00:00Z" })).toBe(
			"$.blocks[0].endTime is more than a day after the block's beginning.",
		);
		expect(odd({ endTime: "2026-03-02T09:00:00Z" })).toBe(
			"$.blocks[0].endTime is not after the block's beginning.",
		);
		expect(odd({ startTime: "2026-02-30T09:00:00Z" })).toStartWith("$.blocks[0].startTime is not a time");
		expect(odd({ startTime: "2026-03-02T25:00:00Z" })).toStartWith("$.blocks[0].startTime is not a time");
		expect(odd({ isGap: "yes" })).toBe("$.blocks[0].isGap is neither true nor false.");
	});

	test("parts of a day come to more than one can", () => {
		const row = { date: "2026-03-02", inputTokens: 1e12, outputTokens: 0, totalCost: 1 };
		expect(inShort(asCcusage([row])).days).toEqual([["2026-03-02", 1e12, 1]]);
		expect(refusalOf(() => asCcusage({ projects: { a: [row], b: [row] } }))).toContain("comes to more than");
	});

	test("it has more rows than a ledger keeps", () => {
		const row = '{"date":"2026-03-02","inputTokens":1,"outputTokens":1,"totalCost":1}';
		const text = `{"daily":[${Array.from({ length: 200_000 }, () => row).join(",")}]}`;
		expect(refusalOf(() => asCcusage(text))).toBe("$.daily has more than 50,000 rows.");
	});
});

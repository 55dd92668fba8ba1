import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findUser, LOCAL_USER } from "../../src/ledger/users.ts";
import { listBlocks } from "../../src/reports/blocks.ts";
import { listDays } from "../../src/reports/days.ts";
import { findTotals } from "../../src/reports/totals.ts";
import { cacheWrites, totalTokens, type Usage } from "../../src/usage/usage.ts";
import { DOCUMENTS } from "../support/documents.ts";
import { collectFrom, emptyLedger } from "../support/scan.ts";

const FIXTURES = join(import.meta.dir, "../fixtures");
const UTC = { zone: "UTC", mode: "calculate" } as const;
/** The version of ccusage that the tables name. Its output was kept as it wrote it. */
const CCUSAGE = "20.0.24";

const document = DOCUMENTS.find(({ path }) => path === "docs/counting.md");
const text = document?.text ?? "";

type Row = { name: string; own: string; other: string };

/** The rows of the table that begins with a head. */
function rowsBelow(head: string): Row[] {
	const [, after = ""] = text.split(`| ${head} | PromptPulse | ccusage | why |\n| --- | --- | --- | --- |\n`);
	const lines = after.split("\n\n")[0]?.split("\n") ?? [];
	return lines.map((line) => {
		const [name = "", own = "", other = ""] = line.replace(/^\| /, "").split(" | ");
		return { name, own, other };
	});
}

/** What a cell tells: whole numbers, and the cost as nano-dollars. */
function tokensAndCost(cell: string): { tokens: number[]; nanoUsd: number | undefined } {
	const [, tokens = "", cost = ""] = /^(.*?), (\$[\d.]+|unpriced)$/.exec(cell) ?? [];
	return {
		tokens: tokens.split(" + ").map((one) => Number(one.replaceAll(",", ""))),
		nanoUsd: cost.startsWith("$") ? Math.round(Number(cost.slice(1)) * 1e9) : undefined,
	};
}

const db = await emptyLedger();
await collectFrom(db, join(FIXTURES, "claude"));
const user = await findUser(db, LOCAL_USER);
if (!user) throw new Error("nothing was collected");
const days = await listDays(db, user, UTC);
const totals = await findTotals(db, user, UTC);
const blocks = await listBlocks(db, user, UTC, 0);

function told(usage: Usage) {
	const { input, output, cacheRead, costNanoUsd, unpriced } = usage;
	const tokens = [input, output, cacheWrites(usage), cacheRead].map(Number);
	return {
		tokens,
		nanoUsd: Number(unpriced) > 0 && Number(costNanoUsd) === 0 ? undefined : Number(costNanoUsd),
	};
}

function kept<Kept>(what: "daily" | "blocks"): Kept {
	const file = join(FIXTURES, "counted", `ccusage-${CCUSAGE}-${what}.json`);
	return JSON.parse(readFileSync(file, "utf8")) as Kept;
}

describe("the figures in the document on counting", () => {
	test("name the version of ccusage that they are of, which is the one of the benchmark", () => {
		expect(text).toContain(`ccusage is version\n${CCUSAGE}`);
		const bench = readFileSync(join(FIXTURES, "../../bench/peers.ts"), "utf8");
		expect(bench).toContain(`CCUSAGE_VERSION = "${CCUSAGE}"`);
	});

	test("are the product's own, day by day and model by model", () => {
		const counted = new Map(
			days.flatMap(({ day, models }) =>
				models.map((usage) => [`${day} \`${usage.model}\``, told(usage)] as const),
			),
		);
		const rows = rowsBelow("day, model");
		const own = new Map(rows.map((row) => [row.name, tokensAndCost(row.own)]));
		const { unpriced } = totals;
		expect(Number(unpriced)).toBe(1);
		expect(own.get("all")).toEqual({ ...told(totals), nanoUsd: Number(totals.costNanoUsd) });
		own.delete("all");
		expect([...own].toSorted()).toEqual([...counted].toSorted());
	});

	test("are what ccusage wrote, day by day and model by model", () => {
		const { daily, totals } = kept<Daily>("daily");
		const sums = new Map<string, { tokens: number[]; nanoUsd: number | undefined }>();
		for (const { period, modelBreakdowns } of daily) {
			for (const { modelName, cost, missingPricing, ...counts } of modelBreakdowns) {
				const name = `${period} \`${modelName.replace(/-fast$/, "")}\``;
				const before = sums.get(name) ?? { tokens: [0, 0, 0, 0], nanoUsd: 0 };
				const tokens = tokensOf(counts).map((one, i) => one + (before.tokens[i] ?? 0));
				const nanoUsd = missingPricing ? undefined : (before.nanoUsd ?? 0) + Math.round(cost * 1e9);
				sums.set(name, { tokens, nanoUsd });
			}
		}
		sums.set("all", { tokens: tokensOf(totals), nanoUsd: Math.round(totals.totalCost * 1e9) });
		const others = rowsBelow("day, model").filter(({ other }) => other !== "nothing");
		const told = others.map(({ name, other }) => [name, tokensAndCost(other)] as const);
		expect(told.toSorted()).toEqual([...sums].toSorted());
	});

	test("are the blocks of both", () => {
		const rows = rowsBelow("block, UTC");
		const own = blocks.map((block) => [
			nameOf(block.start),
			figures(Number(block.responses), "response", totalTokens(block)),
		]);
		expect(rows.filter((row) => row.own !== "none").map((row) => [row.name, row.own])).toEqual(own);
		const others = kept<Blocks>("blocks").blocks.filter(({ isGap }) => !isGap);
		expect(rows.filter((row) => row.other !== "none").map((row) => [row.name, row.other])).toEqual(
			others.map(({ startTime, entries, totalTokens }) => [
				nameOf(Date.parse(startTime)),
				figures(entries, "entry", totalTokens),
			]),
		);
	});
});

type Counts = {
	inputTokens: number;
	outputTokens: number;
	cacheCreationTokens: number;
	cacheReadTokens: number;
};
type Daily = {
	daily: {
		period: string;
		modelBreakdowns: (Counts & { modelName: string; cost: number; missingPricing?: boolean })[];
	}[];
	totals: Counts & { totalCost: number };
};
type Blocks = { blocks: { startTime: string; isGap: boolean; entries: number; totalTokens: number }[] };

function tokensOf({ inputTokens, outputTokens, cacheCreationTokens, cacheReadTokens }: Counts): number[] {
	return [inputTokens, outputTokens, cacheCreationTokens, cacheReadTokens];
}

function nameOf(start: number): string {
	return new Date(start).toISOString().slice(0, 16);
}

function figures(count: number, noun: "response" | "entry", tokens: number | bigint): string {
	const many = noun === "entry" ? "entries" : "responses";
	return `${count} ${count === 1 ? noun : many}, ${tokens.toLocaleString("en")} tokens`;
}

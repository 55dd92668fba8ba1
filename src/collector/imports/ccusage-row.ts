import type { CountedRecord, RecordBreakdown } from "../../usage/reported-total.ts";
import type { Place } from "./place.ts";
import type { Counts, LeftOutReason } from "./totals.ts";

/** What a row tells. `told`: all tokens as the row adds them up, if it does. */
export type Counters = Counts & { told: number | undefined; models: string[]; parts: RecordBreakdown[] };

/** Names that a row's counters had, over the versions. */
const NAMES = {
	input: ["inputTokens", "input_tokens"],
	output: ["outputTokens", "output_tokens"],
	cacheWrite: ["cacheCreationTokens", "cacheCreationInputTokens", "cache_creation_tokens"],
	cacheRead: ["cacheReadTokens", "cacheReadInputTokens", "cache_read_tokens"],
} as const;
const SUM_NAMES = {
	input: [...NAMES.input, "totalInputTokens"],
	output: [...NAMES.output, "totalOutputTokens"],
	cacheWrite: [...NAMES.cacheWrite, "totalCacheCreationTokens"],
	cacheRead: [...NAMES.cacheRead, "totalCacheReadTokens"],
} as const;
const COST_NAMES = ["totalCost", "costUSD", "cost", "totalCostUSD"] as const;
const CLAUDE = "claude";

/** @throws AppError `usage` where a counter or the cost is missing or none */
export function countersOf(row: Place): Counters {
	// Blocks have their tokens one step deeper.
	const tokens = row.find("tokenCounts") ?? row;
	const models = row.find("modelsUsed", "models")?.models() ?? [];
	const cost = row.find(...COST_NAMES);
	if (!cost)
		row.refuse(`lacks ${row.find("tokenCounts") ? "costUSD" : "totalCost"} (was it written with --no-cost?)`);
	return {
		input: tokens.need(...NAMES.input).count(),
		output: tokens.need(...NAMES.output).count(),
		cacheWrite: tokens.find(...NAMES.cacheWrite)?.count() ?? 0,
		cacheRead: tokens.find(...NAMES.cacheRead)?.count() ?? 0,
		cost: cost.dollars(),
		told: row.find("totalTokens", "total_tokens")?.count(),
		models,
		parts: breakdownsOf(row),
	};
}

/** What the file says that its rows come to, as far as it does. */
export function sumOf(totals: Place): Partial<Counts> {
	const sum: Partial<Counts> = {};
	for (const [name, names] of Object.entries(SUM_NAMES)) {
		const { value } = totals.find(...names) ?? {};
		if (typeof value === "number") sum[name as keyof typeof SUM_NAMES] = value;
	}
	const { value: cost } = totals.find(...COST_NAMES) ?? {};
	return typeof cost === "number" ? { ...sum, cost } : sum;
}

/**
 * What of a row is of Claude Code: the row itself, a part of it, or why nothing of it is. From version 19 on other
 * programs' usage is in the same rows.
 */
export function claudePart(row: Place): Place | LeftOutReason {
	const agent = row.find("agent")?.name() ?? CLAUDE;
	if (agent === CLAUDE) return row;
	if (agent !== "all") return "other_agent";
	const parts = row.find("agents");
	if (parts) {
		const own = parts.parts().find((part) => part.need("agent").name() === CLAUDE);
		return own ?? "other_agent";
	}
	const agents = row.find("metadata")?.find("agents")?.models();
	if (!agents?.includes(CLAUDE)) return agents ? "other_agent" : "mixed_agents";
	return agents.every((name) => name === CLAUDE) ? row : "mixed_agents";
}

/** What two rows of the same come to. */
export function joinCounters(a: Counters, b: Counters): Counters {
	const joined = { ...a, told: undefined, models: [...new Set([...a.models, ...b.models])] };
	addCounts(joined, b);
	const parts = new Map(a.parts.map((part) => [part.modelName, part]));
	for (const part of b.parts) parts.set(part.modelName, joinParts(parts.get(part.modelName), part));
	return { ...joined, parts: [...parts.values()] };
}

/** Adds what was counted to a sum. */
export function addCounts(sum: Counts, { input, output, cacheWrite, cacheRead, cost }: Counts): void {
	sum.input += input;
	sum.output += output;
	sum.cacheWrite += cacheWrite;
	sum.cacheRead += cacheRead;
	sum.cost += cost;
}

export function recordOf(
	label: string,
	{ input, output, cacheWrite, cacheRead, cost, models }: Counters,
): CountedRecord {
	return {
		machine_id: label,
		input_tokens: input,
		output_tokens: output,
		cache_creation_tokens: cacheWrite,
		cache_read_tokens: cacheRead,
		total_tokens: input + output + cacheWrite + cacheRead,
		total_cost: cost,
		models_used: models,
	};
}

/** A list of parts that name their model, or an object that has them by model. */
function breakdownsOf(row: Place): RecordBreakdown[] {
	const list = row.find("modelBreakdowns");
	if (list) return list.parts().map((part) => breakdownOf(part, part.need("modelName").name()));
	const byModel = row.find("breakdown");
	return byModel?.isObject ? byModel.entries().map(([model, part]) => breakdownOf(part, model)) : [];
}

/** @param part tokens and cost; what is missing is not known */
export function breakdownOf(part: Place, modelName: string): RecordBreakdown {
	return {
		modelName,
		inputTokens: part.find(...NAMES.input)?.count(),
		outputTokens: part.find(...NAMES.output)?.count(),
		cacheCreationTokens: part.find(...NAMES.cacheWrite)?.count(),
		cacheReadTokens: part.find(...NAMES.cacheRead)?.count(),
		cost: part.find(...COST_NAMES)?.dollars(),
	};
}

function joinParts(a: RecordBreakdown | undefined, b: RecordBreakdown): RecordBreakdown {
	if (!a) return b;
	const sum = (x: number | undefined, y: number | undefined) =>
		x === undefined && y === undefined ? undefined : (x ?? 0) + (y ?? 0);
	return {
		modelName: a.modelName,
		inputTokens: sum(a.inputTokens, b.inputTokens),
		outputTokens: sum(a.outputTokens, b.outputTokens),
		cacheCreationTokens: sum(a.cacheCreationTokens, b.cacheCreationTokens),
		cacheReadTokens: sum(a.cacheReadTokens, b.cacheReadTokens),
		cost: sum(a.cost, b.cost),
	};
}

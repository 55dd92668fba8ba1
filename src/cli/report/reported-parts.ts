import type { NestedRow } from "../../usage/table-row.ts";
import { type ModelUsage, NO_USAGE, sumModels } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";

/**
 * What each model used of totals that another program counted, as far as it told: the dearest first. What is no such part
 * is left out.
 */
export function reportedParts(breakdowns: readonly unknown[]): ModelUsage[] {
	return sumModels(breakdowns.flatMap(readPart));
}

/** In ccusage's names; of cache writes and requests it is not known more. */
export function reportedPartJson({ model, ...usage }: ModelUsage): NestedRow {
	const { inputTokens, outputTokens, cacheCreationTokens, cacheReadTokens, totalCost } = usageJson(usage);
	return {
		modelName: model,
		inputTokens,
		outputTokens,
		cacheCreationTokens,
		cacheReadTokens,
		cost: totalCost,
	};
}

function readPart(part: unknown): ModelUsage[] {
	if (typeof part !== "object" || part === null) return [];
	const { modelName, inputTokens, outputTokens, cacheCreationTokens, cacheReadTokens, cost } = part as Record<
		string,
		unknown
	>;
	if (typeof modelName !== "string") return [];
	return [
		{
			...NO_USAGE,
			model: modelName,
			input: countOf(inputTokens),
			output: countOf(outputTokens),
			cacheWrite5m: countOf(cacheCreationTokens),
			cacheRead: countOf(cacheReadTokens),
			costNanoUsd: typeof cost === "number" && cost >= 0 ? Math.round(cost * 1e9) : 0,
		},
	];
}

function countOf(value: unknown): number {
	return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}

import type { BlockRow, GapRow } from "../../reports/blocks.ts";
import type { UsageRow } from "../../reports/grouped.ts";
import { type ModelUsage, NO_USAGE, type Usage } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";

/** Usage with its models, the dearest first. */
export function rowJson(row: UsageRow) {
	return {
		...usageJson(row),
		modelsUsed: row.models.map(({ model }) => model),
		modelBreakdowns: row.models.map(breakdownJson),
	};
}

/** What one model used of a row. */
export function breakdownJson(usage: ModelUsage) {
	const { totalCost, ...counts } = usageJson(usage);
	return { modelName: usage.model, ...counts, cost: totalCost };
}

export function blockJson(block: BlockRow | GapRow) {
	if ("gap" in block) {
		return {
			id: `gap-${iso(block.start)}`,
			startTime: iso(block.start),
			endTime: iso(block.end),
			actualEndTime: null,
			isActive: false,
			isGap: true,
			entries: 0,
			...blockCounts(NO_USAGE),
			models: [],
			burnRate: null,
			projection: null,
		};
	}
	const { burnRate, projection } = block;
	return {
		id: iso(block.start),
		startTime: iso(block.start),
		endTime: iso(block.end),
		actualEndTime: iso(block.lastAt),
		isActive: block.isActive,
		isGap: false,
		entries: block.responses,
		...blockCounts(block),
		models: block.models,
		burnRate: burnRate
			? {
					tokensPerMinute: burnRate.tokensPerMinute,
					tokensPerMinuteForIndicator: burnRate.indicatorPerMinute,
					costPerHour: burnRate.costUsdPerHour,
				}
			: null,
		projection: projection
			? {
					totalTokens: projection.totalTokens,
					totalCost: projection.totalCostUsd,
					remainingMinutes: projection.remainingMinutes,
				}
			: null,
	};
}

/** A block's figures, in ccusage's names for them. */
export function blockCounts(usage: Usage) {
	const json = usageJson(usage);
	return {
		tokenCounts: {
			inputTokens: json.inputTokens,
			outputTokens: json.outputTokens,
			cacheCreationInputTokens: json.cacheCreationTokens,
			cacheReadInputTokens: json.cacheReadTokens,
		},
		totalTokens: json.totalTokens,
		costUSD: json.totalCost,
		cacheCreation5mTokens: json.cacheCreation5mTokens,
		cacheCreation1hTokens: json.cacheCreation1hTokens,
		webSearches: json.webSearches,
		responses: json.responses,
		unpricedResponses: json.unpricedResponses,
	};
}

/** ISO 8601 in UTC. */
export function iso(at: number): string {
	return new Date(at).toISOString();
}

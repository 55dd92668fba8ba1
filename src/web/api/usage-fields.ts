import { type } from "arktype";
import type { Reported } from "../../reports/reported.ts";
import {
	cacheWrites,
	dollars,
	type Exact,
	type ModelUsage,
	totalTokens,
	type Usage,
} from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";

/** A whole number; one that a JSON number could not hold is a text. */
export const Count = type("number.integer").or(/^-?\d+$/);

/** What every row of usage tells. Of a reported total some of it is not known. */
export const USAGE_FIELDS = {
	input_tokens: Count,
	output_tokens: Count,
	cache_creation_tokens: Count,
	cache_read_tokens: Count,
	total_tokens: Count,
	total_cost: "number",
	cache_creation_5m_tokens: Count.or("null"),
	cache_creation_1h_tokens: Count.or("null"),
	web_searches: Count.or("null"),
	responses: Count.or("null"),
	unpriced_responses: Count.or("null"),
} as const;

export type UsageFields = {
	input_tokens: Exact;
	output_tokens: Exact;
	cache_creation_tokens: Exact;
	cache_read_tokens: Exact;
	total_tokens: Exact;
	total_cost: number;
	cache_creation_5m_tokens: Exact | null;
	cache_creation_1h_tokens: Exact | null;
	web_searches: Exact | null;
	responses: Exact | null;
	unpriced_responses: Exact | null;
};

export function usageFields(usage: Usage): UsageFields {
	return {
		input_tokens: usage.input,
		output_tokens: usage.output,
		cache_creation_tokens: cacheWrites(usage),
		cache_read_tokens: usage.cacheRead,
		total_tokens: totalTokens(usage),
		total_cost: dollars(usage.costNanoUsd),
		cache_creation_5m_tokens: usage.cacheWrite5m,
		cache_creation_1h_tokens: usage.cacheWrite1h,
		web_searches: usage.webSearches,
		responses: usage.responses,
		unpriced_responses: usage.unpriced,
	};
}

export function reportedFields(reported: Reported): UsageFields {
	return {
		input_tokens: reported.input,
		output_tokens: reported.output,
		cache_creation_tokens: reported.cacheWrite,
		cache_read_tokens: reported.cacheRead,
		total_tokens: reported.total,
		total_cost: dollars(reported.costNanoUsd),
		cache_creation_5m_tokens: null,
		cache_creation_1h_tokens: null,
		web_searches: null,
		responses: null,
		unpriced_responses: null,
	};
}

/** A model's part of a row, under ccusage's names. */
export function breakdown(usage: ModelUsage) {
	const { totalCost, ...counts } = usageJson(usage);
	return { modelName: usage.model, ...counts, cost: totalCost };
}

/** Milliseconds in whole minutes. */
export function wholeMinutes(ms: Exact): number {
	return Math.round(Number(ms) / 60_000);
}

/** How long sessions were on average, in whole minutes. */
export function meanMinutes({ lengthMs, sessions }: { lengthMs: Exact; sessions: number }): number {
	return wholeMinutes(Number(lengthMs) / sessions);
}

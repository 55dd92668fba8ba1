import { cacheWrites, dollars, totalTokens, type Usage } from "./usage.ts";

/** Field names are ccusage's, so that what reads its JSON reads ours; what it lacks follows them. */
export function usageJson(row: Usage) {
	return {
		inputTokens: row.input,
		outputTokens: row.output,
		cacheCreationTokens: cacheWrites(row),
		cacheReadTokens: row.cacheRead,
		totalTokens: totalTokens(row),
		totalCost: dollars(row.costNanoUsd),
		cacheCreation5mTokens: row.cacheWrite5m,
		cacheCreation1hTokens: row.cacheWrite1h,
		webSearches: row.webSearches,
		responses: row.responses,
		unpricedResponses: row.unpriced,
	};
}

/** JSON for programs. An integer that a JSON number could not hold exactly is written as a string. */
export function jsonText(value: unknown): string {
	return JSON.stringify(value, (_, field: unknown) => (typeof field === "bigint" ? String(field) : field), 2);
}

import { type Counters, type ExtraPart, isCounter, isNothing } from "../usage/event.ts";
import { type Fields, isFields } from "../usage/json-fields.ts";
import { readModel } from "./texts.ts";

/**
 * The counters of a usage object or of one of its iterations. A corrupt one makes NaN, which `rejectCode` refuses.
 * All cache writes are the larger of their own field and the sum by lifetime; what is not said to live 1 h lives 5 min.
 */
export function readCounters(usage: Fields): Counters {
	const byLifetime = isFields(usage.cache_creation) ? usage.cache_creation : {};
	const for1h = readCount(byLifetime.ephemeral_1h_input_tokens);
	const for5m = readCount(byLifetime.ephemeral_5m_input_tokens);
	const writes = Math.max(readCount(usage.cache_creation_input_tokens), for5m + for1h);
	return {
		input: readCount(usage.input_tokens),
		output: readCount(usage.output_tokens),
		cacheWrite5m: writes - for1h,
		cacheWrite1h: for1h,
		cacheRead: readCount(usage.cache_read_input_tokens),
	};
}

/** Web fetches cost nothing and are not counted. */
export function readWebSearches(usage: Fields): number {
	return isFields(usage.server_tool_use) ? readCount(usage.server_tool_use.web_search_requests) : 0;
}

/** The iterations that the counters of the usage object leave out; its other iterations are in them. */
export function readExtra(usage: Fields, model: string): ExtraPart[] | undefined {
	if (!Array.isArray(usage.iterations)) return undefined;
	const parts: ExtraPart[] = [];
	for (const part of usage.iterations) {
		if (!isFields(part) || (part.type !== "advisor_message" && part.type !== "compaction")) continue;
		const counters = readCounters(part);
		if (!isNothing(counters)) parts.push({ model: readModel(part.model) ?? model, ...counters });
	}
	return parts.length > 0 ? parts : undefined;
}

function readCount(value: unknown): number {
	if (value === undefined || value === null) return 0;
	return isCounter(value) ? value : Number.NaN;
}

/** What one response sent, as far as the cache goes. `lane`: the main line or a sub-agent. */
export type Prompt = {
	/** Epoch ms. */
	at: number;
	lane: string;
	model: string;
	input: number;
	cacheWrite5m: number;
	cacheWrite1h: number;
	cacheRead: number;
};

/**
 * A response that sent again what it could have read. `miss`: while the cache still had to hold it; `expired`: after a
 * pause that was longer than the cache's life. `sinceMs`: since the cache was last used; `cached`: the tokens in it.
 */
export type CacheBreak = { kind: "miss" | "expired"; sinceMs: number; cached: number };

const MINUTE_MS = 60_000;
/** How long the cache holds what it is written with; each use begins it anew. */
const SHORT_LIFE_MS = 5 * MINUTE_MS;
const LONG_LIFE_MS = 60 * MINUTE_MS;

/**
 * Finds them from counters alone: a response that read less than half of what the response before it, of the same lane
 * and model, read and wrote. Where the prompt itself is shorter than that half, as after a compaction, nothing could
 * have been read. One entry a response, in their order, which is by time.
 */
export function findCacheBreaks(prompts: readonly Prompt[]): (CacheBreak | undefined)[] {
	const before = new Map<string, { at: number; cached: number; lifeMs: number }>();
	return prompts.map((prompt) => {
		const { at, cacheRead, cacheWrite5m, cacheWrite1h, input } = prompt;
		const line = `${prompt.lane}\n${prompt.model}`;
		const last = before.get(line);
		const written = cacheWrite5m + cacheWrite1h;
		const usedLife = written === 0 && last ? last.lifeMs : cacheWrite5m > 0 ? SHORT_LIFE_MS : LONG_LIFE_MS;
		before.set(line, { at, cached: cacheRead + written, lifeMs: usedLife });
		if (!last || 2 * cacheRead >= last.cached || 2 * (input + cacheRead + written) < last.cached)
			return undefined;
		const sinceMs = at - last.at;
		return { kind: sinceMs <= last.lifeMs ? "miss" : "expired", sinceMs, cached: last.cached };
	});
}

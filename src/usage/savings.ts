import type { PriceBook } from "./price.ts";
import { periodAt } from "./price.ts";
import type { Usage } from "./usage.ts";

/**
 * What the cache saved, in nano-dollars, rounded to whole ones: the same tokens as plain input, less what reading and
 * writing them cost. Below 0 if more was written than ever read. At ordinary rates, without modifiers.
 *
 * @param at epoch ms, for the rates of that time
 */
export function cacheSavings(prices: PriceBook, usage: Usage & { model: string }, at: number): number {
	const price = prices.find(usage.model);
	if (!price) return 0;
	const { rates } = periodAt(price, at);
	const thousandths =
		Number(usage.cacheRead) * (rates.input - rates.cacheRead) +
		Number(usage.cacheWrite5m) * (rates.input - rates.cacheWrite5m) +
		Number(usage.cacheWrite1h) * (rates.input - rates.cacheWrite1h);
	return Math.round(thousandths / 1_000);
}

/** The share of prompt tokens that came from the cache, 0 to 1; undefined where there was no prompt. */
export function cacheHitShare(usage: Usage): number | undefined {
	const read = Number(usage.cacheRead);
	const prompt = read + Number(usage.input) + Number(usage.cacheWrite5m) + Number(usage.cacheWrite1h);
	return prompt === 0 ? undefined : read / prompt;
}

import type { CacheBreak } from "../../src/usage/cache-breaks.ts";
import { dollars, type Usage } from "../../src/usage/usage.ts";
import { duration } from "../parts/words.ts";

const FOUR_PLACES = new Intl.NumberFormat("en-US", {
	style: "currency",
	currency: "USD",
	minimumFractionDigits: 4,
});
const LEAST = 0.0001;

/** What one response cost, to four places; a dash where it has no price. */
export function responseCost({ costNanoUsd, unpriced }: Usage): string {
	if (costNanoUsd === 0 && unpriced !== 0) return "–";
	const amount = dollars(costNanoUsd);
	const text = amount > 0 && amount < LEAST / 2 ? "<$0.0001" : FOUR_PLACES.format(amount);
	return unpriced === 0 ? text : `≥\u00a0${text}`;
}

/** `Cache miss`, `Cache expired` */
export function breakName({ kind }: CacheBreak): string {
	return kind === "miss" ? "Cache miss" : "Cache expired";
}

/** `Cache miss, 2 min since it was last used` */
export function breakWords(cacheBreak: CacheBreak): string {
	const { sinceMs } = cacheBreak;
	const since = sinceMs < 60_000 ? `${Math.round(sinceMs / 1_000)} s` : duration(sinceMs);
	return `${breakName(cacheBreak)}, ${since} since it was last used`;
}

/** What people read for a lane of responses. */
export function laneName({ isMain, lane }: { isMain: boolean; lane: string }): string {
	return isMain ? "main" : lane;
}

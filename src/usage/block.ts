import { HOUR_MS } from "./day.ts";
import { dollars } from "./usage.ts";

/** Length of a block and of the silence that ends one, in ms. */
export const BLOCK_MS = 5 * HOUR_MS;

/** The start of the block that a response opens: its time, floored to the UTC hour. */
export function blockStart(at: number): number {
	return Math.floor(at / HOUR_MS) * HOUR_MS;
}

/** Whether a silence between two blocks is long enough to be shown as a gap. */
export function isGap(lastAt: number, nextFirstAt: number): boolean {
	return nextFirstAt - lastAt > BLOCK_MS;
}

/**
 * Whether a block is running. It has a response that is not in the future (a wrong clock makes no block active), and
 * its time is not over; that the last response is less than five hours old follows.
 */
export function isActiveBlock(block: { start: number; firstAt: number }, now: number): boolean {
	return block.firstAt <= now && now < block.start + BLOCK_MS;
}

/** What a block has used so far. Cost in nano-dollars. */
export type BlockUse = {
	firstAt: number;
	lastAt: number;
	tokens: number;
	plainTokens: number;
	costNanoUsd: number;
};

/** Speed of use. `indicator` counts input and output alone, which is what a person's own pace moves. */
export type BurnRate = { tokensPerMinute: number; indicatorPerMinute: number; costUsdPerHour: number };

/** Undefined where all of a block's responses came at one moment. */
export function burnRate(use: BlockUse): BurnRate | undefined {
	const minutes = (use.lastAt - use.firstAt) / 60_000;
	if (minutes <= 0) return undefined;
	return {
		tokensPerMinute: use.tokens / minutes,
		indicatorPerMinute: use.plainTokens / minutes,
		costUsdPerHour: (dollars(use.costNanoUsd) / minutes) * 60,
	};
}

/** What a running block comes to if it goes on at its rate: minutes and tokens whole, dollars to the cent. */
export type Projection = { remainingMinutes: number; totalTokens: number; totalCostUsd: number };

export function projectBlock(use: BlockUse, rate: BurnRate, start: number, now: number): Projection {
	const remainingMinutes = Math.round((start + BLOCK_MS - now) / 60_000);
	const cost = dollars(use.costNanoUsd) + (rate.costUsdPerHour / 60) * remainingMinutes;
	return {
		remainingMinutes,
		totalTokens: Math.round(use.tokens + rate.tokensPerMinute * remainingMinutes),
		totalCostUsd: Math.round(cost * 100) / 100,
	};
}

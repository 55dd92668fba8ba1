import type { MixMetric } from "./models-query.ts";
import { addExact, type Exact, totalTokens, type Usage } from "./usage.ts";

/** What a model's share is a share of. */
export function mixOf(metric: MixMetric, usage: Usage): Exact {
	if (metric === "tokens") return totalTokens(usage);
	return metric === "responses" ? usage.responses : usage.costNanoUsd;
}

/** A part of a whole, 0 to 1; null where there is no whole. */
export function shareOf(part: Exact, whole: Exact): number | null {
	return Number(whole) === 0 ? null : Number(part) / Number(whole);
}

/** Nano-dollars for each 1,000 output tokens, all that a model cost being counted; undefined where that is not known. */
export function costPerThousandOutput({ costNanoUsd, output, unpriced }: Usage): number | undefined {
	if (Number(output) === 0 || Number(unpriced) > 0) return undefined;
	return (Number(costNanoUsd) * 1_000) / Number(output);
}

/**
 * What is missing in a cost: tokens of the models of which nothing has a price, and responses (or parts of them) of those
 * of which something has.
 */
export type Unpriced = { models: string[]; tokens: Exact; partly: { model: string; unpriced: Exact }[] };

export function unpricedOf(rows: readonly (Usage & { model: string })[]): Unpriced {
	const unpriced = rows.filter((row) => Number(row.unpriced) > 0);
	const whole = unpriced.filter((row) => Number(row.costNanoUsd) === 0);
	return {
		models: whole.map(({ model }) => model),
		tokens: whole.reduce((sum: Exact, row) => addExact(sum, totalTokens(row)), 0),
		partly: unpriced
			.filter((row) => Number(row.costNanoUsd) > 0)
			.map((row) => ({ model: row.model, unpriced: row.unpriced })),
	};
}

import type { Reader } from "../ledger/database.ts";
import { ZoneClock } from "../usage/day.ts";
import type { UsageFilter } from "../usage/filter.ts";
import type { PriceBook } from "../usage/price.ts";
import { cacheHitShare, cacheSavings } from "../usage/savings.ts";
import { addUsage, type ModelUsage, NO_USAGE, totalTokens } from "../usage/usage.ts";
import { ratesTime, type Span } from "./overview.ts";
import { type Asker, usedBy } from "./source.ts";

/** What a model was used for in some days. */
export type ModelTableRow = ModelUsage & {
	/** What the cache saved, in nano-dollars; below 0 if writing to it cost more. See {@link cacheSavings}. */
	savedNanoUsd: number;
	/** Share of prompt tokens that came from the cache, 0 to 1; undefined where there was no prompt. */
	hitShare: number | undefined;
	/** The last of the days on which it was used, as a number. */
	lastDay: number | undefined;
};

/** The last of the filter's days on which each model was used. */
export async function listLastDays(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
): Promise<Map<string, number>> {
	const source = await usedBy(db, asker, filter, ["day"]);
	const rows = await db.all<{ model: string; day: number }>(
		`${source.sql}
		select models.name as model, max(used.day) as day
		from used
		join models on models.id = used.model
		group by models.id
		order by models.name`,
		source.parameters,
	);
	return new Map(rows.map(({ model, day }) => [model, day]));
}

/**
 * The models of a span that is stacked by model, the dearest first, of equals the one with more tokens, then by name.
 * What they saved is reckoned slot by slot, so that it adds up to what the span saved.
 */
export function tabulateModels(
	span: Span,
	lastDays: ReadonlyMap<string, number>,
	zone: string,
	prices: PriceBook,
): ModelTableRow[] {
	const clock = new ZoneClock(zone);
	const sums = new Map<string, { usage: ModelUsage; saved: number }>();
	for (const { bucket, parts } of span.slots) {
		for (const { name, usage } of parts) {
			const sum = sums.get(name) ?? { usage: { ...NO_USAGE, model: name }, saved: 0 };
			const at = ratesTime(span.bucket, bucket, clock);
			sums.set(name, {
				usage: { ...addUsage(sum.usage, usage), model: name },
				saved: sum.saved + cacheSavings(prices, { ...usage, model: name }, at),
			});
		}
	}
	return [...sums.values()]
		.map(({ usage, saved }) => ({
			...usage,
			savedNanoUsd: saved,
			hitShare: cacheHitShare(usage),
			lastDay: lastDays.get(usage.model),
		}))
		.sort(
			(a, b) =>
				Number(b.costNanoUsd) - Number(a.costNanoUsd) ||
				Number(totalTokens(b)) - Number(totalTokens(a)) ||
				(a.model < b.model ? -1 : 1),
		);
}

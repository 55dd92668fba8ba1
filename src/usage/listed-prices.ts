import { DAY_MS } from "./day.ts";
import type { Period } from "./period.ts";
import type { PriceBook, PriceOrigin, PricePeriod } from "./price.ts";

/** A model's list prices in some days. */
export type ListedPrice = {
	model: string;
	/** Those in force in these days, in their order; empty where it has no price. */
	periods: ListedPeriod[];
	/** Multiplier of fast mode, in thousandths. */
	fastThousandths: number | undefined;
	/** Whether regional endpoints cost more than the global one. */
	isRegionalDearer: boolean;
	/** Where the price is from; see {@link PriceBook.originsOf}. */
	origins: readonly PriceOrigin[];
};

/** Days, both included; undefined where there is no price before or after. */
export type ListedPeriod = Pick<PricePeriod, "rates" | "long"> & {
	since: number | undefined;
	until: number | undefined;
};

/** The moment (epoch ms) of a day by which its price is found: prices change at midnight, UTC. */
export function dayMoment(day: number): number {
	return day * DAY_MS;
}

/** The list prices of models, each once, in the given order. */
export function listPrices(prices: PriceBook, models: readonly string[], days: Period): ListedPrice[] {
	return models.map((model) => {
		const price = prices.find(model);
		return {
			model,
			periods: (price?.periods ?? [])
				.map(({ from, rates, long }, i, all): ListedPeriod => {
					const next = all[i + 1];
					return {
						since: Number.isFinite(from) ? from / DAY_MS : undefined,
						until: next && next.from / DAY_MS - 1,
						rates,
						long,
					};
				})
				.filter(({ since = days.since, until = days.until }) => since <= days.until && until >= days.since),
			fastThousandths: price?.fastThousandths,
			isRegionalDearer: price !== undefined && price.regionalIsFree !== true,
			origins: prices.originsOf(model),
		};
	});
}

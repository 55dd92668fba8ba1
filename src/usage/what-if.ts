import { NANO_USD_PER_SEARCH, TOKENS_PER_RATE } from "./cost.ts";
import { dayMoment } from "./listed-prices.ts";
import { type ModelPrice, type PricePeriod, periodAt, type Rates } from "./price.ts";
import { addExact, type Exact, type ModelUsage, totalTokens, type Usage } from "./usage.ts";

/** What one model's usage cost, and what it would have cost on another one. */
export type WhatIfRow = {
	tokens: Exact;
	/** What it did cost; what had no price is not in it. */
	costNanoUsd: Exact;
	unpriced: Exact;
	otherNanoUsd: Exact;
	/** The other cost less the real one; undefined where the real one is not known in full. */
	differenceNanoUsd: Exact | undefined;
};

/** The same usage on another model, model by model and in all. */
export type WhatIf = {
	/** The other model. */
	model: string;
	/** The day whose prices it is reckoned with. */
	day: number;
	period: PricePeriod;
	rows: (WhatIfRow & { model: string })[];
	/** Sums of the rows; the difference is that of the rows that have one, undefined where none has. */
	total: WhatIfRow;
};

/**
 * What some usage would have cost on another model: the same tokens at the ordinary rates of a day, web searches as they
 * are. Long context, fast mode, batches and regions are left out, for sums do not tell which responses had them.
 *
 * @param day the days' last one
 */
export function whatIf(model: string, price: ModelPrice, usages: readonly ModelUsage[], day: number): WhatIf {
	const period = periodAt(price, dayMoment(day));
	const rows = usages.map((usage) => {
		const otherNanoUsd = costAt(period.rates, usage);
		const isKnown = Number(usage.unpriced) === 0;
		return {
			model: usage.model,
			tokens: totalTokens(usage),
			costNanoUsd: usage.costNanoUsd,
			unpriced: usage.unpriced,
			otherNanoUsd,
			differenceNanoUsd: isKnown ? subtractExact(otherNanoUsd, usage.costNanoUsd) : undefined,
		};
	});
	return { model, day, period, rows, total: rows.reduce(addRows, NOTHING) };
}

/** Tokens at some rates and web searches, in nano-dollars: exact, and rounded once, half up. */
export function costAt(rates: Rates, usage: Usage): Exact {
	const part = (tokens: Exact, rate: number) => BigInt(tokens) * BigInt(rate);
	const tokens =
		part(usage.input, rates.input) +
		part(usage.output, rates.output) +
		part(usage.cacheWrite5m, rates.cacheWrite5m) +
		part(usage.cacheWrite1h, rates.cacheWrite1h) +
		part(usage.cacheRead, rates.cacheRead);
	const per = BigInt(TOKENS_PER_RATE);
	const rounded = (2n * tokens + per) / (2n * per);
	return addExact(rounded, part(usage.webSearches, NANO_USD_PER_SEARCH));
}

const NOTHING: WhatIfRow = {
	tokens: 0,
	costNanoUsd: 0,
	unpriced: 0,
	otherNanoUsd: 0,
	differenceNanoUsd: undefined,
};

function addRows(a: WhatIfRow, b: WhatIfRow): WhatIfRow {
	return {
		tokens: addExact(a.tokens, b.tokens),
		costNanoUsd: addExact(a.costNanoUsd, b.costNanoUsd),
		unpriced: addExact(a.unpriced, b.unpriced),
		otherNanoUsd: addExact(a.otherNanoUsd, b.otherNanoUsd),
		differenceNanoUsd:
			b.differenceNanoUsd === undefined
				? a.differenceNanoUsd
				: addExact(a.differenceNanoUsd ?? 0, b.differenceNanoUsd),
	};
}

function subtractExact(a: Exact, b: Exact): Exact {
	return addExact(BigInt(a) - BigInt(b), 0);
}

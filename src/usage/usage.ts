/** An exact integer: a number where that is safe, a bigint otherwise. */
export type Exact = number | bigint;

/** What some responses come to together. */
export type Usage = {
	input: Exact;
	output: Exact;
	cacheWrite5m: Exact;
	cacheWrite1h: Exact;
	cacheRead: Exact;
	webSearches: Exact;
	/** At list price; responses without a price add nothing. */
	costNanoUsd: Exact;
	responses: Exact;
	/** Responses, or extra parts of one, whose model has no price. */
	unpriced: Exact;
};

/** The usage of one model. */
export type ModelUsage = Usage & { model: string };

export const NO_USAGE: Usage = {
	input: 0,
	output: 0,
	cacheWrite5m: 0,
	cacheWrite1h: 0,
	cacheRead: 0,
	webSearches: 0,
	costNanoUsd: 0,
	responses: 0,
	unpriced: 0,
};

export function addUsage(a: Usage, b: Usage): Usage {
	return {
		input: addExact(a.input, b.input),
		output: addExact(a.output, b.output),
		cacheWrite5m: addExact(a.cacheWrite5m, b.cacheWrite5m),
		cacheWrite1h: addExact(a.cacheWrite1h, b.cacheWrite1h),
		cacheRead: addExact(a.cacheRead, b.cacheRead),
		webSearches: addExact(a.webSearches, b.webSearches),
		costNanoUsd: addExact(a.costNanoUsd, b.costNanoUsd),
		responses: addExact(a.responses, b.responses),
		unpriced: addExact(a.unpriced, b.unpriced),
	};
}

export function sumUsage(rows: Iterable<Usage>): Usage {
	let sum = NO_USAGE;
	for (const row of rows) sum = addUsage(sum, row);
	return sum;
}

/** Tokens written to the cache, whatever their lifetime. */
export function cacheWrites(usage: Usage): Exact {
	return addExact(usage.cacheWrite5m, usage.cacheWrite1h);
}

/** The counters do not overlap: all tokens are their sum. */
export function totalTokens(usage: Usage): Exact {
	return [usage.output, usage.cacheWrite5m, usage.cacheWrite1h, usage.cacheRead].reduce(
		addExact,
		usage.input,
	);
}

/** Dollars, for display and JSON: the nearest number to the exact amount. */
export function dollars(nanoUsd: Exact): number {
	return Number(nanoUsd) / 1e9;
}

/** The nearest amount that can be kept. */
export function nanoUsd(dollars: number): number {
	return Math.round(dollars * 1e9);
}

/** Dearest first, then by name, so that the order is never by chance. */
export function byCost(a: ModelUsage, b: ModelUsage): number {
	if (a.costNanoUsd !== b.costNanoUsd) return a.costNanoUsd < b.costNanoUsd ? 1 : -1;
	return a.model < b.model ? -1 : 1;
}

/** What each model used in all of these, the dearest first. */
export function sumModels(parts: readonly ModelUsage[]): ModelUsage[] {
	const byModel = Map.groupBy(parts, ({ model }) => model);
	return [...byModel].map(([model, same]) => ({ ...sumUsage(same), model })).sort(byCost);
}

export function addExact(a: Exact, b: Exact): Exact {
	if (typeof a === "number" && typeof b === "number") {
		const sum = a + b;
		if (Number.isSafeInteger(sum)) return sum;
	}
	const exact = BigInt(a) + BigInt(b);
	return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

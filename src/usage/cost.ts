import type { Attribution, Counted, Counters } from "./event.ts";
import { type ModelPrice, type PriceBook, periodAt, type Rates } from "./price.ts";

/** Integer nano-dollars; undefined where the model has no price. `extra` follows the order of the event's parts. */
export type Cost = { main: number | undefined; extra: (number | undefined)[] };

type Prices = Pick<PriceBook, "find">;

type Priced = Counted & Pick<Attribution, "at">;

/** $10 per 1,000 searches, which no modifier changes. */
export const NANO_USD_PER_SEARCH = 10_000_000;
/** What {@link Rates} are for. */
export const TOKENS_PER_RATE = 1000;
const BEDROCK_REGION = /^(?:us|eu|apac|jp|au)\./;

/**
 * What a response costs at the prices of its time: what the API would charge, not a subscription. Each part is computed
 * exactly and rounded once, half up.
 */
export function costOf(book: Prices, event: Priced): Cost {
	return {
		main: costOfPart(book, event, event, event.speed, event.webSearches),
		// The speed is asked for the model that answers. An advisor or a compaction runs at its own, which no line tells;
		// place and tier belong to the whole request.
		extra: event.extra?.map((part) => costOfPart(book, part, event, undefined, 0)) ?? [],
	};
}

/** True for a fast response of a model without a fast rate: it is priced as if it were not fast. */
export function lacksFastRate(book: Prices, event: Priced): boolean {
	if (event.speed !== "fast") return false;
	const price = book.find(event.model);
	return price !== undefined && price.fastThousandths === undefined;
}

function costOfPart(
	book: Prices,
	part: Counters & { model: string },
	request: Priced,
	speed: string | undefined,
	webSearches: number,
): number | undefined {
	const price = book.find(part.model);
	if (price === undefined) return undefined;
	const fast = speed === "fast" ? price.fastThousandths : undefined;
	let times = 1;
	let per = TOKENS_PER_RATE;
	if (fast !== undefined) {
		times *= fast;
		per *= 1000;
	}
	if (isRegional(price, part.model, request.geo)) {
		times *= 11;
		per *= 10;
	}
	if (request.tier === "batch") per *= 2;
	const rates = ratesOf(price, part, request.at, fast !== undefined);
	return roundedCost(part, rates, times, per, webSearches * NANO_USD_PER_SEARCH);
}

/** The surcharge for a chosen place is the same by either way and never taken twice. */
function isRegional(price: ModelPrice, model: string, geo: string | undefined): boolean {
	return geo === "us" || (price.regionalIsFree !== true && BEDROCK_REGION.test(model));
}

function ratesOf(price: ModelPrice, part: Counters, at: number, isFast: boolean): Rates {
	const { rates, long } = periodAt(price, at);
	if (long === undefined || isFast) return rates;
	const prompt = part.input + part.cacheWrite5m + part.cacheWrite1h + part.cacheRead;
	return prompt > long.over ? long.rates : rates;
}

/** tokens × rates × times / per + searches, rounded half up. */
function roundedCost(part: Counters, rates: Rates, times: number, per: number, searches: number): number {
	const tokens =
		part.input * rates.input +
		part.output * rates.output +
		part.cacheWrite5m * rates.cacheWrite5m +
		part.cacheWrite1h * rates.cacheWrite1h +
		part.cacheRead * rates.cacheRead;
	const numerator = 2 * (tokens * times + searches * per) + per;
	const denominator = 2 * per;
	// Nothing here is negative, so if the end result is a safe integer every step on the way was one.
	if (Number.isSafeInteger(numerator)) return (numerator - (numerator % denominator)) / denominator;
	return Number(roundedBigCost(part, rates, BigInt(times), BigInt(per), BigInt(searches)));
}

function roundedBigCost(part: Counters, rates: Rates, times: bigint, per: bigint, searches: bigint): bigint {
	const tokens =
		BigInt(part.input) * BigInt(rates.input) +
		BigInt(part.output) * BigInt(rates.output) +
		BigInt(part.cacheWrite5m) * BigInt(rates.cacheWrite5m) +
		BigInt(part.cacheWrite1h) * BigInt(rates.cacheWrite1h) +
		BigInt(part.cacheRead) * BigInt(rates.cacheRead);
	return (2n * (tokens * times + searches * per) + per) / (2n * per);
}

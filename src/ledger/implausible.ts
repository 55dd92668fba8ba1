import type { UsageEvent } from "../usage/event.ts";
import type { PriceBook } from "../usage/price.ts";
import type { Reader } from "./database.ts";
import { priceEvent } from "./prices.ts";

/** More than one response costs, in nano-dollars: a thousand dollars. It may be a line that somebody made up. */
const DEAR = 1e12;
/** A response of fewer tokens costs less than that at any price that is known. */
const MANY_TOKENS = 1e6;
/**
 * What somebody's usage may come to with such responses, in nano-dollars: a hundred million dollars. A sum of 64 bits has
 * room for ninety people of whom each has that much.
 */
const MOST_ALTOGETHER = 1e17;

/**
 * Finds responses that are so dear that the sums they go into could not be kept. Single ones are believed whatever they
 * cost; where they come to more than anybody uses, they are not.
 */
export class PlausibleCosts {
	/** What is in the ledger, and of what came since what is dear. */
	#sum: number | undefined;

	constructor(
		readonly db: Reader,
		readonly user: number,
		readonly prices: PriceBook,
	) {}

	/** @returns the keys of those among new ones */
	async findImplausible(events: Iterable<UsageEvent>): Promise<Set<string>> {
		const implausible = new Set<string>();
		for (const event of events) {
			if (tokensOf(event) < MANY_TOKENS) continue;
			const { main, extra } = priceEvent(this.prices, event);
			const cost = extra.reduce<number>((sum, part) => sum + (part ?? 0), main ?? 0);
			if (cost <= DEAR) continue;
			this.#sum ??= await this.#findKnown();
			const isTooMuch = cost > Number.MAX_SAFE_INTEGER || this.#sum + cost > MOST_ALTOGETHER;
			if (isTooMuch) implausible.add(event.key);
			else this.#sum += cost;
		}
		return implausible;
	}

	async #findKnown(): Promise<number> {
		const known = await this.db.get<{ cost: number | bigint }>(
			"select ifnull(sum(cost), 0) as cost from person_months where user = ?",
			[this.user],
		);
		return Number(known?.cost ?? 0);
	}
}

function tokensOf({ input, output, cacheWrite5m, cacheWrite1h, cacheRead, extra = [] }: UsageEvent): number {
	const own = input + output + cacheWrite5m + cacheWrite1h + cacheRead;
	return extra.reduce(
		(sum, part) => sum + part.input + part.output + part.cacheWrite5m + part.cacheWrite1h + part.cacheRead,
		own,
	);
}

import { findProvider, type ModelInfo, type ModelPrice } from "@pydantic/genai-prices";
import packageManifest from "../node_modules/@pydantic/genai-prices/package.json";

/** The package's names of the rates that every model must have, and ours. */
const RATE_NAMES = [
	["input_mtok", "input"],
	["output_mtok", "output"],
	["cache_write_mtok", "cacheWrite5m"],
	["cache_write_1h_mtok", "cacheWrite1h"],
	["cache_read_mtok", "cacheRead"],
] as const;
const SEARCHES_NAME = "web_searches_kcount";
const SEARCHES_PRICE = 10;

/** When the versions of the package came out: that old are its prices. */
const RELEASED: Readonly<Record<string, string>> = { "0.1.8": "2026-09-23" };

/** Older than Claude Code, and sold without a cache. */
const LEFT_OUT = ["claude-2", "claude-v1"];

type RatesJson = Partial<Record<(typeof RATE_NAMES)[number][1], number>>;
type PeriodJson = RatesJson & { from?: string; longContext?: RatesJson & { over: number } };
type PriceTableJson = { source: string; models: Record<string, { periods: PeriodJson[] }> };

/**
 * The price table (USD per million tokens) as the price package has it.
 *
 * @throws Error where the package says something this does not understand: a price is never guessed
 */
export function packagePrices(): PriceTableJson {
	const provider = findProvider({ providerId: "anthropic" });
	if (provider === undefined) throw new Error("the price package no longer knows the provider anthropic");
	const models: PriceTableJson["models"] = {};
	for (const info of provider.models) {
		if (LEFT_OUT.includes(info.id)) continue;
		const id = info.id.replace(/-(?:latest|0)$/, "");
		if (models[id] !== undefined) throw notUnderstood(id, "two models of one name");
		models[id] = { periods: periodsOf(info) };
	}
	const { name, version } = packageManifest;
	const released = RELEASED[version];
	if (released === undefined) throw new Error(`teach build/prices.ts when ${name} ${version} came out`);
	return { source: `${name} ${version} of ${released}`, models };
}

function periodsOf({ id, prices }: ModelInfo): PeriodJson[] {
	if (!Array.isArray(prices)) return [periodOf(id, prices)];
	return prices.map(({ constraint, prices: dated, ...rest }, index) => {
		if (Object.keys(rest).length > 0) throw notUnderstood(id, `the fields ${Object.keys(rest).join(", ")}`);
		if (constraint === undefined && index === 0) return periodOf(id, dated);
		if (constraint?.type !== "start_date" || index === 0)
			throw notUnderstood(id, "a constraint that is no date");
		return { from: constraint.start_date, ...periodOf(id, dated) };
	});
}

function periodOf(id: string, prices: ModelPrice): PeriodJson {
	const names: string[] = [SEARCHES_NAME, ...RATE_NAMES.map(([name]) => name)];
	const unknown = Object.keys(prices).filter((name) => !names.includes(name));
	if (unknown.length > 0) throw notUnderstood(id, `the prices ${unknown.join(", ")}`);
	if ((prices[SEARCHES_NAME] ?? SEARCHES_PRICE) !== SEARCHES_PRICE)
		throw notUnderstood(id, "another search price");

	const base: RatesJson = {};
	const long: RatesJson = {};
	const starts = new Set<number | undefined>();
	for (const [name, ours] of RATE_NAMES) {
		const price = prices[name];
		if (price === undefined) throw notUnderstood(id, `no ${name}`);
		const [tier, ...furtherTiers] = typeof price === "number" ? [] : price.tiers;
		if (typeof price !== "number" && (tier === undefined || furtherTiers.length > 0)) {
			throw notUnderstood(id, `not exactly one tier of ${name}`);
		}
		base[ours] = typeof price === "number" ? price : price.base;
		if (tier !== undefined) long[ours] = tier.price;
		starts.add(tier?.start);
	}
	const [over, ...furtherStarts] = starts;
	if (furtherStarts.length > 0) throw notUnderstood(id, "tiers that begin at different counts");
	return over === undefined ? base : { ...base, longContext: { over, ...long } };
}

function notUnderstood(id: string, what: string): Error {
	return new Error(`the price package has ${what} for ${id}: teach build/prices.ts what it means`);
}

/** The table as it is committed: one model a line, so that a difference shows which prices changed. */
export function formatPrices({ source, models }: PriceTableJson): string {
	const rows = Object.entries(models).map(([id, row]) => `\t\t${JSON.stringify(id)}: ${JSON.stringify(row)}`);
	return `{\n\t"source": ${JSON.stringify(source)},\n\t"models": {\n${rows.join(",\n")}\n\t}\n}\n`;
}

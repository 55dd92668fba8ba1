import type { Counters } from "./event.ts";
import overridesJson from "./price-overrides.json";
import { parsePriceTable } from "./price-table.ts";
import packageJson from "./prices.json";

/** What tokens cost: integer nano-dollars per 1,000 tokens, which is USD per million × 10⁶. */
export type Rates = Readonly<Record<keyof Counters, number>>;

/** The rates in force from one UTC midnight until the next period begins. */
export type PricePeriod = {
	/** Epoch ms; -Infinity for the first. */
	from: number;
	rates: Rates;
	/** Rates of the whole request when its prompt (input, cache writes and reads) has more than `over` tokens. */
	long?: { over: number; rates: Rates } | undefined;
};

/** What a table says of one model. What it leaves out is as in the tables below it. */
export type PriceRow = {
	/** Ascending, never empty. */
	periods?: readonly PricePeriod[] | undefined;
	/** Multiplier of fast mode, in thousandths. */
	fastThousandths?: number | undefined;
	/** True where a regional endpoint costs the same as the global one. */
	regionalIsFree?: boolean | undefined;
};

export type PriceTable = {
	source: string;
	models: ReadonlyMap<string, PriceRow>;
	/** Whether somebody wrote it for this installation. */
	isOwn?: boolean;
};

/** Where a price is taken from. */
export type PriceOrigin = Pick<PriceTable, "source" | "isOwn">;

export type ModelPrice = PriceRow & { periods: readonly PricePeriod[] };

export type PriceBook = {
	/** The price of a model under any of its names, or undefined: it is never guessed from a similar name. */
	find(model: string): ModelPrice | undefined;
	/** The models that have a price, by name. */
	list(): string[];
	/** The table that a model's rates stand in, then those that say more of it; empty where it has no price. */
	originsOf(model: string): readonly PriceOrigin[];
};

/** The prices that come with the program: the price package's, then what it lacks or has wrong. */
export function builtInPrices(): PriceTable[] {
	return [
		parsePriceTable(packageJson, "src/usage/prices.json"),
		parsePriceTable(overridesJson, "src/usage/price-overrides.json"),
	];
}

/** Names come from uploads, so what is remembered of them needs an end. */
const MOST_REMEMBERED = 10_000;

/** Joins tables, the later ones winning field by field: a row that only says `fast` keeps the periods below it. */
export function createPriceBook(...tables: readonly PriceTable[]): PriceBook {
	let rows = new Map<string, PriceRow>();
	let origins = new Map<string, PriceOrigin[]>();
	for (const table of tables) {
		const joined = new Map(rows);
		const joinedOrigins = new Map(origins);
		for (const [model, row] of table.models) {
			const below = rows.has(model) ? model : nameIn(rows, model);
			joined.set(model, rowOver(row, below === undefined ? undefined : rows.get(below)));
			const others = row.periods === undefined && below !== undefined ? (origins.get(below) ?? []) : [];
			joinedOrigins.set(model, [...others, table]);
		}
		rows = joined;
		origins = joinedOrigins;
	}
	const remembered = new Map<string, ModelPrice | undefined>();
	return {
		find(model) {
			const known = remembered.get(model);
			if (known !== undefined || remembered.has(model)) return known;
			const found = rowOf(rows, model);
			if (remembered.size >= MOST_REMEMBERED) remembered.clear();
			remembered.set(model, found);
			return found;
		},
		list: () => [...rows].flatMap(([name, row]) => (hasPeriods(row) ? [name] : [])).sort(),
		originsOf: (model) => origins.get(nameIn(rows, model) ?? "") ?? [],
	};
}

function rowOver(row: PriceRow, below: PriceRow | undefined): PriceRow {
	return {
		periods: row.periods ?? below?.periods,
		fastThousandths: row.fastThousandths ?? below?.fastThousandths,
		regionalIsFree: row.regionalIsFree ?? below?.regionalIsFree,
	};
}

function rowOf(rows: ReadonlyMap<string, PriceRow>, model: string): ModelPrice | undefined {
	const row = rows.get(nameIn(rows, model) ?? "");
	return row !== undefined && hasPeriods(row) ? row : undefined;
}

/** The name under which a table has a model's price. */
function nameIn(rows: ReadonlyMap<string, PriceRow>, model: string): string | undefined {
	return canonicalModels(model).find((name) => {
		const row = rows.get(name);
		return row !== undefined && hasPeriods(row);
	});
}

function hasPeriods(row: PriceRow): row is ModelPrice {
	return row.periods !== undefined;
}

/** The period in force at a time (epoch ms). */
export function periodAt(price: ModelPrice, at: number): PricePeriod {
	const period = price.periods.findLast((candidate) => candidate.from <= at);
	if (period === undefined) throw new RangeError("the first period has no beginning");
	return period;
}

const LONG_WINDOW = /\[1m\]$/i;
const PROVIDER = /^(?:anthropic\/|(?:[a-z-]+\.)?anthropic\.|(?:us|eu|apac|jp|au|global)\.)/;
const PROVIDER_VERSION = /(?:(?<=\d)-v\d+(?::\d+)?|@[0-9a-z]+)$/;
const RELEASE = /-(?:20\d{6}|latest|0)$/;

/** The names to look a model up by, most exact first. */
function canonicalModels(model: string): readonly string[] {
	const window = model.replace(LONG_WINDOW, "");
	const bare = window.replace(PROVIDER, "").replace(PROVIDER_VERSION, "");
	return [model, window, bare, bare.replace(RELEASE, "")];
}

/** A model's name without window, provider and release: `us.anthropic.claude-opus-4-20250514-v1:0` → `claude-opus-4`. */
export function canonicalModel(model: string): string {
	return canonicalModels(model).at(-1) ?? model;
}

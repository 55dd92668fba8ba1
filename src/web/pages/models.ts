import { type ModelsData, ModelsPage } from "../../../views/models.tsx";
import { listLastDays, type ModelTableRow, tabulateModels } from "../../reports/model-table.ts";
import { bucketOf, readSpan } from "../../reports/overview.ts";
import { NANO_USD_PER_SEARCH } from "../../usage/cost.ts";
import { dayText } from "../../usage/day.ts";
import { type ListedPrice, listPrices } from "../../usage/listed-prices.ts";
import { costPerThousandOutput, mixOf, shareOf } from "../../usage/model-measure.ts";
import {
	MIX_METRICS,
	type MixMetric,
	MODEL_SORTS,
	MODELS,
	type ModelSort,
	type ModelsQuery,
	parseModelsQuery,
} from "../../usage/models-query.ts";
import type { PriceBook, Rates } from "../../usage/price.ts";
import { inOrder, ORDERS } from "../../usage/sorting.ts";
import type { Row } from "../../usage/table-row.ts";
import { cacheWrites, dollars, type Exact, type Usage } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";
import { QueryError } from "../../usage/view-query.ts";
import { type WhatIfRow, whatIf } from "../../usage/what-if.ts";
import { slotText } from "./overview.ts";
import type { Reading, UsagePage } from "./usage-page.ts";

/** The rows behind each panel of the page of models. */
const PANELS: Readonly<Record<string, (data: ModelsData, query: ModelsQuery) => Row[]>> = {
	mix: mixRows,
	models: ({ span, table }, { metric }) => {
		const total = mixOf(metric, span.usage);
		return table.map((row) => ({
			model: row.model,
			share: shareOf(mixOf(metric, row), total),
			...usageJson(row),
			costPerThousandOutputTokens: perThousand(row),
			cacheHitShare: row.hitShare ?? null,
			cacheSavings: dollars(row.savedNanoUsd),
			lastUsed: row.lastDay === undefined ? null : dayText(row.lastDay),
		}));
	},
	prices: ({ prices }) => prices.flatMap(priceRows),
	"what-if": ({ other }) => other?.rows.map((row) => ({ model: row.model, ...whatIfJson(row) })) ?? [],
};

/** `GET /models`. */
export const modelsPage: UsagePage<ModelsQuery, ModelsData> = {
	path: "/models",
	name: "models",
	title: "Models",
	current: "models",
	listed: Number.POSITIVE_INFINITY,
	parameters: {
		sort: MODEL_SORTS,
		order: ORDERS,
		metric: MIX_METRICS,
		if: "a model with a price: what the same usage would have cost on it",
	},
	parse: parseModelsQuery,
	kindOf: () => MODELS,
	read: readModels,
	render: ModelsPage,
	panels: PANELS,
	totals: ({ span }) => usageJson(span.usage),
};

async function readModels({ source, query, filter }: Reading<ModelsQuery>): Promise<ModelsData> {
	const { db, asker, zone, weekStart, prices } = source;
	const { period, metric } = query;
	const other = findOther(prices, query.other);
	const [span, lastDays] = await Promise.all([
		readSpan(
			db,
			asker,
			{ ...query, metric, by: "model" },
			{ period, zone, weekStart, bucket: bucketOf(period), prices },
		),
		listLastDays(db, asker, filter),
	]);
	const rows = tabulateModels(span, lastDays, zone, prices);
	return {
		span,
		rows,
		table: inOrder(rows, query, valuesOf(metric), (a, b) => rows.indexOf(a) - rows.indexOf(b)),
		prices: listPrices(
			prices,
			rows.map(({ model }) => model),
			period,
		),
		priced: prices.list(),
		other: other && whatIf(query.other, other, rows, period.until),
	};
}

/** What the table can be in order by. What is not known, or never was, is less than anything. */
function valuesOf(metric: MixMetric): Record<ModelSort, (row: ModelTableRow) => Exact | string> {
	return {
		model: ({ model }) => model,
		share: (row) => mixOf(metric, row),
		responses: ({ responses }) => responses,
		input: ({ input }) => input,
		output: ({ output }) => output,
		write: cacheWrites,
		read: ({ cacheRead }) => cacheRead,
		hits: ({ hitShare = -1 }) => hitShare,
		saved: ({ savedNanoUsd }) => savedNanoUsd,
		used: ({ lastDay = -1 }) => lastDay,
		rate: (row) => costPerThousandOutput(row) ?? -1,
		cost: ({ costNanoUsd }) => costNanoUsd,
	};
}

/** @throws QueryError where a model is asked for that has no price */
function findOther(prices: PriceBook, model: string) {
	if (model === "") return undefined;
	const price = prices.find(model);
	if (price === undefined) throw new QueryError("if");
	return price;
}

/** One row for a slot, and for each model that was used in it. */
function mixRows({ span }: ModelsData, { metric }: ModelsQuery): Row[] {
	return span.slots.flatMap(({ bucket, usage, parts }): Row[] => {
		const slot = slotText(span.bucket, bucket);
		const total = mixOf(metric, usage);
		return [
			{ slot, model: "", share: shareOf(total, total), ...usageJson(usage) },
			...parts.map((part) => ({
				slot,
				model: part.name,
				share: shareOf(mixOf(metric, part.usage), total),
				...usageJson(part.usage),
			})),
		];
	});
}

/** A model's prices, a row for each time in which they were other ones. Rates in dollars per million tokens. */
function priceRows({ model, periods, fastThousandths, isRegionalDearer, origins }: ListedPrice): Row[] {
	const day = (number: number | undefined) => (number === undefined ? null : dayText(number));
	return periods.map(({ since, until, rates, long }) => ({
		model,
		since: day(since),
		until: day(until),
		...ratesJson("", rates),
		longContextOver: long?.over ?? null,
		...ratesJson("longContext", long?.rates),
		webSearchesPerThousand: dollars(NANO_USD_PER_SEARCH * 1_000),
		fastMultiplier: fastThousandths === undefined ? null : fastThousandths / 1_000,
		batchMultiplier: 0.5,
		regionalMultiplier: isRegionalDearer ? 1.1 : 1,
		usOnlyMultiplier: 1.1,
		own: origins.some(({ isOwn }) => isOwn),
		source: origins.map(({ source, isOwn }) => (isOwn ? "prices.json" : source)).join("; "),
	}));
}

function ratesJson(prefix: string, rates: Rates | undefined): Row {
	const named = (name: string) =>
		prefix === "" ? name : `${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`;
	const names = ["input", "output", "cacheWrite5m", "cacheWrite1h", "cacheRead"] as const;
	return Object.fromEntries(names.map((name) => [named(name), rates ? rates[name] / 1e6 : null]));
}

function whatIfJson(row: WhatIfRow): Row {
	return {
		totalTokens: row.tokens,
		totalCost: dollars(row.costNanoUsd),
		unpricedResponses: row.unpriced,
		otherCost: dollars(row.otherNanoUsd),
		difference: row.differenceNanoUsd === undefined ? null : dollars(row.differenceNanoUsd),
	};
}

function perThousand(usage: Usage): number | null {
	const cost = costPerThousandOutput(usage);
	return cost === undefined ? null : dollars(cost);
}

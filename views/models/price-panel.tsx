import type { ListedPeriod, ListedPrice } from "../../src/usage/listed-prices.ts";
import type { ModelsView } from "../../src/usage/models-query.ts";
import type { PriceOrigin, Rates } from "../../src/usage/price.ts";
import { periodWords } from "../parts/days.ts";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { counted } from "../parts/words.ts";
import { ModelName } from "./model-name.tsx";
import { rate } from "./rates.ts";

const RATES = [
	["input", "Input"],
	["output", "Output"],
	["cacheWrite5m", "Write 5 m"],
	["cacheWrite1h", "Write 1 h"],
	["cacheRead", "Cache read"],
] as const satisfies (readonly [keyof Rates, string])[];

type Props = {
	view: ModelsView;
	prices: readonly ListedPrice[];
	colours: ReadonlyMap<string, number>;
	isServer: boolean;
};

/** By which prices the cost was reckoned, and where they come from. */
export function PricePanel({ view, prices, colours, isServer }: Props) {
	const sources = sourcesOf(prices);
	return (
		<section class="card prices" id="prices" aria-labelledby="prices-title">
			<div class="card-head">
				<h2 id="prices-title">List prices</h2>
				<p class="card-sub">dollars for a million tokens</p>
			</div>
			<section class="models-scroll" tabindex="0" aria-label="Table of prices">
				<table class="table prices-table">
					<thead>
						<tr>
							<th scope="col">Model</th>
							<th scope="col">In force</th>
							{RATES.map(([, name]) => (
								<th scope="col" class="table-number">
									{name}
								</th>
							))}
							<NumberHeads names={["Fast", "Region"]} />
							<th scope="col">Source</th>
						</tr>
					</thead>
					<tbody>
						{prices.map((price) => (
							<Price price={price} sources={sources} series={colours.get(price.model) ?? 8} />
						))}
					</tbody>
				</table>
			</section>
			<div class="prices-notes">
				<p>
					Batches cost half. Web searches cost $10.00 for 1,000. Answers that are kept in the US cost 10 %
					more; "Region" is what a regional endpoint of Bedrock adds. Fast mode multiplies all rates, and long
					context does not count in it.
				</p>
				{sources.length === 0 ? null : (
					<ol class="prices-sources">
						{sources.map((source, i) => (
							<li safe>{`${i + 1}: ${sourceWords(source, isServer)}`}</li>
						))}
					</ol>
				)}
			</div>
			<Numbers id="prices" of="List prices" view={view} />
		</section>
	);
}

function Price({
	price,
	sources,
	series,
}: {
	price: ListedPrice;
	sources: readonly PriceOrigin[];
	series: number;
}) {
	const { model, periods } = price;
	if (periods.length === 0) {
		return (
			<tr>
				<th scope="row">
					<ModelName model={model} series={series} hasNoPrice={true} />
				</th>
				<td class="table-quiet prices-none" colspan="9">
					Its tokens are counted, but are not in the cost.
				</td>
			</tr>
		);
	}
	return (
		<>
			{periods.map((period) => (
				<>
					<tr>
						<th scope="row">
							<ModelName model={model} series={series} />
						</th>
						<td class="table-quiet" data-name="In force" safe>
							{forceWords(period)}
						</td>
						<RateCells rates={period.rates} />
						<td class="table-number" data-name="Fast" safe>
							{price.fastThousandths === undefined ? "–" : `× ${price.fastThousandths / 1_000}`}
						</td>
						<td class="table-number" data-name="Region">
							{price.isRegionalDearer ? "+10 %" : "–"}
						</td>
						<td data-name="Source">
							<Source price={price} sources={sources} />
						</td>
					</tr>
					{period.long === undefined ? null : (
						<tr class="prices-long">
							<th scope="row">
								<span class="reader" safe>
									{model}
								</span>
								<span class="prices-over" safe>{`prompts over ${counted(period.long.over, "token")}`}</span>
							</th>
							<td class="table-quiet" data-name="In force" safe>
								{forceWords(period)}
							</td>
							<RateCells rates={period.long.rates} />
							<td class="table-number" data-name="Fast">
								–
							</td>
							<td class="table-number" data-name="Region">
								{price.isRegionalDearer ? "+10 %" : "–"}
							</td>
							<td data-name="Source">
								<Source price={price} sources={sources} />
							</td>
						</tr>
					)}
				</>
			))}
		</>
	);
}

function RateCells({ rates }: { rates: Rates }) {
	return (
		<>
			{RATES.map(([field, name]) => (
				<td class="table-number" data-name={name} safe>
					{rate(rates[field])}
				</td>
			))}
		</>
	);
}

function Source({ price: { origins }, sources }: { price: ListedPrice; sources: readonly PriceOrigin[] }) {
	const numbers = origins.map((origin) => sources.indexOf(origin) + 1).join(", ");
	return (
		<>
			{origins.some(({ isOwn }) => isOwn) ? <span class="tag prices-own">Own price</span> : null}
			<span class="prices-source" safe>
				{numbers}
			</span>
		</>
	);
}

/** The tables that any of the prices is from, in order of appearance. */
function sourcesOf(prices: readonly ListedPrice[]): PriceOrigin[] {
	return [...new Set(prices.flatMap(({ origins }) => origins))];
}

/** Of one's own prices the file's place is not told. */
function sourceWords({ source, isOwn }: PriceOrigin, isServer: boolean): string {
	if (!isOwn) return source;
	return isServer ? "own prices: the prices.json of this server" : "own prices: prices.json of this machine";
}

function forceWords({ since, until }: ListedPeriod): string {
	if (since !== undefined && until !== undefined) return `${dated(since)} – ${dated(until)}`;
	if (since !== undefined) return `since ${dated(since)}`;
	return until === undefined ? "always" : `until ${dated(until)}`;
}

/** `13 Mar 2026` */
function dated(day: number): string {
	return periodWords({ since: day, until: day }).replace(/^\S+ /, "");
}

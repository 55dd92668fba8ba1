import { BLOCK_METRICS, type BlockMetric, type BlocksView } from "../../src/usage/blocks-query.ts";
import { totalTokens, type Usage } from "../../src/usage/usage.ts";
import type { OwnBlock } from "../blocks.tsx";
import type { Chart } from "../overview/chart-data.ts";
import { measureUsage, UNITS, written } from "../overview/measure.ts";
import { PlainChart } from "../overview/plain-chart.tsx";
import { date, dayOf } from "../parts/days.ts";
import { JsonIsland } from "../parts/json-island.tsx";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { costOf, counted, whole } from "../parts/words.ts";
import { dayWords, timesWords } from "./block-words.ts";

const NAMES: Record<BlockMetric, string> = { cost: "Cost", tokens: "Tokens" };

type Props = {
	bars: readonly OwnBlock[];
	/** How many blocks the period has. */
	count: number;
	usage: Usage;
	view: BlocksView;
	zone: string;
	today: number;
};

/** A bar for each block, the latest on the right. */
export function HistoryPanel({ bars, count, usage, view, zone, today }: Props) {
	const { metric } = view.query;
	const chart = chartOf({ bars, view, zone, today });
	const of = `${NAMES[metric]} per block`;
	return (
		<section class="card blocks-history" id="bars" aria-labelledby="bars-title">
			<div class="chart-head">
				<h2 id="bars-title" safe>
					{of}
				</h2>
				<p class="card-sub" safe>
					{countWords(count, bars.length, usage)}
				</p>
				<nav class="segments segments-small" aria-label="Bars show">
					{BLOCK_METRICS.map((name) => (
						<a
							class="segment"
							id={`metric-${name}`}
							href={escapeAttribute(view.href({ metric: name }))}
							aria-current={name === metric ? "true" : undefined}
							safe
						>
							{NAMES[name]}
						</a>
					))}
				</nav>
			</div>
			{bars.length === 0 ? (
				<p class="card-empty">All blocks of these days are reported totals, which the list has.</p>
			) : (
				<div class="chart">
					<canvas data-chart="bars" role="img" aria-label={escapeAttribute(summaryOf(chart))} />
					<noscript>
						<PlainChart chart={chart} />
					</noscript>
				</div>
			)}
			{bars.length === 0 ? null : <JsonIsland id="bars-data" data={islandOf(chart, NAMES[metric])} />}
			{bars.some(({ isActive }) => isActive) ? (
				<p class="note">The block that runs is shown hatched: it is not over.</p>
			) : null}
			<Numbers id="bars" of={of} view={view}>
				<BarsTable bars={bars} zone={zone} today={today} />
			</Numbers>
		</section>
	);
}

function BarsTable({ bars, zone, today }: Pick<Props, "bars" | "zone" | "today">) {
	return (
		<table class="table">
			<thead>
				<tr>
					<th scope="col">Block</th>
					<NumberHeads names={["Responses", "Tokens", "Cost"]} />
				</tr>
			</thead>
			<tbody>
				{bars.toReversed().map((block) => (
					<tr>
						<th scope="row" safe>
							{`${dayWords(block.start, zone, today)}, ${timesWords(block, zone)}`}
						</th>
						<td class="table-number" safe>
							{whole(block.responses)}
						</td>
						<td class="table-number" safe>
							{whole(totalTokens(block))}
						</td>
						<td class="table-number table-main" safe>
							{costOf(block)}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

/** Where there are more blocks than bars, it is said. */
function countWords(count: number, shown: number, usage: Usage): string {
	const all = `${counted(count, "block")}, ${costOf(usage)}`;
	return shown < count ? `${all}; the last ${whole(shown)} are drawn` : all;
}

function chartOf({ bars, view, zone, today }: Pick<Props, "bars" | "view" | "zone" | "today">): Chart {
	const { metric } = view.query;
	const partial = bars.findIndex(({ isActive }) => isActive);
	return {
		metric,
		unit: UNITS[metric],
		length: "hour",
		slots: bars.map((block, i) => ({
			tick: i === partial ? "Now" : date(dayOf(block.start, zone)),
			title: `${dayWords(block.start, zone, today)}, ${timesWords(block, zone)}`,
			before: undefined,
		})),
		series: [],
		totals: bars.map((block) => measureUsage(metric, block)),
		before: [],
		partial: partial === -1 ? undefined : partial,
	};
}

function summaryOf({ unit, slots, totals }: Chart): string {
	const most = totals.reduce<number>((best, value, i) => ((value ?? 0) > (totals[best] ?? 0) ? i : best), 0);
	return `${counted(slots.length, "block")}, the highest with ${written(unit, totals[most])}: ${slots[most]?.title}.`;
}

/** What `public/charts.ts` draws. */
function islandOf({ unit, slots, totals, partial }: Chart, name: string) {
	const inUnit = (value = 0) => (unit === "usd" ? Math.round(value / 1e5) / 1e4 : value);
	return {
		shape: "bars",
		unit,
		slots: slots.map(({ tick, title }) => [tick, title, ""]),
		series: [],
		name,
		totals: totals.map(inUnit),
		before: [],
		beforeName: "",
		partial: partial ?? -1,
	};
}

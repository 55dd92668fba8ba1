import type { BlockRow } from "../../src/reports/blocks.ts";
import type { OverviewView } from "../../src/usage/overview-query.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import { BlockHours } from "../blocks/block-hours.tsx";
import { leftWords } from "../blocks/left-words.ts";
import { clockTime } from "../parts/days.ts";
import { Numbers } from "../parts/numbers.tsx";
import { costOf, money, roundMoney, short, whole } from "../parts/words.ts";

/** The 5-hour window that runs, over all machines and whatever the filters: limits count it so. */
export function BlockPanel({
	block,
	view,
	zone,
	now,
}: {
	block: BlockRow | undefined;
	view: OverviewView;
	zone: string;
	now: number;
}) {
	return (
		<section class="card block" id="block" aria-labelledby="block-title">
			<div class="card-head">
				<h2 id="block-title">Active block</h2>
				{block ? (
					<p class="card-sub" safe>{`${clockTime(block.start, zone)} – ${clockTime(block.end, zone)}`}</p>
				) : null}
			</div>
			{block ? (
				<>
					<Running block={block} zone={zone} now={now} />
					<Numbers id="block" of="Active block" view={view} />
				</>
			) : (
				<p class="card-empty">No active block. The next one starts with your next message.</p>
			)}
		</section>
	);
}

function Running({ block, zone, now }: { block: BlockRow; zone: string; now: number }) {
	const { burnRate, projection } = block;
	return (
		<>
			<div class="block-lead">
				<p class="block-left">
					<span data-ends={block.end} data-now={now} safe>
						{leftWords(block.end - now)}
					</span>
					<span class="block-unit"> left</span>
				</p>
				<p class="block-cost">
					<strong safe>{costOf(block)}</strong>
					<span safe>{paceOf(block)}</span>
				</p>
			</div>
			<BlockHours elapsed={now - block.start} />
			<p class="block-ends">
				<span safe>{clockTime(block.start, zone)}</span>
				<span safe>{clockTime(block.end, zone)}</span>
			</p>
			<dl class="facts">
				<Fact name="Responses" value={whole(block.responses)} />
				<Fact
					name="Tokens"
					value={
						burnRate
							? `${short(totalTokens(block))}, ${short(Math.round(burnRate.tokensPerMinute))} a minute`
							: short(totalTokens(block))
					}
				/>
				{projection ? (
					<Fact
						name={`At this rate by ${clockTime(block.end, zone)}`}
						value={roundMoney(Math.round(projection.totalCostUsd * 1e9))}
					/>
				) : null}
			</dl>
		</>
	);
}

function Fact({ name, value }: { name: string; value: string }) {
	return (
		<div class="fact">
			<dt safe>{name}</dt>
			<dd safe>{value}</dd>
		</div>
	);
}

function paceOf({ burnRate }: BlockRow): string {
	return burnRate ? `${money(Math.round(burnRate.costUsdPerHour * 1e9))} an hour` : "so far";
}

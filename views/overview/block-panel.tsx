import type { BlockRow } from "../../src/reports/blocks.ts";
import { BLOCK_MS } from "../../src/usage/block.ts";
import type { OverviewView } from "../../src/usage/overview-query.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import { leftWords } from "../blocks/left-words.ts";
import { clockTime } from "../parts/days.ts";
import { Numbers } from "../parts/numbers.tsx";
import { costOf, money, roundMoney, short, whole } from "../parts/words.ts";

const HOURS = [0, 1, 2, 3, 4];
const HOUR_MS = BLOCK_MS / HOURS.length;

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
			<div class="block-hours">
				{HOURS.map((hour) => (
					<svg class="block-hour" width="100%" height="8" aria-hidden="true" focusable="false">
						<rect class="block-hour-left" width="100%" height="8" rx="2" />
						<rect class="block-hour-gone" width={goneOf(hour, now - block.start)} height="8" rx="2" />
					</svg>
				))}
			</div>
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

/** How much of an hour of the block is over, as a width. */
function goneOf(hour: number, elapsedMs: number): string {
	const gone = Math.min(1, Math.max(0, elapsedMs / HOUR_MS - hour));
	return `${(gone * 100).toFixed(1)}%`;
}

function paceOf({ burnRate }: BlockRow): string {
	return burnRate ? `${money(Math.round(burnRate.costUsdPerHour * 1e9))} an hour` : "so far";
}

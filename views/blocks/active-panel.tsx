import type { BlockRow } from "../../src/reports/blocks.ts";
import type { BlocksView } from "../../src/usage/blocks-query.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import type { BlocksData } from "../blocks.tsx";
import { clockTime } from "../parts/days.ts";
import { Numbers } from "../parts/numbers.tsx";
import { costOf, duration, money, short, whole } from "../parts/words.ts";
import { BlockHours } from "./block-hours.tsx";
import { runWords } from "./block-words.ts";
import { CourseChart } from "./course-chart.tsx";
import { leftWords } from "./left-words.ts";

/** The block that runs: how long it still does, what it has used, and how it came to that. */
export function ActivePanel({
	active,
	view,
	zone,
	now,
}: {
	active: BlocksData["active"];
	view: BlocksView;
	zone: string;
	now: number;
}) {
	return (
		<section class="card active-block" id="active" aria-labelledby="active-title">
			<div class="active-block-facts">
				<div class="card-head">
					<h2 id="active-title">Active block</h2>
				</div>
				{active ? (
					<>
						<Facts block={active.block} zone={zone} now={now} />
						<Numbers id="active" of="Active block" view={view} />
					</>
				) : (
					<p class="card-empty">No active block. The next one starts with your next message.</p>
				)}
			</div>
			{active ? <CourseChart active={active} view={view} zone={zone} now={now} /> : null}
		</section>
	);
}

function Facts({ block, zone, now }: { block: BlockRow; zone: string; now: number }) {
	const { burnRate, projection, end } = block;
	return (
		<>
			<p class="block-left active-block-left">
				<span data-ends={end} data-now={now} safe>
					{leftWords(end - now)}
				</span>
				<span class="block-unit"> left</span>
			</p>
			<p class="active-block-times" safe>
				{runWords(block, zone, now)}
			</p>
			<BlockHours elapsed={now - block.start} />
			<dl class="facts active-block-list">
				<Fact name="Cost so far" value={costOf(block)} isMain={true} />
				{burnRate ? (
					<Fact name="Burn rate" value={`${money(Math.round(burnRate.costUsdPerHour * 1e9))} an hour`} />
				) : null}
				<Fact
					name="Tokens"
					value={
						burnRate
							? `${short(totalTokens(block))}, ${short(Math.round(burnRate.tokensPerMinute))} a minute`
							: short(totalTokens(block))
					}
				/>
				<Fact name="Responses" value={whole(block.responses)} />
				{projection ? (
					<Fact
						name={`At this rate by ${clockTime(end, zone)}`}
						value={`${money(Math.round(projection.totalCostUsd * 1e9))}, ${short(projection.totalTokens)} tokens`}
					/>
				) : null}
			</dl>
			<p class="active-block-assumption" safe>
				{assumptionOf(block, zone, now)}
			</p>
		</>
	);
}

function Fact({ name, value, isMain = false }: { name: string; value: string; isMain?: boolean }) {
	return (
		<div class="fact">
			<dt safe>{name}</dt>
			<dd class={isMain ? "active-block-cost" : undefined} safe>
				{value}
			</dd>
		</div>
	);
}

/** What the projection takes for granted. */
function assumptionOf({ firstAt, lastAt, burnRate, end }: BlockRow, zone: string, now: number): string {
	if (!burnRate) return "There is no rate yet: all of its responses came at one moment.";
	const [from, until] = [clockTime(firstAt, zone), clockTime(lastAt, zone)];
	return (
		`The rate is that from the first response (${from}) to the last (${until}). ` +
		`The projection assumes that it goes on so for the ${duration(end - now)} that are left.`
	);
}

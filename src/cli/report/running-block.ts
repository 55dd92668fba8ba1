import type { Reader } from "../../ledger/database.ts";
import { listBlockModels } from "../../reports/block-models.ts";
import { type BlockRow, findRunningBlock } from "../../reports/blocks.ts";
import { type Asker, hasNames } from "../../reports/source.ts";
import type { UsageFilter } from "../../usage/filter.ts";
import { type ModelUsage, totalTokens, type Usage } from "../../usage/usage.ts";
import type { Fact } from "../screen/facts.ts";
import { clockTime, cost, costAs, counted, minutes, short } from "../screen/format.ts";
import { cut } from "../screen/table.ts";
import { LONGEST_NAME } from "./terms.ts";
import { shortModel } from "./usage-table.ts";

/** The block that is running, and what each model used of it, the dearest first. */
export type RunningBlock = { block: BlockRow; parts: readonly ModelUsage[] };

/** @param now epoch ms */
export async function readRunningBlock(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	now: number,
): Promise<RunningBlock | undefined> {
	const block = await findRunningBlock(db, asker, filter, now);
	if (!block) return undefined;
	return { block, parts: (await listBlockModels(db, asker, filter, [block])).get(block.start) ?? [] };
}

export function nothingRuns(filter: UsageFilter): string {
	return hasNames(filter)
		? "No block is running that has usage of these names."
		: "No block is running. The next response begins one.";
}

/** What people are told of the running block. */
export function runningFacts({ block, parts }: RunningBlock, zone: string, now: number): Fact[] {
	const { burnRate, projection } = block;
	const end = clockTime(block.end, zone);
	const perMinute = burnRate && `${short(Math.round(burnRate.tokensPerMinute))} tokens a minute`;
	return [
		{
			label: "Running block",
			lines: [`${clockTime(block.start, zone)} to ${end}, ${minutes((block.end - now) / 60_000)} left`],
		},
		{ label: "So far", lines: [`${used(block)}, ${counted(block.responses, "response")}`] },
		{
			label: "Rate",
			lines: [
				burnRate
					? `${joined([known(block, burnRate.costUsdPerHour, " an hour"), perMinute ?? ""])}`
					: "Not known yet: it takes more than one response.",
			],
		},
		...(projection
			? [
					{
						label: `By ${end}`,
						lines: [
							`${joined([known(block, projection.totalCostUsd), `${short(projection.totalTokens)} tokens`])} at this rate`,
						],
					},
				]
			: []),
		{
			label: "Models",
			lines: parts.map((part) => `${cut(shortModel(part.model), LONGEST_NAME)}: ${used(part)}`),
		},
	];
}

/** The running block in one line. */
export function runningLine(block: BlockRow, zone: string, now: number): string {
	const times = `${clockTime(block.start, zone)} to ${clockTime(block.end, zone)}`;
	const left = `${minutes((block.end - now) / 60_000)} left`;
	const projected = block.projection && known(block, block.projection.totalCostUsd, " at this rate");
	return joined([times, left, `${cost(block)} so far`, projected ?? ""]);
}

function used(usage: Usage): string {
	return joined([cost(usage), `${short(totalTokens(usage))} tokens`]);
}

/** A cost that follows from what was used; empty where nothing of that has a price. */
function known(usage: Usage, amount: number, per = ""): string {
	return usage.unpriced !== 0 && usage.costNanoUsd === 0 ? "" : `${costAs(usage, amount)}${per}`;
}

function joined(parts: readonly string[]): string {
	return parts.filter((part) => part !== "").join(", ");
}

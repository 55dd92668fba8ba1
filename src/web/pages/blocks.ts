import { type BlocksData, BlocksPage, type OwnBlock } from "../../../views/blocks.tsx";
import type { ReportedBlockRow } from "../../reports/reported.ts";
import { BLOCK_METRICS, BLOCKS, type BlocksQuery, parseBlocksQuery } from "../../usage/blocks-query.ts";
import type { Row } from "../../usage/table-row.ts";
import { dollars } from "../../usage/usage.ts";
import { usageJson } from "../../usage/usage-json.ts";
import { readBlocks } from "./blocks-data.ts";
import type { UsagePage } from "./usage-page.ts";

/** How many blocks the list shows at once. */
const LISTED = 50;

/** `GET /blocks`. */
export const blocksPage: UsagePage<BlocksQuery, BlocksData> = {
	path: "/blocks",
	name: "blocks",
	title: "Blocks",
	current: "blocks",
	listed: LISTED,
	parameters: { metric: BLOCK_METRICS, after: "the last block of the page before, as its link has it" },
	parse: parseBlocksQuery,
	kindOf: () => BLOCKS,
	read: readBlocks,
	render: BlocksPage,
	panels: {
		active: ({ active }) => (active ? [activeRow(active.block)] : []),
		course: ({ active }) =>
			(active?.course ?? []).map(({ start, end, usage, running, projected }) => ({
				startTime: timeText(start),
				endTime: timeText(end),
				...usageJson(usage),
				runningCost: running === undefined ? null : dollars(running),
				projectedCost: projected === undefined ? null : projected / 1e9,
			})),
		bars: ({ bars }) =>
			bars.map((block) => ({
				startTime: timeText(block.start),
				endTime: timeText(block.end),
				isActive: block.isActive,
				...usageJson(block),
			})),
		history: ({ rows }) =>
			rows.map((row) => (row.kind === "own" ? ownRow(row.block) : reportedRow(row.block))),
		shares: ({ rows }) => rows.flatMap((row) => (row.kind === "own" ? shareRows(row.block) : [])),
	},
	totals: ({ usage }) => usageJson(usage),
};

function activeRow(block: NonNullable<BlocksData["active"]>["block"]): Row {
	return {
		startTime: timeText(block.start),
		endTime: timeText(block.end),
		...usageJson(block),
		costPerHour: block.burnRate?.costUsdPerHour ?? null,
		tokensPerMinute: block.burnRate?.tokensPerMinute ?? null,
		remainingMinutes: block.projection?.remainingMinutes ?? null,
		projectedTokens: block.projection?.totalTokens ?? null,
		projectedCost: block.projection?.totalCostUsd ?? null,
	};
}

function ownRow(block: OwnBlock): Row {
	return {
		startTime: timeText(block.start),
		endTime: timeText(block.end),
		firstActivity: timeText(block.firstAt),
		lastActivity: timeText(block.lastAt),
		isActive: block.isActive,
		reported: false,
		machines: block.shares.map(({ label }) => label).join(", "),
		gapBeforeMs: block.gapMs ?? null,
		models: block.models.join(", "),
		...usageJson(block),
	};
}

/** What a client added up itself. It tells of no single kind of cache write, and has entries instead of responses. */
function reportedRow(block: ReportedBlockRow): Row {
	return {
		startTime: timeText(block.start),
		endTime: timeText(block.end),
		firstActivity: null,
		lastActivity: block.lastAt === null ? null : timeText(block.lastAt),
		isActive: false,
		reported: true,
		machines: block.label,
		gapBeforeMs: null,
		models: block.models.join(", "),
		inputTokens: block.input,
		outputTokens: block.output,
		cacheCreationTokens: block.cacheWrite,
		cacheReadTokens: block.cacheRead,
		totalTokens: block.total,
		totalCost: dollars(block.costNanoUsd),
		cacheCreation5mTokens: null,
		cacheCreation1hTokens: null,
		webSearches: null,
		responses: block.entries,
		unpricedResponses: null,
	};
}

function shareRows(block: OwnBlock): Row[] {
	return block.shares.map(({ machine, label, ...usage }) => ({
		startTime: timeText(block.start),
		machine,
		label,
		...usageJson(usage),
	}));
}

function timeText(at: number): string {
	return new Date(at).toISOString();
}

import { BLOCKS, parseBlocksQuery } from "../../src/usage/blocks-query.ts";
import { courseOf } from "../../src/usage/course.ts";
import { sumUsage } from "../../src/usage/usage.ts";
import { View } from "../../src/usage/view.ts";
import type { BlocksData, BlocksProps, OwnBlock } from "../../views/blocks.tsx";
import { type Names, NOW, PLAIN, propsOf, TODAY, used } from "./overview-props.ts";

const HOUR_MS = 3_600_000;
const MACHINE = "11111111-1111-4111-8111-111111111111";

/** A page of blocks: one that runs, one before it after a silence, and one that was reported. */
export function blocksPropsOf(
	query = "",
	names: Names = PLAIN,
	change: Partial<BlocksData> = {},
): BlocksProps {
	const parsed = parseBlocksQuery(new URLSearchParams(query), { today: TODAY, firstDay: TODAY - 60 });
	const { shell, known, today, data } = propsOf("", names);
	const { block: running } = data;
	if (!running) throw new Error("no block runs");
	const share = {
		...used(9.21),
		models: [{ ...used(9.21), model: names.model }],
		label: names.machine,
		machine: MACHINE,
	};
	const before: OwnBlock = {
		...used(4.1),
		start: running.start - 20 * HOUR_MS,
		end: running.start - 15 * HOUR_MS,
		firstAt: running.start - 20 * HOUR_MS,
		lastAt: running.start - 18 * HOUR_MS,
		models: [names.model, "claude-haiku-4-5"],
		isActive: false,
		gapMs: undefined,
		shares: [
			{
				...share,
				...used(4.1),
				models: [
					{ ...used(3.1), model: names.model },
					{ ...used(1), model: "claude-haiku-4-5" },
				],
			},
		],
	};
	const own: OwnBlock[] = [
		before,
		{
			...running,
			gapMs: 13 * HOUR_MS,
			shares: [share, { ...share, machine: "22222222-2222-4222-8222-222222222222", label: "ci" }],
		},
	];
	return {
		shell: { ...shell, title: "Blocks" },
		view: new View(BLOCKS, parsed),
		known: {
			...known,
			machines: [
				...known.machines,
				{ uuid: "22222222-2222-4222-8222-222222222222", label: "ci", lastSeen: NOW },
			],
		},
		today,
		data: {
			active: {
				block: running,
				course: courseOf(running, [{ ...used(18.42), step: 3 }], NOW),
			},
			rows: [
				...own.toReversed().map((block) => ({ kind: "own" as const, block })),
				{
					kind: "reported",
					block: {
						label: names.machine,
						block: names.session,
						start: before.start - 24 * HOUR_MS,
						end: before.start - 19 * HOUR_MS,
						lastAt: before.start - 22 * HOUR_MS,
						entries: 7,
						input: 1,
						output: 2,
						cacheWrite: 3,
						cacheRead: 4,
						total: 10,
						costNanoUsd: 1e9,
						models: [names.model],
					},
				},
			],
			next: { start: before.start - 24 * HOUR_MS, label: names.machine, block: names.session },
			bars: own,
			counts: { own: 2, reported: 1 },
			usage: sumUsage(own),
			...change,
		},
	};
}

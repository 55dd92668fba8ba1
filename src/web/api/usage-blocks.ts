import { type } from "arktype";
import { type BlockShareRow, listBlockShares } from "../../reports/block-shares.ts";
import { type BlockRow, listBlocks } from "../../reports/blocks.ts";
import { listReportedBlocks, type ReportedBlockRow } from "../../reports/reported.ts";
import { sumUsage } from "../../usage/usage.ts";
import { type Route, route } from "../route.ts";
import { iso, Moment, MomentOrNever } from "./list.ts";
import { answerPage, type Order, pageOf } from "./paging.ts";
import { Count, reportedFields, USAGE_FIELDS, usageFields } from "./usage-fields.ts";
import { BlocksQuery, filterOf } from "./usage-query.ts";

const BLOCKS: Order = { list: "blocks", by: ["n-", "t+", "t+"] };

const Blocks = type({
	block_id: "string",
	machine_id: "string",
	machine: "string | null",
	start_time: Moment,
	end_time: Moment,
	actual_end_time: MomentOrNever,
	is_active: "0 | 1",
	entry_count: Count,
	...USAGE_FIELDS,
	models_used: "string[]",
	machines: type({
		machine_id: "string",
		machine: "string",
		...USAGE_FIELDS,
		models_used: "string[]",
	}).array(),
	reported: "boolean",
}).array();

/** Blocks of all of a person's machines together, or what some of them used in these. */
export function blocksRoute(): Route {
	return route({
		method: "GET",
		path: "/api/usage/blocks",
		access: "read",
		text: {
			summary:
				"5-hour blocks over all machines, the latest first, machine by machine; with machineId that machine's share",
			reply: Blocks,
		},
		query: BlocksQuery,
		async answer(ask, { source: { db, asker, zone } }) {
			const { machine: named, ...days } = filterOf(ask.query, zone);
			const filter = { ...days, machine: named };
			const isAsked = ({ isActive }: { isActive: boolean }) => ask.query.activeOnly !== "true" || isActive;
			const [all, allReported] = await Promise.all([
				listBlocks(db, asker, days, ask.now),
				listReportedBlocks(db, asker, filter),
			]);
			const blocks = all.filter(isAsked);
			const reported = allReported
				.map((block) => ({ ...block, isActive: block.start <= ask.now && ask.now < block.end }))
				.filter(isAsked);
			// Whether a machine has a share in a block is known only when it was looked for.
			const known = named && (await listBlockShares(db, asker, filter, blocks));
			const there = known ? blocks.filter(({ start }) => known.has(start)) : blocks;
			const page = pageOf([...there, ...reported], BLOCKS, placeOf, ask.query);
			const cut = page.items.filter(isCut);
			const shares = known ?? (await listBlockShares(db, asker, filter, cut));
			const items = page.items.map((block) =>
				isCut(block)
					? blockRow(block, shares.get(block.start) ?? [], named !== undefined)
					: reportedRow(block),
			);
			return answerPage(ask, BLOCKS, { ...page, items });
		},
	});
}

type ReportedBlock = ReportedBlockRow & { isActive: boolean };

function isCut(block: BlockRow | ReportedBlock): block is BlockRow {
	return !("block" in block);
}

function placeOf(block: BlockRow | ReportedBlock) {
	return isCut(block) ? [block.start, "", ""] : [block.start, block.label, block.block];
}

/** @param isShare whether it is told of the machines' shares alone */
function blockRow(block: BlockRow, shares: readonly BlockShareRow[], isShare: boolean) {
	const used = isShare ? sumUsage(shares) : block;
	const [share] = shares;
	const models = new Set(shares.flatMap((own) => own.models.map(({ model }) => model)));
	return {
		block_id: iso(block.start),
		machine_id: isShare ? (share?.label ?? "") : "all",
		machine: isShare && shares.length === 1 ? (share?.machine ?? null) : null,
		start_time: iso(block.start),
		end_time: iso(block.end),
		actual_end_time: iso(block.lastAt) as string | null,
		is_active: block.isActive ? 1 : 0,
		entry_count: used.responses,
		...usageFields(used),
		models_used: isShare ? block.models.filter((model) => models.has(model)) : block.models,
		machines: shares.map((own) => ({
			machine_id: own.label,
			machine: own.machine,
			...usageFields(own),
			models_used: own.models.map(({ model }) => model),
		})),
		reported: false,
	};
}

function reportedRow(block: ReportedBlock): ReturnType<typeof blockRow> {
	return {
		block_id: block.block,
		machine_id: block.label,
		machine: null,
		start_time: iso(block.start),
		end_time: iso(block.end),
		actual_end_time: iso(block.lastAt),
		is_active: block.isActive ? 1 : 0,
		entry_count: block.entries,
		...reportedFields(block),
		models_used: block.models,
		machines: [],
		reported: true,
	};
}

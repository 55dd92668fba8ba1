import { describe, expect, test } from "bun:test";
import type { Machine } from "../../src/account/machine.ts";
import { AT, DESKTOP, eventOf, HOUR, LAPTOP, MINUTE } from "../support/ledger.ts";
import { saveReportedBlock } from "../support/reported.ts";
import {
	fieldsOf,
	MACHINES,
	NEW_LAPTOP,
	startUsageServer,
	sumOf,
	type Told,
	tellUsage,
	timesFrom,
} from "../support/usage-api.ts";

type Share = Record<string, unknown> & { machine: string; machine_id: string; total_tokens: number };
type Block = Record<string, unknown> & {
	block_id: string;
	machine_id: string;
	total_tokens: number;
	models_used: string[];
	machines: Share[];
	is_active: 0 | 1;
};

const PATH = "/api/usage/blocks";
const FIVE_HOURS = 5 * HOUR;

/** Blocks over all machines, cut in the plainest way: five hours from the hour of a first response. */
function cut(responses: readonly Told[]): Told[][] {
	const blocks: Told[][] = [];
	let start = Number.NaN;
	for (const response of responses.toSorted((a, b) => a.at - b.at)) {
		const own = blocks.at(-1);
		const last = own?.at(-1);
		if (own && last && response.at - start <= FIVE_HOURS && response.at - last.at <= FIVE_HOURS) {
			own.push(response);
		} else {
			start = response.at - (response.at % HOUR);
			blocks.push([response]);
		}
	}
	return blocks;
}

/** What the API tells of blocks, the latest first: all of each, or the share of some machines. */
function naiveBlocks(responses: readonly Told[], machines?: readonly Machine[]) {
	return cut(responses)
		.toReversed()
		.flatMap((all) => {
			const own = machines ? all.filter(({ from }) => machines.includes(from)) : all;
			if (own.length === 0) return [];
			const start = (all[0]?.at ?? 0) - ((all[0]?.at ?? 0) % HOUR);
			const shares = [...Map.groupBy(own, ({ from }) => from)].sort(
				([a], [b]) => a.label.localeCompare(b.label) || a.uuid.localeCompare(b.uuid),
			);
			return [
				{
					block_id: new Date(start).toISOString(),
					machine_id: machines ? shares[0]?.[0].label : "all",
					machine: machines && shares.length === 1 ? shares[0]?.[0].uuid : null,
					start_time: new Date(start).toISOString(),
					end_time: new Date(start + FIVE_HOURS).toISOString(),
					actual_end_time: new Date(all.at(-1)?.at ?? 0).toISOString(),
					is_active: 0,
					entry_count: own.length,
					...fieldsOf(own),
					machines: shares.map(([{ label, uuid }, of]) => ({
						machine_id: label,
						machine: uuid,
						...fieldsOf(of),
					})),
					reported: false,
				},
			];
		});
}

function withoutModels(blocks: readonly Block[]) {
	return blocks.map(({ models_used: _, machines, ...block }) => ({
		...block,
		machines: machines.map(({ models_used: _, ...share }) => share),
	}));
}

const told = tellUsage(timesFrom(AT, 160), 5);
const { server, get } = await startUsageServer(told);

describe("blocks", () => {
	test("are cut over all machines, and each has what every machine used in it", async () => {
		const blocks = await get<Block[]>(PATH);
		expect(withoutModels(blocks) as unknown[]).toEqual(naiveBlocks(told));
		expect(sumOf(blocks, "total_tokens")).toBe(fieldsOf(told).total_tokens);
		for (const { total_tokens, machines } of blocks)
			expect(sumOf(machines, "total_tokens")).toBe(total_tokens);
		expect(blocks.some(({ machines }) => machines.length > 1)).toBe(true);
		expect(server.reported).toEqual([]);
	});

	test.each([
		["a UUID", NEW_LAPTOP.uuid, [NEW_LAPTOP]],
		["a label", "laptop", [LAPTOP, NEW_LAPTOP]],
	])("of a machine, by %s, are its share of the same blocks", async (_what, machineId, machines) => {
		const blocks = await get<Block[]>(`${PATH}?machineId=${machineId}`);
		expect(withoutModels(blocks) as unknown[]).toEqual(naiveBlocks(told, machines));
		const whole = new Map((await get<Block[]>(PATH)).map((block) => [block.block_id, block]));
		for (const { block_id, models_used, machines: shares } of blocks) {
			const left = new Set(shares.flatMap((share) => share.models_used as string[]));
			const all = whole.get(block_id)?.models_used ?? [];
			expect(models_used).toEqual(all.filter((model) => left.has(model)));
		}
	});

	test("come to the same machine by machine", async () => {
		let sum = 0;
		for (const { uuid } of MACHINES)
			sum += sumOf(await get<Block[]>(`${PATH}?machineId=${uuid}`), "total_tokens");
		expect(sum).toBe(fieldsOf(told).total_tokens);
	});

	test("are chosen by the day on which they begin", async () => {
		const blocks = await get<Block[]>(`${PATH}?since=2026-03-05&until=2026-03-07`);
		const expected = naiveBlocks(told).filter(
			({ start_time }) => start_time >= "2026-03-05" && start_time < "2026-03-08",
		);
		expect(withoutModels(blocks) as unknown[]).toEqual(expected);
	});
});

test("a response just on the hour is of the block that it ends, and of no other", async () => {
	const at = (ms: number, from: Machine, n: number) => ({ ...eventOf({ id: `m${n}`, at: AT + ms }), from });
	const meeting = [
		at(0, LAPTOP, 0),
		at(2 * HOUR, DESKTOP, 1),
		at(FIVE_HOURS, NEW_LAPTOP, 2),
		at(FIVE_HOURS, DESKTOP, 3),
		at(FIVE_HOURS + 1, LAPTOP, 4),
		at(FIVE_HOURS + 10 * MINUTE, DESKTOP, 5),
		at(2 * FIVE_HOURS, LAPTOP, 6),
		at(2 * FIVE_HOURS + 20 * MINUTE, DESKTOP, 7),
	];
	const usage = await startUsageServer(meeting);
	expect(withoutModels(await usage.get<Block[]>(PATH)) as unknown[]).toEqual(naiveBlocks(meeting));
	for (const machine of MACHINES) {
		const blocks = await usage.get<Block[]>(`${PATH}?machineId=${machine.uuid}`);
		expect(withoutModels(blocks) as unknown[]).toEqual(naiveBlocks(meeting, [machine]));
	}
	for (const since of ["2026-03-02", "2026-03-03"]) {
		const pages = await usage.walk<Block[]>(`${PATH}?limit=1&since=${since}`);
		const expected = naiveBlocks(meeting).filter(({ start_time }) => start_time >= since);
		expect(withoutModels(pages.flat()) as unknown[]).toEqual(expected);
	}
});

test("only the running block is active", async () => {
	const usage = await startUsageServer([]);
	const { now } = usage.server;
	await usage.ingest([
		{ ...eventOf({ id: "old", at: now - 20 * HOUR }), from: LAPTOP },
		{ ...eventOf({ id: "one", at: now - HOUR }), from: LAPTOP },
	]);
	await saveReportedBlock(usage.server.db, usage.alice.account.user, {
		started_at: now - HOUR,
		ended_at: now + 4 * HOUR,
	});
	await saveReportedBlock(usage.server.db, usage.alice.account.user, { block: "over" });
	const active = await usage.get<Block[]>(`${PATH}?activeOnly=true`);
	expect(active.map(({ machine_id, is_active }) => [machine_id, is_active])).toEqual([
		["all", 1],
		["old", 1],
	]);
	expect(await usage.get<Block[]>(`${PATH}?activeOnly=false`)).toHaveLength(4);
	expect((await usage.get<Block[]>(PATH)).map(({ is_active }) => is_active)).toEqual([1, 1, 0, 0]);
	expect((await usage.alice.ask(`${PATH}?activeOnly=maybe`)).status).toBe(422);
	usage.server.now += 5 * HOUR;
	expect(await usage.get<Block[]>(`${PATH}?activeOnly=true`)).toEqual([]);
});

test("blocks that a client only reported stand among the others", async () => {
	const usage = await startUsageServer([{ ...eventOf({ id: "one", at: AT + 24 * HOUR }), from: LAPTOP }]);
	await saveReportedBlock(usage.server.db, usage.alice.account.user);
	await saveReportedBlock(usage.server.db, usage.alice.account.user, { block: "told", superseded: 1 });
	await saveReportedBlock(usage.server.db, usage.bob.account.user, { block: "bobs" });
	const blocks = await usage.get<Block[]>(PATH);
	expect(blocks.map(({ machine_id, reported }) => [machine_id, reported])).toEqual([
		["all", false],
		["old", true],
	]);
	expect(blocks[1]).toMatchObject({
		block_id: "old-block",
		machine: null,
		start_time: "2026-03-02T10:00:00.000Z",
		end_time: "2026-03-02T15:00:00.000Z",
		actual_end_time: "2026-03-02T11:00:00.000Z",
		entry_count: 7,
		total_tokens: 10,
		machines: [],
	});
	expect((await usage.get<Block[]>(`${PATH}?machineId=old`)).map(({ block_id }) => block_id)).toEqual([
		"old-block",
	]);
	expect(await usage.get<Block[]>(`${PATH}?since=2026-03-03`)).toHaveLength(1);
});

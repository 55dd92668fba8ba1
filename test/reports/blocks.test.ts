import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type BlockRow, type GapRow, listBlocks, withGaps } from "../../src/reports/blocks.ts";
import { parseDay } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import type { UsageFilter } from "../../src/usage/filter.ts";
import { AT, DAY, DESKTOP, eventOf, HOUR, ingestAll, MINUTE, openTestLedger } from "../support/ledger.ts";
import { eventsAt, momentsIn, rowOf } from "../support/naive-usage.ts";
import { runs } from "../support/runs.ts";

const EVERYTHING: UsageFilter = { zone: "UTC", mode: "calculate" };
const LATER = AT + 365 * DAY;

/** The blocks of responses at these moments. */
async function blocksAt(moments: readonly number[], now = LATER): Promise<BlockRow[]> {
	return blocksOf(
		moments.map((at, n) => eventOf({ id: `msg_${n}`, at })),
		EVERYTHING,
		now,
	);
}

async function blocksOf(
	events: readonly UsageEvent[],
	filter = EVERYTHING,
	now = LATER,
): Promise<BlockRow[]> {
	const ledger = await openTestLedger();
	await ingestAll(ledger, events);
	return listBlocks(ledger.db, ledger.user, filter, now);
}

function timesOf(rows: readonly (BlockRow | GapRow)[]): string[] {
	const time = (at: number) => new Date(at).toISOString().slice(11, 16);
	return rows.map((row) => `${"gap" in row ? "gap " : ""}${time(row.start)}-${time(row.end)}`);
}

describe("a block", () => {
	test("begins with the hour of its first response, lasts five hours and sums what is in it", async () => {
		const events = [
			eventOf({ at: AT + 59 * MINUTE + 59_999 }),
			eventOf({ id: "msg_2", at: AT + 4 * HOUR, model: "dear", webSearches: 2 }),
		];
		const { models, ...sum } = rowOf(events, "calculate");
		expect(await blocksOf(events)).toEqual([
			{
				start: AT,
				end: AT + 5 * HOUR,
				firstAt: AT + 59 * MINUTE + 59_999,
				lastAt: AT + 4 * HOUR,
				...sum,
				models: ["cheap", "dear"],
				isActive: false,
			},
		]);
		expect(models).toHaveLength(2);
	});

	test("still has the response at its very end, and the next one a millisecond later", async () => {
		const blocks = await blocksAt([AT, AT + 5 * HOUR, AT + 5 * HOUR + 1]);
		expect(blocks.map(({ start, responses }) => [start, responses])).toEqual([
			[AT, 2],
			[AT + 5 * HOUR, 1],
		]);
	});

	test("is one for all machines of a person", async () => {
		const ledger = await openTestLedger();
		await ingestAll(ledger, [eventOf()]);
		await ingestAll(ledger, [eventOf({ id: "msg_2", at: AT + HOUR })], { machine: DESKTOP });
		expect(await listBlocks(ledger.db, ledger.user, EVERYTHING, LATER)).toMatchObject([{ responses: 2 }]);
	});

	test("has its models in order of appearance, those of extra parts among them", async () => {
		const part = { input: 1, output: 1, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };
		const events = [
			eventOf({ id: "msg_3", at: AT + 2 * HOUR, model: "alpha" }),
			eventOf({ id: "msg_2", at: AT + HOUR, model: "zeta", extra: [{ ...part, model: "beta" }] }),
			eventOf({ id: "msg_1", at: AT, model: "omega" }),
			eventOf({ id: "msg_4", at: AT + 3 * HOUR, model: "omega" }),
		];
		for (const mode of ["calculate", "auto"] as const) {
			const [block] = await blocksOf(events, { ...EVERYTHING, mode });
			expect(block).toMatchObject({ models: ["omega", "zeta", "beta", "alpha"], unpriced: 5 });
		}
	});
});

describe("a gap", () => {
	const gapsAt = async (...moments: number[]) => timesOf(withGaps(await blocksAt(moments)));

	test("lies where nothing was used for more than five hours, from five hours after the last response", async () => {
		expect(await gapsAt(AT + 10 * MINUTE, AT + 12 * HOUR)).toEqual([
			"10:00-15:00",
			"gap 15:10-22:00",
			"22:00-03:00",
		]);
	});

	test("is none after exactly five hours, though there a new block begins", async () => {
		expect(await gapsAt(AT + MINUTE, AT + 5 * HOUR + MINUTE)).toEqual(["10:00-15:00", "15:00-20:00"]);
		expect(await gapsAt(AT + MINUTE, AT + 5 * HOUR + MINUTE + 1)).toHaveLength(3);
	});

	test("is none before the first block and none after the last", async () => {
		expect(await gapsAt(AT)).toEqual(["10:00-15:00"]);
		expect(await gapsAt()).toEqual([]);
	});
});

describe("the running block", () => {
	const isActive = async (moments: readonly number[], now: number) =>
		(await blocksAt(moments, now)).map((block) => block.isActive);

	test("is the one whose five hours are not over", async () => {
		const moments = [AT + 30 * MINUTE, AT + HOUR];
		expect(await isActive(moments, AT + 30 * MINUTE)).toEqual([true]);
		expect(await isActive(moments, AT + 5 * HOUR - 1)).toEqual([true]);
		expect(await isActive(moments, AT + 5 * HOUR)).toEqual([false]);
		expect(await isActive([AT, AT + 6 * HOUR], AT + 7 * HOUR)).toEqual([false, true]);
	});

	test("is none that begins in the future", async () => {
		expect(await isActive([AT + HOUR], AT)).toEqual([false]);
		expect(await isActive([AT, AT + 30 * DAY], AT + HOUR)).toEqual([true, false]);
	});

	test("has its rate and what it comes to if it goes on like this", async () => {
		// 100 tokens each, 30 of them in and out, within 50 minutes; 2 h 30 min and 29 s are left.
		const events = [
			eventOf({ at: AT + 10 * MINUTE, model: "dear" }),
			eventOf({ id: "msg_2", at: AT + HOUR, reportedNanoUsd: 2_000_000_000 }),
		];
		const now = AT + 2.5 * HOUR - 29_000;
		const [block] = await blocksOf(events, EVERYTHING, now);
		expect(block?.burnRate).toEqual({
			tokensPerMinute: 200 / 50,
			indicatorPerMinute: 60 / 50,
			costUsdPerHour: (0.0011 / 50) * 60,
		});
		expect(block?.projection).toEqual({
			remainingMinutes: 150,
			totalTokens: 200 + 4 * 150,
			totalCostUsd: 0,
		});
		const [reported] = await blocksOf(events, { ...EVERYTHING, mode: "auto" }, now);
		expect(reported?.costNanoUsd).toBe(2_001_000_000);
		// 2.001 USD in 50 minutes is 0.04002 a minute: 2.001 + 6.003.
		expect(reported?.projection?.totalCostUsd).toBe(8);
	});

	test("has no rate while all of it came at one moment", async () => {
		const [block] = await blocksAt([AT, AT], AT + HOUR);
		expect(block).toMatchObject({ isActive: true, burnRate: undefined, projection: undefined });
	});

	test("alone has a rate", async () => {
		const blocks = await blocksAt([AT, AT + HOUR, AT + 6 * HOUR, AT + 7 * HOUR], AT + 8 * HOUR);
		expect(blocks.map(({ burnRate }) => burnRate !== undefined)).toEqual([false, true]);
	});
});

describe("the days of a filter", () => {
	test("choose blocks by their start, in the filter's zone; the block is whole", async () => {
		// Block at 20:00, used until after midnight; then one at 01:00.
		const start = Date.parse("2026-03-02T20:00:00Z");
		const moments = [start, start + 4.5 * HOUR, start + 5 * HOUR + 1];
		const events = moments.map((at, n) => eventOf({ id: `msg_${n}`, at }));
		const day = parseDay("2026-03-02") ?? 0;
		for (const mode of ["calculate", "auto"] as const) {
			const responses = async (filter: Partial<UsageFilter>) =>
				(await blocksOf(events, { ...EVERYTHING, mode, ...filter })).map((block) => Number(block.responses));
			expect(await responses({ since: day, until: day })).toEqual([2]);
			expect(await responses({ since: day + 1 })).toEqual([1]);
			expect(await responses({ until: day, zone: "Asia/Tokyo" })).toEqual([]);
			expect(await responses({ until: day, zone: "America/New_York" })).toEqual([2, 1]);
			expect(await responses({ until: parseDay("9999-12-31") })).toEqual([2, 1]);
		}
	});
});

test("whatever the events and the mode, each is in exactly one block, which no rule would cut otherwise", async () => {
	const asked = fc.record({
		events: eventsAt(momentsIn("UTC"), 20),
		mode: fc.constantFrom("calculate", "auto", "display"),
	});
	await fc.assert(
		fc.asyncProperty(asked, async ({ events, mode }) => {
			const expected: UsageEvent[][] = [];
			for (const event of events.toSorted((a, b) => a.at - b.at)) {
				const own = expected.at(-1);
				const start = Math.floor((own?.[0]?.at ?? 0) / HOUR) * HOUR;
				const isLate = event.at - start > 5 * HOUR || event.at - (own?.at(-1)?.at ?? 0) > 5 * HOUR;
				if (!own || isLate) expected.push([event]);
				else own.push(event);
			}
			const blocks = await blocksOf(events, { zone: "UTC", mode }, LATER);
			expect(blocks.map(({ firstAt, lastAt, models, isActive, start, end, ...sum }) => sum)).toMatchObject(
				expected.map((own) => {
					const { models, ...sum } = rowOf(own, mode);
					return sum;
				}),
			);
			expect(blocks.map(({ firstAt, lastAt }) => [firstAt, lastAt])).toEqual(
				expected.map((own) => [own[0]?.at, own.at(-1)?.at] as [number, number]),
			);
		}),
		runs(60),
	);
});

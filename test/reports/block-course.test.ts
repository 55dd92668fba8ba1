import { describe, expect, test } from "bun:test";
import { findLastBefore } from "../../src/reports/block-before.ts";
import { listBlockCourse } from "../../src/reports/block-course.ts";
import { listBlocks } from "../../src/reports/blocks.ts";
import type { UsageFilter } from "../../src/usage/filter.ts";
import { sumUsage } from "../../src/usage/usage.ts";
import { AT, DAY, DESKTOP, eventOf, HOUR, ingestAll, MINUTE, openTestLedger } from "../support/ledger.ts";

const EVERYTHING: UsageFilter = { zone: "UTC", mode: "calculate" };

async function ledgerOf(moments: readonly number[]) {
	const ledger = await openTestLedger();
	const events = moments.map((at, n) => eventOf({ id: `msg_${n}`, at, model: n % 2 ? "dear" : "cheap" }));
	await ingestAll(ledger, events.slice(0, 2));
	await ingestAll(ledger, events.slice(2), { machine: DESKTOP });
	return ledger;
}

describe("the course of a block", () => {
	test("tells in which five minutes what was used, over all machines, and comes to the block", async () => {
		const { db, user } = await ledgerOf([
			AT,
			AT + 4 * MINUTE + 59_999,
			AT + 5 * MINUTE,
			AT + 3 * HOUR,
			AT + 5 * HOUR,
		]);
		const [block] = await listBlocks(db, user, EVERYTHING, AT);
		if (!block) throw new Error("there is no block");
		const course = await listBlockCourse(db, user, block);
		expect(course.map(({ step, responses }) => [step, responses])).toEqual([
			[0, 2],
			[1, 1],
			[36, 1],
			[59, 1],
		]);
		const sum = sumUsage(course);
		expect({ ...block, ...sum }).toEqual(block);
	});

	test("has nothing of the blocks beside it", async () => {
		const { db, user } = await ledgerOf([AT, AT + 5 * HOUR, AT + 5 * HOUR + 1, AT + 20 * HOUR]);
		for (const block of await listBlocks(db, user, EVERYTHING, AT)) {
			const sum = sumUsage(await listBlockCourse(db, user, block));
			expect({ ...block, ...sum }).toEqual(block);
		}
	});
});

describe("the last response before the days of a filter", () => {
	test("is that of the last block which began before them", async () => {
		const { db, user } = await ledgerOf([AT, AT + HOUR, AT + 3 * DAY, AT + 3 * DAY + HOUR]);
		const day = Math.floor(AT / DAY);
		const before = (since: number) => findLastBefore(db, user, { ...EVERYTHING, since });
		expect(await before(day)).toBeUndefined();
		expect(await before(day + 1)).toBe(AT + HOUR);
		expect(await before(day + 3)).toBe(AT + HOUR);
		expect(await before(day + 4)).toBe(AT + 3 * DAY + HOUR);
		expect(await findLastBefore(db, user, EVERYTHING)).toBeUndefined();
	});
});

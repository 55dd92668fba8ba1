import { beforeEach, describe, expect, test } from "bun:test";
import { MOST_REPORTED } from "../../src/ledger/reported.ts";
import { findRevision } from "../../src/ledger/users.ts";
import { addUser, eventOf, ingestAll, openTestLedger, type TestLedger } from "../support/ledger.ts";
import {
	block,
	counting,
	day,
	saveBlocks,
	saveDays,
	saveSessions,
	session,
	TODAY,
} from "../support/reporting.ts";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

describe("what is reported", () => {
	test("stands in place of what was reported of the same before, as a whole", async () => {
		await saveDays(ledger, day(5, { models: ["dear"] }), day(7, { label: "desktop" }));
		expect(await saveDays(ledger, day(6), day(9, { day: TODAY + 1 }))).toBe(2);
		expect(await counting(ledger)).toEqual([
			"day desktop 2026-03-02: 7",
			"day laptop 2026-03-02: 6",
			"day laptop 2026-03-03: 9",
		]);
		const { db } = ledger;
		expect(await db.get<object>("select models from reported_days where total = 6")).toEqual({
			models: '["cheap"]',
		});
	});

	test("is each person's own", async () => {
		const other = { ...ledger, user: await addUser(ledger.db, { id: 2 }) };
		await saveDays(ledger, day(5));
		await saveSessions(ledger, session(5));
		await saveBlocks(ledger, block(5));
		await saveDays(other, day(6));
		await ingestAll(other, [eventOf()]);
		expect(await counting(ledger)).toEqual([
			"block laptop b1: 5",
			"day laptop 2026-03-02: 5",
			"session laptop s1: 5",
		]);
		expect(await counting(other)).toEqual([]);
	});

	test("changes the person's pages only where it is another total", async () => {
		const revision = () => findRevision(ledger.db, ledger.user.id);
		const saves = [
			() => saveDays(ledger, day(5)),
			() => saveSessions(ledger, session(5)),
			() => saveBlocks(ledger, block(5)),
		];
		for (const save of saves) {
			const before = await revision();
			await save();
			expect(await revision()).toBe(before + 1);
			await save();
			expect(await revision()).toBe(before + 1);
		}
		const before = await revision();
		await saveDays(ledger, day(4));
		expect(await revision()).toBe(before);
		await saveDays(ledger, day(5, { costNanoUsd: 6 }));
		expect(await revision()).toBe(before + 1);
		await ingestAll(ledger, [eventOf()]);
		expect(await revision()).toBe(before + 2);
	});

	test("is of a number that the ledger can sum, and beyond it only what is known is taken", async () => {
		const { db, user } = ledger;
		await saveDays(ledger, day(1));
		await db.run(
			`with recursive n (n) as (select 1 union all select n + 1 from n where n < ${MOST_REPORTED - 2})
			insert into reported_days
			select user, 'many', n, 1000000000000, 0, 0, 0, 1000000000000, 100000000000000, models, breakdowns, 0, '', 0, null, null
			from reported_days, n`,
		);
		expect(
			await saveDays(ledger, day(2), day(3, { label: "a" }), day(4, { label: "b" }), day(5, { label: "c" })),
		).toBe(2);
		expect((await counting(ledger)).filter((row) => !row.includes("many"))).toEqual([
			"day a 2026-03-02: 3",
			"day laptop 2026-03-02: 2",
		]);
		const sum = await db.get<{ cost: bigint }>("select sum(cost) as cost from reported_days where user = ?", [
			user.id,
		]);
		expect(sum?.cost).toBe(BigInt(MOST_REPORTED - 2) * 100_000_000_000_000n + 5n);
	});
});

import { expect, test } from "bun:test";
import type { Reader, Value } from "../../src/ledger/database.ts";
import { countBetween, findDigestRows, listDayDigests, readDay } from "../../src/ledger/digest.ts";
import { utcDay } from "../../src/usage/day.ts";
import { AT, DESKTOP, eventOf, ingestAll, LAPTOP, openTestLedger } from "../support/ledger.ts";

test("responses are found by time or by key, never by looking at all of them", async () => {
	const { db, user } = await openTestLedger();
	await ingestAll({ db, user }, [eventOf()]);
	const plans: string[] = [];
	const explain = async (sql: string, parameters: readonly Value[] = []) => {
		const steps = await db.all<{ detail: string }>(`explain query plan ${sql}`, parameters);
		plans.push(
			...steps.map(({ detail }) => detail).filter((detail) => /\b(?:e|events|ORDER BY)\b/.test(detail)),
		);
	};
	const reader: Reader = {
		async all(sql, parameters) {
			await explain(sql, parameters);
			return db.all(sql, parameters);
		},
		async get(sql, parameters) {
			await explain(sql, parameters);
			return db.get(sql, parameters);
		},
	};
	const scope = { from: 0, machines: [LAPTOP.uuid] };
	const { days } = await listDayDigests(reader, user.id, scope, utcDay(AT));
	expect(days).toMatchObject([{ day: utcDay(AT), responses: 1 }]);
	expect(await Array.fromAsync(readDay(reader, user.id, utcDay(AT), { from: 0 }))).toHaveLength(1);
	// Each of the two days sorts the extra parts of a response, and no responses.
	expect(plans.filter((plan) => plan.includes("ORDER BY"))).toHaveLength(2);
	expect(await findDigestRows(reader, user.id, [eventOf().key])).toHaveLength(1);
	expect(await countBetween(reader, user.id, 0, AT)).toBe(0);
	const searches = plans.filter((plan) => !plan.includes("ORDER BY"));
	expect(searches.length).toBeGreaterThanOrEqual(5);
	for (const plan of searches) expect(plan).toMatch(/index events_(at|key) \(user=\? and \1[=>]/i);
});

test("a day of any number of responses is read in parts, each response once", async () => {
	const { db, user } = await openTestLedger();
	const many = Array.from({ length: 12_001 }, (_, n) => eventOf({ id: `msg_${n}`, at: AT + (n % 7) }));
	await ingestAll({ db, user }, many);
	const day = await Array.fromAsync(readDay(db, user.id, utcDay(AT), { from: AT + 1 }));
	const expected = many.filter(({ at }) => at > AT).map(({ key }) => key);
	expect(day.map(({ key }) => key).toSorted()).toEqual(expected.toSorted());
	const { days } = await listDayDigests(db, user.id, { from: 0 }, utcDay(AT));
	expect(days).toMatchObject([{ responses: 12_001, output: 12_001 * 20 }]);
	const other = await openTestLedger();
	await ingestAll(other, many.toReversed(), { machine: DESKTOP });
	expect((await listDayDigests(other.db, other.user.id, { from: 0 }, utcDay(AT))).days).toEqual(days);
});

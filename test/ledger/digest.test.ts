import { expect, test } from "bun:test";
import type { Reader, Value } from "../../src/ledger/database.ts";
import { countBetween, findDigestRows, listDay, listDayDigests } from "../../src/ledger/digest.ts";
import { utcDay } from "../../src/usage/day.ts";
import { AT, eventOf, ingestAll, LAPTOP, openTestLedger } from "../support/ledger.ts";

test("responses are found by time or by key, never by looking at all of them", async () => {
	const { db, user } = await openTestLedger();
	await ingestAll({ db, user }, [eventOf()]);
	const plans: string[] = [];
	const explain = async (sql: string, parameters: readonly Value[] = []) => {
		const steps = await db.all<{ detail: string }>(`explain query plan ${sql}`, parameters);
		plans.push(...steps.map(({ detail }) => detail).filter((detail) => /\b(?:e|events)\b/.test(detail)));
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
	expect(await listDay(reader, user.id, utcDay(AT), { from: 0 })).toHaveLength(1);
	expect(await findDigestRows(reader, user.id, [eventOf().key])).toHaveLength(1);
	expect(await countBetween(reader, user.id, 0, AT)).toBe(0);
	expect(plans.length).toBeGreaterThanOrEqual(5);
	for (const plan of plans) expect(plan).toMatch(/index events_(at|key) \(user=\? and \1[=>]/i);
});

import { expect, test } from "bun:test";
import { findTotals } from "../../src/reports/totals.ts";
import { NO_USAGE } from "../../src/usage/usage.ts";
import { AT, DAY, eventOf, ingestAll, openTestLedger, pricesOf } from "../support/ledger.ts";

const EVERYTHING = { zone: "UTC", mode: "calculate" } as const;

test("without usage the sum is nothing, of no models", async () => {
	const { db, user } = await openTestLedger();
	for (const zone of ["UTC", "Asia/Tokyo"]) {
		expect(await findTotals(db, user, { ...EVERYTHING, zone })).toEqual({ ...NO_USAGE, models: [] });
	}
});

test("the sum has its models, the dearest first, those that cost the same by name", async () => {
	const ledger = await openTestLedger();
	const models = ["cheap", "dear", "unheard-of", "never-heard-of"];
	await ingestAll(
		ledger,
		models.map((model, n) => eventOf({ id: `msg_${n}`, model, at: AT + n * DAY })),
	);
	const totals = await findTotals(ledger.db, ledger.user, EVERYTHING);
	expect(totals).toMatchObject({ responses: 4, unpriced: 2, costNanoUsd: 1_100_000 });
	expect(totals.models.map(({ model }) => model)).toEqual(["dear", "cheap", "never-heard-of", "unheard-of"]);
});

test("a sum that no number holds is exact", async () => {
	const ledger = await openTestLedger();
	const million = { input: 1e9, output: 1e9, cacheWrite5m: 1e9, cacheWrite1h: 1e9, cacheRead: 999_999_999 };
	// 5 · 10⁹ tokens but one, each 10⁶ nano-dollars.
	await ingestAll(
		ledger,
		[1, 2, 3].map((n) => eventOf({ id: `msg_${n}`, ...million })),
		{ prices: pricesOf({ cheap: 1_000 }) },
	);
	const cost = 3n * 4_999_999_999n * 1_000_000n;
	const totals = await findTotals(ledger.db, ledger.user, EVERYTHING);
	expect(totals.costNanoUsd).toBe(cost);
	expect(totals.models[0]?.costNanoUsd).toBe(cost);
	expect(totals.input).toBe(3e9);
});

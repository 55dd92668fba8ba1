import { expect, test } from "bun:test";
import { listModels } from "../../src/reports/models.ts";
import { AT, DAY, eventOf, ingestAll, openTestLedger } from "../support/ledger.ts";

const PART = { input: 5, output: 6, cacheWrite5m: 7, cacheWrite1h: 8, cacheRead: 9 };
const ROW = { webSearches: 0, responses: 0, unpriced: 0 };

test("models come by name, extra parts under the model that made them and without being responses", async () => {
	const ledger = await openTestLedger();
	await ingestAll(ledger, [
		eventOf({ webSearches: 3, extra: [{ ...PART, model: "dear" }] }),
		eventOf({ id: "msg_2", at: AT + DAY, extra: [{ ...PART, model: "cheap" }] }),
	]);
	const cheap = {
		...ROW,
		model: "cheap",
		input: 25,
		output: 46,
		cacheWrite5m: 67,
		cacheWrite1h: 88,
		cacheRead: 9,
		webSearches: 3,
		costNanoUsd: 235_000 + 30_000_000,
		responses: 2,
	};
	const dear = { ...ROW, model: "dear", ...PART, costNanoUsd: 350_000 };
	for (const zone of ["UTC", "Asia/Tokyo"]) {
		for (const mode of ["calculate", "auto"] as const) {
			expect(await listModels(ledger.db, ledger.user, { zone, mode })).toEqual([
				{ ...cheap, models: [cheap] },
				{ ...dear, models: [dear] },
			]);
		}
	}
});

test("what has no price is counted, part by part, beside the cost of the rest", async () => {
	const ledger = await openTestLedger();
	await ingestAll(ledger, [
		eventOf({ model: "unheard-of", extra: [{ ...PART, model: "cheap" }] }),
		eventOf({ id: "msg_2", extra: [{ ...PART, model: "unheard-of" }] }),
	]);
	const rows = await listModels(ledger.db, ledger.user, { zone: "UTC", mode: "calculate" });
	expect(rows).toMatchObject([
		{ model: "cheap", responses: 1, unpriced: 0, costNanoUsd: 135_000 },
		{ model: "unheard-of", responses: 1, unpriced: 2, costNanoUsd: 0 },
	]);
});

test("a reported cost is that of the whole response, its extra parts included", async () => {
	const ledger = await openTestLedger();
	const extra = [
		{ ...PART, model: "dear" },
		{ ...PART, model: "unheard-of" },
	];
	await ingestAll(ledger, [eventOf({ reportedNanoUsd: 7, extra }), eventOf({ id: "msg_2", extra })]);
	const costs = async (mode: "calculate" | "auto" | "display") =>
		(await listModels(ledger.db, ledger.user, { zone: "UTC", mode })).map((row) => [
			row.model,
			Number(row.costNanoUsd),
			Number(row.unpriced),
		]);
	expect(await costs("calculate")).toEqual([
		["cheap", 200_000, 0],
		["dear", 700_000, 0],
		["unheard-of", 0, 2],
	]);
	expect(await costs("auto")).toEqual([
		["cheap", 100_007, 0],
		["dear", 350_000, 0],
		["unheard-of", 0, 1],
	]);
	expect(await costs("display")).toEqual([
		["cheap", 7, 0],
		["dear", 0, 0],
		["unheard-of", 0, 0],
	]);
});

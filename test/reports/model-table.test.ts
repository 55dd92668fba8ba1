import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { listLastDays, tabulateModels } from "../../src/reports/model-table.ts";
import { bucketOf, filterOf, readSpan } from "../../src/reports/overview.ts";
import { parseDay } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { parseOverviewQuery } from "../../src/usage/overview-query.ts";
import { createPriceBook, type PriceBook } from "../../src/usage/price.ts";
import { parsePriceTable } from "../../src/usage/price-table.ts";
import { sumUsage } from "../../src/usage/usage.ts";
import {
	AT,
	DAY,
	DESKTOP,
	eventOf,
	HOUR,
	ingestAll,
	openTestLedger,
	PRICES,
	type TestLedger,
} from "../support/ledger.ts";
import { anyZone, countUsage, dayNumber, eventsAt, localDate } from "../support/naive-usage.ts";
import { PATIENCE, runs } from "../support/runs.ts";

const MARCH = "from=2026-03-01&to=2026-03-31";

async function tableOf({ db, user }: TestLedger, query: string, prices: PriceBook = PRICES) {
	const { zone } = user;
	const asked = parseOverviewQuery(new URLSearchParams(query), { today: 20_600, firstDay: 20_400 });
	const { period } = asked;
	const [span, lastDays] = await Promise.all([
		readSpan(db, user, asked, { period, zone, weekStart: 0, bucket: bucketOf(period), prices }),
		listLastDays(db, user, filterOf(asked, period, { zone, weekStart: 0 })),
	]);
	return { span, rows: tabulateModels(span, lastDays, zone, prices) };
}

describe("the table of models", () => {
	test("has the sums and the last day of each model, the dearest first", async () => {
		const ledger = await openTestLedger();
		await ingestAll(ledger, [
			eventOf({ id: "a", at: AT }),
			eventOf({ id: "b", at: AT + 2 * DAY, cacheRead: 300 }),
			eventOf({ id: "c", at: AT + DAY, model: "dear" }),
			eventOf({ id: "d", at: AT + DAY, model: "unheard-of" }),
			eventOf({ id: "e", at: AT + 60 * DAY }),
		]);
		const { rows } = await tableOf(ledger, MARCH);
		const day = Math.floor(AT / DAY);
		expect(rows).toMatchObject([
			{ model: "dear", responses: 1, costNanoUsd: 1_000_000, lastDay: day + 1, hitShare: 0 },
			{ model: "cheap", responses: 2, costNanoUsd: 500_000, lastDay: day + 2, hitShare: 300 / 460 },
			{ model: "unheard-of", unpriced: 1, costNanoUsd: 0, lastDay: day + 1, savedNanoUsd: 0 },
		]);
	});

	test("a day is a local one", async () => {
		const ledger = await openTestLedger({ zone: "America/New_York" });
		await ingestAll(ledger, [eventOf({ at: Date.UTC(2026, 2, 3, 2) })]);
		const [row] = (await tableOf(ledger, MARCH)).rows;
		expect(row?.lastDay).toBe(parseDay("2026-03-02"));
	});

	test("what the cache saved is at the rates of its day, and adds up to what the overview says", async () => {
		const row = { input: 5, output: 5, cacheWrite5m: 6, cacheWrite1h: 10, cacheRead: 1 };
		const periods = [row, { ...row, from: "2026-03-03", cacheRead: 0.5 }];
		const prices = createPriceBook(parsePriceTable({ models: { cheap: { periods } } }, "test"));
		const ledger = await openTestLedger();
		const cached = { cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 1_000 };
		await ingestAll(
			ledger,
			[
				eventOf({ id: "a", at: AT, ...cached }),
				eventOf({ id: "b", at: AT + DAY, ...cached }),
				eventOf({ id: "c", at: AT + DAY, ...cached, cacheRead: 0, cacheWrite1h: 1_000 }),
			],
			{ prices },
		);
		const { rows, span } = await tableOf(ledger, MARCH, prices);
		expect(rows[0]?.savedNanoUsd).toBe(4_000_000 + 4_500_000 - 5_000_000);
		expect(span.savedNanoUsd).toBe(3_500_000);
	});

	test(
		"says of any history in any zone what its events say",
		async () => {
			const moment = fc.integer({ min: -20 * 24, max: 20 * 24 }).map((hours) => AT + hours * HOUR);
			const history = fc.tuple(
				anyZone,
				eventsAt(moment),
				fc.constantFrom(MARCH, "from=2026-03-02", "range=all"),
			);
			await fc.assert(
				fc.asyncProperty(history, async ([zone, events, query]) => {
					const ledger = await openTestLedger({ zone });
					await ingestAll(ledger, events.slice(0, 5));
					await ingestAll(ledger, events.slice(5), { machine: DESKTOP });
					const { rows, span } = await tableOf(ledger, query);
					const { since, until } = span.period;
					const filter = { zone, mode: "calculate", since, until } as const;
					const naive = countUsage(events, filter, () => "all").all?.models ?? [];
					const byName = <Row extends { model: string }>(list: readonly Row[]) =>
						list.toSorted((a, b) => (a.model < b.model ? -1 : 1));
					const counted = rows.map(({ savedNanoUsd: _, hitShare: __, lastDay: ___, ...usage }) => usage);
					expect(byName(counted)).toEqual(byName(naive));
					expect(sumUsage(rows)).toEqual(span.usage);
					for (const { model, lastDay } of rows) expect(lastDay).toBe(lastDayOf(events, model, filter));
					expect(rows.reduce((sum, row) => sum + row.savedNanoUsd, 0)).toBe(span.savedNanoUsd);
				}),
				runs(25),
			);
		},
		PATIENCE,
	);
});

/** The last day within a filter on which a model stands in an event. */
function lastDayOf(
	events: readonly UsageEvent[],
	model: string,
	{ zone, since, until }: { zone: string; since: number; until: number },
): number {
	const days = events
		.filter((event) => event.model === model || event.extra?.some((part) => part.model === model))
		.map(({ at }) => dayNumber(localDate(at, zone)))
		.filter((day) => day >= since && day <= until);
	return Math.max(...days);
}

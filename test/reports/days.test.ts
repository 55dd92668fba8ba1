import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { listDays, listMonths, listWeeks } from "../../src/reports/days.ts";
import type { UsageRow } from "../../src/reports/grouped.ts";
import { findTotals } from "../../src/reports/totals.ts";
import { parseDay } from "../../src/usage/day.ts";
import type { UsageFilter } from "../../src/usage/filter.ts";
import { sumUsage } from "../../src/usage/usage.ts";
import { AT, eventOf, HOUR, ingestAll, MINUTE, openTestLedger } from "../support/ledger.ts";
import { anyZone, countUsage, eventsAt, filterNear, localDate, momentsIn } from "../support/naive-usage.ts";
import { runs } from "../support/runs.ts";

const IN_UTC: UsageFilter = { zone: "UTC", mode: "calculate" };

/** Rows under what they are called, in the order in which they came. */
function named<Row extends UsageRow>(rows: readonly Row[], key: keyof Row): [string, UsageRow][] {
	return rows.map((row) => {
		const { [key]: name, ...usage } = row;
		return [String(name), usage as unknown as UsageRow];
	});
}

function monday(date: Temporal.PlainDate): string {
	return date.subtract({ days: date.dayOfWeek - 1 }).toString();
}

describe("days, weeks and months, whatever the events, the zones, the dates and the mode", () => {
	const asked = anyZone.chain((zone) =>
		eventsAt(momentsIn(zone)).chain((events) =>
			fc.record({
				events: fc.constant(events),
				own: fc.oneof(fc.constant(zone), anyZone),
				filter: filterNear(events, zone),
			}),
		),
	);

	test("are those that a calendar gives, each event in exactly one, and add up to the whole", async () => {
		await fc.assert(
			fc.asyncProperty(asked, async ({ events, own, filter }) => {
				const ledger = await openTestLedger({ zone: own });
				await ingestAll(ledger, events);
				const { db, user } = ledger;
				const date = (event: { at: number }) => localDate(event.at, filter.zone);
				const days = await listDays(db, user, filter);
				const weeks = await listWeeks(db, user, filter);
				const months = await listMonths(db, user, filter);
				const whole = Object.values(countUsage(events, filter, () => "all"));
				expect(named(days, "day")).toEqual(
					Object.entries(countUsage(events, filter, (event) => date(event).toString())),
				);
				expect(named(weeks, "week")).toEqual(
					Object.entries(countUsage(events, filter, (event) => monday(date(event)))),
				);
				expect(named(months, "month")).toEqual(
					Object.entries(countUsage(events, filter, (event) => date(event).toPlainYearMonth().toString())),
				);
				const { models, ...sum } = await findTotals(db, user, filter);
				expect({ ...sum, models }).toEqual(whole[0] ?? { ...sumUsage([]), models: [] });
				for (const rows of [days, weeks, months]) expect(sumUsage(rows)).toEqual(sum);
			}),
			runs(150),
		);
	});
});

describe("a day", () => {
	test.each([
		["UTC", "2026-03-02T00:00:00Z", 24],
		["Asia/Kolkata", "2026-03-01T18:30:00Z", 24],
		["Asia/Kathmandu", "2026-03-01T18:15:00Z", 24],
		["Europe/Berlin", "2026-03-28T23:00:00Z", 23],
		["Europe/Berlin", "2026-10-24T22:00:00Z", 25],
		["Australia/Lord_Howe", "2026-10-03T13:30:00Z", 23.5],
		["Australia/Lord_Howe", "2026-04-04T13:00:00Z", 24.5],
	])("of %s that begins at %s has %d hours, to the millisecond", async (zone, start, hours) => {
		const first = Date.parse(start);
		const end = first + hours * HOUR;
		const ledger = await openTestLedger();
		const moments = [first - 1, first, first + hours * 30 * MINUTE, end - 1, end];
		await ingestAll(
			ledger,
			moments.map((at, n) => eventOf({ id: `msg_${n}`, at })),
		);
		const rows = await listDays(ledger.db, ledger.user, { ...IN_UTC, zone });
		expect(rows.map(({ responses }) => responses)).toEqual([1, 3, 1]);
		const day = parseDay(rows[1]?.day ?? "");
		const only = await listDays(ledger.db, ledger.user, { ...IN_UTC, zone, since: day, until: day });
		expect(only).toEqual(rows.slice(1, 2));
	});

	test("that a clock comes to the end of twice has the usage of both", async () => {
		// 2006-10-29 00:01 became 2006-10-28 23:01.
		const zone = "America/St_Johns";
		const change = Date.parse("2006-10-29T02:31:00Z");
		const moments = [change - 30_000, change, change + 58 * MINUTE, change + 59 * MINUTE];
		const ledger = await openTestLedger();
		await ingestAll(
			ledger,
			moments.map((at, n) => eventOf({ id: `msg_${n}`, at })),
		);
		for (const user of [ledger.user, { ...ledger.user, zone }]) {
			const until = parseDay("2006-10-28");
			const rows = await listDays(ledger.db, user, { ...IN_UTC, mode: "auto", zone, until });
			expect(rows.map(({ day, responses }) => [day, responses])).toEqual([["2006-10-28", 2]]);
		}
	});

	test("of 1969 is where the first hours of 1970 are, west of Greenwich", async () => {
		const ledger = await openTestLedger();
		await ingestAll(ledger, [eventOf({ at: 0 }), eventOf({ id: "msg_2", at: 5 * HOUR })]);
		for (const mode of ["calculate", "auto"] as const) {
			const filter = { zone: "America/New_York", mode };
			const days = await listDays(ledger.db, ledger.user, filter);
			expect(days.map(({ day }) => day)).toEqual(["1969-12-31", "1970-01-01"]);
			const weeks = await listWeeks(ledger.db, ledger.user, filter);
			expect(weeks.map(({ week }) => week)).toEqual(["1969-12-29"]);
			const months = await listMonths(ledger.db, ledger.user, filter);
			expect(months.map(({ month }) => month)).toEqual(["1969-12", "1970-01"]);
		}
	});

	test("of the year 9999 may be the last that is asked for", async () => {
		const ledger = await openTestLedger();
		await ingestAll(ledger, [eventOf()]);
		for (const zone of ["UTC", "Asia/Tokyo", "America/New_York"]) {
			const filter = { ...IN_UTC, zone, until: parseDay("9999-12-31") };
			expect(await listDays(ledger.db, ledger.user, filter)).toMatchObject([{ responses: 1 }]);
		}
	});
});

describe("a week", () => {
	test.each([
		["2026-03-01", "2026-02-23"],
		["2026-03-02", "2026-03-02"],
		["2026-03-08", "2026-03-02"],
		["2027-01-01", "2026-12-28"],
	])("with %s in it is that of the Monday %s", async (day, week) => {
		const ledger = await openTestLedger();
		await ingestAll(ledger, [eventOf({ at: Date.parse(`${day}T12:00:00Z`) })]);
		expect(await listWeeks(ledger.db, ledger.user, IN_UTC)).toMatchObject([{ week, responses: 1 }]);
	});

	test("is cut by the dates that were asked for, and so is a month", async () => {
		const ledger = await openTestLedger();
		await ingestAll(
			ledger,
			[0, 24, 48].map((hours, n) => eventOf({ id: `msg_${n}`, at: AT + hours * HOUR })),
		);
		const filter = { ...IN_UTC, since: parseDay("2026-03-03"), until: parseDay("2026-03-03") };
		expect(await listWeeks(ledger.db, ledger.user, filter)).toMatchObject([
			{ week: "2026-03-02", responses: 1 },
		]);
		expect(await listMonths(ledger.db, ledger.user, filter)).toMatchObject([
			{ month: "2026-03", responses: 1 },
		]);
	});
});

test("days without usage are no rows, and without any usage there are none", async () => {
	const ledger = await openTestLedger();
	for (const mode of ["calculate", "auto"] as const) {
		for (const list of [listDays, listWeeks, listMonths]) {
			expect(await list(ledger.db, ledger.user, { zone: "Asia/Tokyo", mode })).toEqual([]);
		}
	}
});

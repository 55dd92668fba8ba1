import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { listActiveDays } from "../../src/reports/active-days.ts";
import { listHeat } from "../../src/reports/heat-map.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import type { UsageFilter } from "../../src/usage/filter.ts";
import { eventOf, HOUR, ingestAll, openTestLedger } from "../support/ledger.ts";
import {
	anyZone,
	countUsage,
	dayNumber,
	eventsAt,
	filterNear,
	localDate,
	momentsIn,
} from "../support/naive-usage.ts";
import { runs } from "../support/runs.ts";

async function heatOf(events: readonly UsageEvent[], filter: UsageFilter, zone = filter.zone) {
	const ledger = await openTestLedger({ zone });
	await ingestAll(ledger, events);
	const rows = await listHeat(ledger.db, ledger.user, filter);
	return rows.map(({ weekday, hour, ...usage }) => ({ key: `${weekday} ${hour}`, usage }));
}

/** The local day of the week and hour of a moment, as the calendar of the engine has them. */
function cellOf({ at }: UsageEvent, zone: string): string {
	const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
	return `${local.dayOfWeek - 1} ${local.hour}`;
}

describe("hours of the week", () => {
	test("are those of the local clock, in any zone and over every change of the clock", async () => {
		const world = anyZone.chain((zone) =>
			eventsAt(momentsIn(zone)).chain((events) =>
				filterNear(events, zone).map((filter) => ({ events, filter: { ...filter, zone } })),
			),
		);
		await fc.assert(
			fc.asyncProperty(world, async ({ events, filter }) => {
				// Names are another matter: days and hours are asked for alone.
				const days = { zone: filter.zone, mode: filter.mode, since: filter.since, until: filter.until };
				const naive = countUsage(events, days, (event) => cellOf(event, days.zone));
				const found = await heatOf(events, days);
				expect(Object.fromEntries(found.map(({ key, usage }) => [key, usage]))).toEqual(naive);
				expect(found.length).toBe(Object.keys(naive).length);
			}),
			runs(60),
		);
	});

	test("put an hour that comes twice into one, and have none that the clock leaves out", async () => {
		// In Berlin the clock is put back at 01:00 UTC of 25 October 2026, and forward at that of 29 March 2026.
		const back = Date.UTC(2026, 9, 25, 0);
		const forward = Date.UTC(2026, 2, 29, 0);
		const at = [back, back + HOUR, back + 2 * HOUR, forward, forward + HOUR];
		const events = at.map((moment, n) => eventOf({ id: `msg_${n}`, at: moment + 1 }));
		const found = await heatOf(events, { zone: "Europe/Berlin", mode: "calculate" });
		expect(found.map(({ key, usage }) => [key, usage.responses])).toEqual([
			["6 1", 1],
			["6 2", 2],
			["6 3", 2],
		]);
	});

	test("come in the order of the week, Monday first", async () => {
		const monday = Date.UTC(2026, 2, 2);
		const events = [6 * 24, 5, 24, 3].map((hours, n) =>
			eventOf({ id: `msg_${n}`, at: monday + hours * HOUR }),
		);
		const found = await heatOf(events, { zone: "UTC", mode: "calculate" });
		expect(found.map(({ key }) => key)).toEqual(["0 3", "0 5", "1 0", "6 0"]);
	});
});

describe("active days", () => {
	test("are the local days on which anything was used", async () => {
		const world = anyZone.chain((zone) => eventsAt(momentsIn(zone)).map((events) => ({ events, zone })));
		await fc.assert(
			fc.asyncProperty(world, async ({ events, zone }) => {
				const ledger = await openTestLedger({ zone });
				await ingestAll(ledger, events);
				const naive = new Set(events.map(({ at }) => dayNumber(localDate(at, zone))));
				expect(await listActiveDays(ledger.db, ledger.user, { zone, mode: "calculate" })).toEqual(
					[...naive].sort((a, b) => a - b),
				);
			}),
			runs(40),
		);
	});
});

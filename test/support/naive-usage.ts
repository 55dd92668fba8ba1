import fc from "fast-check";
import type { UsageRow } from "../../src/reports/grouped.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import type { CostMode, UsageFilter } from "../../src/usage/filter.ts";
import type { ModelUsage } from "../../src/usage/usage.ts";
import { AT, DAY, eventOf, HOUR, MINUTE } from "./ledger.ts";

/** Nano-dollars a token of the tests' prices; other models have none. */
const PRICES: Record<string, number> = { cheap: 1_000, dear: 10_000 };
const SEARCH = 10_000_000;

/** Usage of events by a key, counted in the plainest way: to be compared with what a report says. */
export function countUsage(
	events: readonly UsageEvent[],
	filter: UsageFilter,
	keyOf: (event: UsageEvent) => string,
): Record<string, UsageRow> {
	const asked = events.filter((event) => isWithin(localDate(event.at, filter.zone), filter));
	return Object.fromEntries(
		[...Map.groupBy(asked, keyOf)]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, own]) => [key, rowOf(own, filter.mode)]),
	);
}

/** The sum of events, and that of each of their models, the dearest first. */
export function rowOf(events: readonly UsageEvent[], mode: CostMode): UsageRow {
	const parts = events.flatMap((event) => partsOf(event, mode));
	const models = [...Map.groupBy(parts, ({ model }) => model)].map(([model, own]) => ({
		...sumOf(own),
		model,
	}));
	models.sort((a, b) => Number(b.costNanoUsd) - Number(a.costNanoUsd) || (a.model < b.model ? -1 : 1));
	return { ...sumOf(parts), models };
}

/** A response under its model, and its extra parts, which are no responses, under theirs. */
function partsOf(event: UsageEvent, mode: CostMode): ModelUsage[] {
	const { reportedNanoUsd: reported, extra = [] } = event;
	const part = (told: UsageEvent | (typeof extra)[number], searches: number, isMain: boolean): ModelUsage => {
		const tokens = told.input + told.output + told.cacheWrite5m + told.cacheWrite1h + told.cacheRead;
		const price = PRICES[told.model];
		const calculated = price === undefined ? undefined : tokens * price + searches * SEARCH;
		// What an old line reports is the cost of the whole response.
		const ofLine = reported === undefined ? undefined : isMain ? reported : 0;
		const cost = { calculate: calculated, auto: ofLine ?? calculated, display: ofLine ?? 0 }[mode];
		return {
			model: told.model,
			input: told.input,
			output: told.output,
			cacheWrite5m: told.cacheWrite5m,
			cacheWrite1h: told.cacheWrite1h,
			cacheRead: told.cacheRead,
			webSearches: searches,
			costNanoUsd: cost ?? 0,
			responses: Number(isMain),
			unpriced: Number(cost === undefined),
		};
	};
	return [part(event, event.webSearches, true), ...extra.map((told) => part(told, 0, false))];
}

function sumOf(parts: readonly ModelUsage[]): Omit<ModelUsage, "model"> {
	const sum = {
		input: 0,
		output: 0,
		cacheWrite5m: 0,
		cacheWrite1h: 0,
		cacheRead: 0,
		webSearches: 0,
		costNanoUsd: 0,
		responses: 0,
		unpriced: 0,
	};
	for (const part of parts) {
		for (const field of Object.keys(sum) as (keyof typeof sum)[]) sum[field] += Number(part[field]);
	}
	return sum;
}

export function localDate(at: number, zone: string): Temporal.PlainDate {
	return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
}

/** A date as reports number it. */
export function dayNumber(date: Temporal.PlainDate): number {
	return Date.UTC(date.year, date.month - 1, date.day) / DAY;
}

function isWithin(date: Temporal.PlainDate, { since, until }: UsageFilter): boolean {
	const day = dayNumber(date);
	return (since === undefined || day >= since) && (until === undefined || day <= until);
}

/** Zones that differ by half and quarter hours, skip and repeat hours, half hours, days, or change at midnight. */
const HARD_ZONES = [
	"UTC",
	"Asia/Kolkata",
	"Asia/Kathmandu",
	"Australia/Eucla",
	"Australia/Lord_Howe",
	"Pacific/Chatham",
	"Pacific/Apia",
	"Pacific/Kiritimati",
	"Pacific/Pago_Pago",
	"Antarctica/Troll",
	"Europe/Berlin",
	"America/New_York",
	"America/St_Johns",
	"America/Sao_Paulo",
	"America/Havana",
	"America/Nuuk",
	"Africa/Casablanca",
	"Africa/Monrovia",
	"Asia/Beirut",
];

export const anyZone: fc.Arbitrary<string> = fc.oneof(
	fc.constantFrom(...HARD_ZONES),
	fc.constantFrom(...Intl.supportedValuesOf("timeZone")),
);

/** Moments near a change of the clock or a midnight of the zone, near each other, and anywhere. */
export function momentsIn(zone: string): fc.Arbitrary<number> {
	const anywhere = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
	const nearChange = fc.tuple(anywhere, fc.integer({ min: -26 * 60, max: 26 * 60 })).map(([at, minutes]) => {
		const from = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
		const change = from.getTimeZoneTransition("next") ?? from.startOfDay();
		return change.epochMilliseconds + minutes * MINUTE;
	});
	const recent = fc.integer({ min: -80, max: 80 }).map((hours) => AT + hours * HOUR);
	const off = fc.constantFrom(-1, 0, 0, 1, 7 * MINUTE + 1);
	return fc
		.tuple(fc.oneof(anywhere, nearChange, recent, recent), off)
		.map(([at, ms]) => Math.max(0, at + ms));
}

const few = fc.nat(3);
const model = fc.constantFrom("cheap", "dear", "unheard-of");
const part = fc.record({
	model,
	input: few,
	output: few,
	cacheWrite5m: few,
	cacheWrite1h: few,
	cacheRead: few.map((count) => count + 1),
});

/** Responses of every kind at these moments: some with extra parts, reported costs, searches, without a price. */
export function eventsAt(moment: fc.Arbitrary<number>, maxLength = 12): fc.Arbitrary<UsageEvent[]> {
	const told = fc.record({
		at: moment,
		model,
		input: few,
		output: few,
		webSearches: fc.constantFrom(0, 0, 2),
		session: fc.constantFrom("s1", "s2", "s3"),
		project: fc.constantFrom("/home/ada/app", "/home/ada/web", undefined),
		branch: fc.constantFrom("main", "dev", undefined),
		reportedNanoUsd: fc.constantFrom(undefined, undefined, 0, 12_345_678_901),
		extra: fc.option(fc.array(part, { minLength: 1, maxLength: 2 }), { nil: undefined }),
	});
	return fc
		.array(told, { minLength: 1, maxLength })
		.map((events) => events.map((event, n) => eventOf({ id: `msg_${n}`, ...event })));
}

/** A filter whose days, if it has any, are near those of the events. */
export function filterNear(events: readonly UsageEvent[], zone: string): fc.Arbitrary<UsageFilter> {
	const day = fc.option(
		fc
			.tuple(fc.constantFrom(...events), fc.integer({ min: -1, max: 1 }))
			.map(([event, days]) => dayNumber(localDate(event.at, zone)) + days),
		{ nil: undefined },
	);
	return fc.record({
		zone: fc.constant(zone),
		since: day,
		until: day,
		mode: fc.constantFrom("calculate", "auto", "display"),
	});
}

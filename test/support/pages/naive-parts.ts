import { DAY } from "../ledger.ts";
import type { NaiveDays, NaiveQuery } from "./naive-query.ts";
import { type Member, RATES } from "./page-team.ts";

/** What is counted under one model: a response, or an extra part of one. `hour`: local, of the day. */
export type NaivePart = {
	model: string;
	project: string;
	machine: string;
	branch: string;
	session: string;
	isApart: boolean;
	at: number;
	day: number;
	hour: number;
	input: number;
	output: number;
	write5m: number;
	write1h: number;
	read: number;
	searches: number;
	/** Nano-dollars; undefined without a price. */
	cost: number | undefined;
	/** What the cache saved, in thousandths of a nano-dollar. */
	saved: number;
	isResponse: boolean;
};

/** The fields that each sum of the API has. */
export type NaiveSum = ReturnType<typeof sumOf>;

/** Everything of a person that counts, once for each, under the names that others were merged into. */
export function partsOf({ events, zone, merged }: Member): NaivePart[] {
	const rootOf = (name: string) => merged.get(name) ?? name;
	return events.flatMap((event) => {
		const { hour, day } = localHour(event.at, zone);
		const place = {
			project: rootOf(event.project ?? ""),
			machine: rootOf(event.machine ?? ""),
			branch: event.branch ?? "",
			session: event.session,
			isApart: event.sidechain,
			at: event.at,
			day,
			hour,
		};
		const told = [event, ...(event.extra ?? [])];
		return told.map((one, i): NaivePart => {
			const counters = {
				input: one.input,
				output: one.output,
				write5m: one.cacheWrite5m,
				write1h: one.cacheWrite1h,
				read: one.cacheRead,
				searches: i === 0 ? event.webSearches : 0,
			};
			const priced = pricedAt(one.model, counters);
			return { ...place, ...counters, ...priced, model: one.model, isResponse: i === 0 };
		});
	});
}

/** Those that a query lets through, of its days unless others are given; `undefined` for any. */
export function passing(
	parts: readonly NaivePart[],
	query: NaiveQuery,
	days: NaiveDays | undefined = query.days,
): NaivePart[] {
	return parts.filter(
		(part) =>
			(!days || (part.day >= days.since && part.day <= days.until)) &&
			query.passes("project", part.project) &&
			query.passes("model", part.model) &&
			query.passes("machine", part.machine),
	);
}

/** Parts by session, of sessions that were last active in the query's days, whole but for what names leave out. */
export function sessionsIn(parts: readonly NaivePart[], query: NaiveQuery): Map<string, NaivePart[]> {
	const { since, until } = query.days;
	const sessions = Map.groupBy(passing(parts, query, ANY), ({ session }) => session);
	for (const [name, own] of sessions) {
		const last = own.reduce((a, b) => (b.at >= a.at ? b : a));
		if (last.day < since || last.day > until) sessions.delete(name);
	}
	return sessions;
}

export const ANY: NaiveDays = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** As rows of the API have it. */
export function sumOf(parts: readonly NaivePart[]) {
	const sum = (of: (part: NaivePart) => number) => parts.reduce((all, part) => all + of(part), 0);
	const tokens = {
		inputTokens: sum(({ input }) => input),
		outputTokens: sum(({ output }) => output),
		cacheCreationTokens: sum(({ write5m, write1h }) => write5m + write1h),
		cacheReadTokens: sum(({ read }) => read),
	};
	return {
		...tokens,
		totalTokens: Object.values(tokens).reduce((a, b) => a + b),
		totalCost: sum(({ cost }) => cost ?? 0) / 1e9,
		cacheCreation5mTokens: sum(({ write5m }) => write5m),
		cacheCreation1hTokens: sum(({ write1h }) => write1h),
		webSearches: sum(({ searches }) => searches),
		responses: sum(({ isResponse }) => Number(isResponse)),
		unpricedResponses: sum(({ cost }) => Number(cost === undefined)),
	};
}

/** Sums by a name, in no order that means anything. */
export function sumsBy(
	parts: readonly NaivePart[],
	nameOf: (part: NaivePart) => string,
): Record<string, NaiveSum> {
	return Object.fromEntries([...Map.groupBy(parts, nameOf)].map(([name, own]) => [name, sumOf(own)]));
}

/** What the cache saved, in dollars. */
export function savedBy(parts: readonly NaivePart[]): number {
	return parts.reduce((all, { saved }) => all + saved, 0) / 1e12;
}

type Counters = Pick<NaivePart, "input" | "output" | "write5m" | "write1h" | "read" | "searches">;

/** A dollar for a million tokens is a thousand nano-dollars for one. */
function pricedAt(model: string, told: Counters): Pick<NaivePart, "cost" | "saved"> {
	const rates = RATES[model];
	if (!rates) return { cost: undefined, saved: 0 };
	const micro = (tokens: number, rate: number) => tokens * Math.round(rate * 1e6);
	const thousandths =
		micro(told.input, rates.input) +
		micro(told.output, rates.output) +
		micro(told.write5m, rates.cacheWrite5m) +
		micro(told.write1h, rates.cacheWrite1h) +
		micro(told.read, rates.cacheRead);
	return {
		cost: Math.round(thousandths / 1_000) + told.searches * 10_000_000,
		saved:
			micro(told.read, rates.input - rates.cacheRead) +
			micro(told.write5m, rates.input - rates.cacheWrite5m) +
			micro(told.write1h, rates.input - rates.cacheWrite1h),
	};
}

function localHour(at: number, zone: string): { day: number; hour: number } {
	const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
	return { day: Date.UTC(local.year, local.month - 1, local.day) / DAY, hour: local.hour };
}

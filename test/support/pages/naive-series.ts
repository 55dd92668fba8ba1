import { type NaivePart, passing, sessionsIn, sumOf } from "./naive-parts.ts";
import { dateOf, type NaiveDays } from "./naive-query.ts";
import { allDays, by, type Counting, ranked } from "./naive-rows.ts";
import type { Row } from "./page-visit.ts";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** A slot's name, by how long the period is. @param weekStart the weekday on which weeks begin, Monday being 0 */
export function slotNamer(
	{ since, until }: NaiveDays,
	weekStart: number,
): (part: { day: number; hour: number }) => string {
	const length = until - since + 1;
	return ({ day, hour }) => {
		const date = dateOf(day);
		if (length <= 2) return `${date}T${String(hour).padStart(2, "0")}:00`;
		if (length <= 100) return date.toString();
		if (length <= 400) return date.subtract({ days: (date.dayOfWeek - 1 - weekStart + 7) % 7 }).toString();
		return date.toPlainYearMonth().toString();
	};
}

/** All slots of a query's days, each with its total first and then what each name used in it. */
export function seriesOf(
	{ parts, query, member }: Pick<Counting, "parts" | "query" | "member">,
	stacked: string,
): Row[] {
	const slotOf = slotNamer(query.days, member.weekStart);
	const own = Map.groupBy(passing(parts, query), slotOf);
	const kinds = stacked === "kind" && query.parameters.get("metric") === "tokens";
	const field = stacked === "kind" && !kinds ? "model" : stacked;
	const sessions = [...sessionsIn(parts, query).values()].map((own) =>
		own.reduce((a, b) => (b.at >= a.at ? b : a)),
	);
	const slots = new Set(allDays(query.days).flatMap((day) => HOURS.map((hour) => slotOf({ day, hour }))));
	return [...slots].flatMap((slot): Row[] => {
		const inSlot = own.get(slot) ?? [];
		const total = {
			slot,
			[field]: "",
			...sumOf(inSlot),
			sessions: sessions.filter((last) => slotOf(last) === slot).length,
			activeDays: new Set(inSlot.map(({ day }) => day)).size,
		};
		if (kinds) return [total, ...KINDS.map(([kind, only]) => ({ slot, kind, ...sumOf(inSlot.map(only)) }))];
		const nameOf = (part: NaivePart) => String(part[field as "model" | "project" | "machine"]);
		const named = ranked(inSlot, field, nameOf);
		const rows = field === "model" ? named : named.sort(by(field));
		return [total, ...rows.map((row) => ({ slot, ...row }))];
	});
}

const NONE = {
	input: 0,
	output: 0,
	write5m: 0,
	write1h: 0,
	read: 0,
	searches: 0,
	isResponse: false,
	cost: 0,
};
const KINDS: [string, (part: NaivePart) => NaivePart][] = [
	["Cache read", (part) => ({ ...part, ...NONE, read: part.read })],
	["Cache write", (part) => ({ ...part, ...NONE, write5m: part.write5m, write1h: part.write1h })],
	["Input", (part) => ({ ...part, ...NONE, input: part.input })],
	["Output", (part) => ({ ...part, ...NONE, output: part.output })],
];
